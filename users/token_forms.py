"""The form that makes a token."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from users.models import SCOPES, ApiToken
from users.tokens import end_of

NEVER, OWN_DAY = "never", "day"
LIVES = (
    ("30", "In 30 days"),
    ("90", "In 90 days"),
    ("365", "In 365 days"),
    (OWN_DAY, "After a day of my choice"),
    (NEVER, "Never"),
)
# Field of a token → field of the form, where they differ.
FORM_FIELDS = {"expires_at": "last_day"}


class Boxes(forms.CheckboxSelectMultiple):
    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Of the whole, that of the first box: what is wrong with the choice leads there."""
        return super().id_for_label(id_, index or "0")


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=ApiToken._meta.get_field("name").max_length,
        validators=ApiToken._meta.get_field("name").validators,
        help_text="What will use it, as in billing-service. The audit trail and histories name the token by it.",
        error_messages={"required": "Enter a name."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in SCOPES],
        error_messages={"required": "Choose at least one scope."},
        widget=Boxes,
    )
    expires = forms.ChoiceField(
        choices=LIVES,
        initial="90",
        error_messages={"required": "Choose when the token expires."},
        widget=forms.RadioSelect,
    )
    last_day = forms.DateField(
        label="Last day",
        required=False,
        input_formats=["%Y-%m-%d"],
        help_text="Inclusive, in UTC.",
        error_messages={"invalid": "Enter a day as in 2027-01-31."},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("expires") != OWN_DAY:
            # What stands in the field of another choice is nobody's concern.
            self.errors.pop("last_day", None)
        elif not given.get("last_day") and "last_day" not in self.errors:
            self.add_error("last_day", "Choose the last day.")
        return given

    def refuse(self, problems: ValidationError) -> None:
        """Show what was found wrong with the token, each beside its field."""
        for field, texts in problems.message_dict.items():
            self.add_error(FORM_FIELDS.get(field, field), texts)

    def expires_at(self, now: datetime) -> datetime | None:
        """The moment at which the token of a valid form expires; None for never."""
        chosen = self.cleaned_data["expires"]
        if chosen == OWN_DAY:
            return end_of(self.cleaned_data["last_day"])
        return None if chosen == NEVER else now + timedelta(days=int(chosen))

    def scope_options(self) -> Iterator[Mapping[str, Any]]:
        """Each scope's box with what it allows, for the page."""
        for box in self["scopes"]:
            yield {"box": box, "text": SCOPES[box.data["value"]]}

    def life_options(self) -> Iterator[Mapping[str, Any]]:
        """Each choice of an expiry with its field, for the page."""
        for radio in self["expires"]:
            yield {"radio": radio, "field": self["last_day"] if radio.data["value"] == OWN_DAY else None}
