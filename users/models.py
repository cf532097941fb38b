"""What SQL keeps of machines; people are Django's own users."""

import unicodedata
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

# Scope → what a token with it may do, in words.
SCOPES = {
    "contracts:read": "Read contracts, their histories, usage and statistics.",
    "contracts:write": "Create and change contracts, and move them through their life: activate, renew, cancel.",
    "contracts:delete": "Delete contracts for good.",
    "logs:read": "Read the logs of transactions and agents, the audit trail, and their statistics.",
    "logs:write": "Add entries to the logs of transactions and agents and to the audit trail.",
    "limits": "Ask whether a request is still within a rate limit, and count it.",
}
LONGEST_NAME = 60
# How entries of our own say that they came about, and who made them where that is nobody's account.
RESERVED = frozenset(
    "admin anonymous api bulk console counterpart form import job python run_daily system unknown".split()
)
NAME_TAKEN = "Another token has this name. Choose another one, or revoke that token first."


def check_scopes(scopes: list[str]) -> None:
    """Raise ValidationError where there is none, or one that does not exist."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown:
        raise ValidationError(f"There is no scope {', '.join(unknown)}. Choose from {', '.join(SCOPES)}.")
    if not scopes:
        raise ValidationError("Choose at least one scope.")


def folded(name: str) -> str:
    """The name by which tokens are told apart: without the difference of capital and small letters."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def check_name(name: str) -> None:
    """Raise ValidationError for a name under which a token's entries would be taken for entries of our own."""
    if folded(name) in RESERVED:
        raise ValidationError(f"“{name}” is what the audit trail calls a way of our own. Choose another name.")


class ApiToken(models.Model):
    """A machine's way in: of its secret only the SHA-256 and the beginning are kept, who made it by name alone."""

    class State(models.TextChoices):
        ACTIVE = "active"
        EXPIRED = "expired"
        REVOKED = "revoked"

    name = models.CharField(
        max_length=LONGEST_NAME,
        validators=[
            RegexValidator(
                r"\A[^\W_][\w .-]*\Z", "Use letters, digits, spaces and . _ -, a letter or digit first."
            ),
            check_name,
        ],
        error_messages={"blank": "Enter a name."},
    )
    # Databases fold letters each in their own way, SQLite those of ASCII alone. Folding may take more characters.
    folded_name = models.CharField(max_length=20 * LONGEST_NAME, editable=False)
    beginning = models.CharField(max_length=8)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(validators=[check_scopes], error_messages={"blank": "Choose at least one scope."})
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    last_refused_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name = "API token"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["folded_name"], condition=models.Q(revoked_at__isnull=True), name="one_live_token_a_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded_name = folded(self.name)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.expires_at is not None and self.expires_at <= self.created_at:
            raise ValidationError({"expires_at": "This moment has passed. Choose one in the future."})

    def state(self, now: datetime) -> State:
        """Whether the token lets anybody in at that moment, and why not."""
        if self.revoked_at is not None:
            return self.State.REVOKED
        if self.expires_at is not None and self.expires_at <= now:
            return self.State.EXPIRED
        return self.State.ACTIVE
