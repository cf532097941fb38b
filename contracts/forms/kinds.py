"""Form fields for the kinds of values that a contract holds."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from contracts.domain import fields
from contracts.domain.fields import Field
from contracts.domain.model import STATUSES, TYPES
from contracts.domain.rules import REQUIRED

STATUS_LABELS = {status: status.replace("_", " ").capitalize() for status in STATUSES}
TYPE_LABELS = {name: name.capitalize() for name in TYPES}
LONG_TEXTS = {"notes", "sla_terms.penalty_terms"}


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(value)

    def to_python(self, value: Any) -> tuple[str, ...]:
        text = value if isinstance(value, str) else "\n".join(value or ())
        return tuple(line for line in (part.strip() for part in text.splitlines()) if line)

    def validate(self, value: tuple[str, ...]) -> None:
        """Nothing: the rules of a contract look at each line."""

    def run_validators(self, value: tuple[str, ...]) -> None:
        """Nothing: they are meant for one text."""


class TextField(forms.CharField):
    """A text whose line ends are line feeds, whatever the browser sends."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n")


def untouched(path: str, text: str) -> str:
    """A text as it comes back from a browser if nobody touches it: a control of one line loses the line ends."""
    if path in LONG_TEXTS:
        return text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return text.replace("\r", "").replace("\n", "").strip()


class NumberField(forms.DecimalField):
    """A decimal number, shown without an exponent."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return f"{value:f}" if isinstance(value, Decimal) and value.is_finite() else value


class WholeField(forms.IntegerField):
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


def _date_widget() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": "1900-01-01", "max": "2999-12-31"})


def form_field(field: Field, **options: Any) -> forms.Field:
    """The form field for a field of a contract."""
    missing = {"required": f"Give the {field.label.lower()}."}
    given = {"label": field.label, "required": field.path in REQUIRED, "error_messages": missing, **options}
    if field.kind == fields.LINES:
        return LinesField(**given)
    if field.kind == fields.DATE:
        return forms.DateField(widget=_date_widget(), input_formats=["%Y-%m-%d"], **given)
    if field.kind == fields.FLAG:
        return forms.BooleanField(**given)
    if field.kind == fields.WHOLE:
        return WholeField(**given)
    if field.kind in (fields.NUMBER, fields.DECIMAL):
        return NumberField(**given)
    if field.kind == fields.CHOICE:
        return forms.ChoiceField(**given)
    rows = {"widget": forms.Textarea(attrs={"rows": 4})} if field.path in LONG_TEXTS else {}
    return TextField(**rows, **given)


def choices(values: Iterable[str], labels: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(value, labels.get(value, value)) for value in values if value]


class QuietForm(forms.Form):
    """A form that can keep its errors to itself: while rows are being added, nobody has finished typing."""

    quiet = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    @property
    def errors(self) -> ErrorDict:
        return ErrorDict() if self.quiet else super().errors
