"""The form of the query string that asks for two versions of a contract."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError

from contracts.domain.versions import Name, named
from contracts.forms.filters import OneOf

ALL = "all"


class VersionField(forms.CharField):
    """The number of a version, `now`, or nothing, which is None."""

    def __init__(self, label: str) -> None:
        super().__init__(required=False, label=label)

    def to_python(self, value: Any) -> Name | None:
        text = super().to_python(value)
        try:
            return named(text) if text else None
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from None


class CompareForm(forms.Form):
    """Two versions and how much of them to show. A number that was typed wins over the choice beside it."""

    show = OneOf((ALL,))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("from", "to", "from_number", "to_number"):
            self.fields[name] = VersionField(label=name)

    def version(self, name: str) -> Name | None:
        """The version that a valid form names as `from` or `to`, if it does."""
        typed = self.cleaned_data[f"{name}_number"]
        return self.cleaned_data[name] if typed is None else typed

    def plain_query(self) -> str:
        """The query of the same page without numbers of their own; "" where the form holds none."""
        if all(self.cleaned_data[f"{name}_number"] is None for name in ("from", "to")):
            return ""
        given = {"from": self.version("from"), "to": self.version("to"), "show": self.cleaned_data["show"]}
        return urlencode({name: value for name, value in given.items() if value not in (None, "")})

    def complaints(self) -> list[str]:
        """What is wrong with the address, a sentence for each parameter."""
        return [f"{name}: {' '.join(errors)}" for name, errors in self.errors.items()]
