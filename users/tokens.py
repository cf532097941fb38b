"""API tokens: made, found by their secret, and revoked; the secret itself is kept nowhere."""

import hashlib
import logging
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import Error as SqlError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from users.actor import Actor
from users.models import NAME_TAKEN, SCOPES, ApiToken
from users.signals import token_event

__all__ = ["SCOPES", "TokenEnded", "end_of", "find", "issue", "note_refusal", "note_use", "revoke"]

PREFIX = "cp_"
RANDOM_BYTES = 32
BEGINNING = 8
# How often a use, and a refusal of a token that has ended, are written down.
USE_NOTED_EVERY = timedelta(minutes=1)
REFUSAL_NOTED_EVERY = timedelta(hours=1)

log = logging.getLogger("counterpart.tokens")


class TokenEnded(Exception):
    """The token has expired or was revoked; the message says which, and is fit to show to who holds its secret."""

    def __init__(self, token: ApiToken, state: ApiToken.State) -> None:
        self.token = token
        ended = token.revoked_at if state == ApiToken.State.REVOKED else token.expires_at
        words = "was revoked" if state == ApiToken.State.REVOKED else "expired"
        super().__init__(f"This token {words} at {ended:%Y-%m-%dT%H:%M:%SZ}. Ask an administrator for a new one.")


def issue(
    name: str, scopes: Iterable[str], by: Actor, expires_at: datetime | None = None, *, now: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token; returns it with its secret, which cannot be had again. ValidationError names fields."""
    secret = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    token = ApiToken(
        name=" ".join(unicodedata.normalize("NFC", name).split()),
        beginning=secret[:BEGINNING],
        digest=_digest(secret),
        scopes=_in_order(scopes),
        created_at=now or timezone.now(),
        created_by=by.id,
        expires_at=expires_at,
    )
    token.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            token.save(force_insert=True)
            _announce(token, "token.created", by, _terms(token))
    except IntegrityError as error:
        raise ValidationError({"name": NAME_TAKEN}) from error
    return token, secret


def find(secret: str, now: datetime) -> ApiToken | None:
    """The token with this secret, None where there is none. Raises TokenEnded where it is over at `now`."""
    # A look-up by hash takes as long whatever a guess has in common with a secret.
    # There is one at most; `first` would sort them.
    token = next(iter(ApiToken.objects.filter(digest=_digest(secret))), None)
    if token is not None and (state := token.state(now)) != ApiToken.State.ACTIVE:
        raise TokenEnded(token, state)
    return token


def revoke(token: ApiToken, by: Actor, *, now: datetime | None = None) -> bool:
    """End the token at once, whatever its expiry; False where it was revoked before."""
    end = {"revoked_at": now or timezone.now(), "revoked_by": by.id}
    with transaction.atomic():
        if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(**end):
            return False
        _announce(token, "token.revoked", by, {"beginning": token.beginning})
    return True


def end_of(day: date) -> datetime:
    """The last moment of a day in UTC: until then lives what has it for its last day."""
    return datetime.combine(day, time.max, UTC)


def note_use(token: ApiToken, now: datetime) -> None:
    """Write down that the token was used, unless that was done a moment ago."""
    _note(token, "last_used_at", now, USE_NOTED_EVERY)


def note_refusal(token: ApiToken, by: Actor, now: datetime) -> None:
    """Write down, and announce, that a token which is over was tried; once an hour, however often it is tried."""
    if _note(token, "last_refused_at", now, REFUSAL_NOTED_EVERY):
        _announce(token, "token.refused", by, {"beginning": token.beginning, "state": token.state(now).value})


def _note(token: ApiToken, field: str, now: datetime, every: timedelta) -> bool:
    """Set the moment, where the stored one is older than `every`; whether it was set."""
    before = getattr(token, field)
    if before is not None and before > now - every:
        return False
    due = Q(**{field: None}) | Q(**{f"{field}__lte": now - every})
    try:
        # The condition again: of several requests at once, one writes.
        return ApiToken.objects.filter(due, pk=token.pk).update(**{field: now}) == 1
    except SqlError as error:
        # A note is not worth a request.
        log.warning("%s of the token “%s” could not be written: %s", field, token.name, error)
        return False


def _announce(token: ApiToken, action: str, by: Actor, details: dict[str, Any]) -> None:
    # Once the change is stored: listeners may be slow, and SQLite lets one writer in at a time.
    transaction.on_commit(
        partial(token_event.send, sender=ApiToken, actor=by, action=action, name=token.name, details=details)
    )


def _terms(token: ApiToken) -> dict[str, Any]:
    expires_at = token.expires_at.isoformat() if token.expires_at else None
    return {"beginning": token.beginning, "scopes": token.scopes, "expires_at": expires_at}


def _in_order(scopes: Iterable[str]) -> list[str]:
    """Without doubles, those that exist in their order, the others after them."""
    wanted = list(dict.fromkeys(scopes))
    return [scope for scope in SCOPES if scope in wanted] + [scope for scope in wanted if scope not in SCOPES]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
