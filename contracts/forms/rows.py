"""The rows of a contract's tables: tiers of both kinds, and add-ons."""

from typing import Any

from django import forms
from django.forms.utils import ErrorList

from contracts.domain import fields
from contracts.domain.fields import Field
from contracts.domain.model import AddOn, Contract, ValueTier, VolumeTier
from contracts.domain.rules import MOST_ROWS
from contracts.forms.kinds import QuietForm, form_field, untouched

# More rows than a contract may have are shown again with what was typed, up to here.
MOST_SHOWN = 1_000


class RowForm(QuietForm):
    """A row of a table; `origin` is the row of the contract it was made from, whose unknown fields it keeps."""

    origin = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def cells(self) -> dict[str, Any]:
        """Column → value; a text that only a browser changed is left alone."""
        read = {name: value for name, value in self.cleaned_data.items() if name not in ("DELETE", "origin")}
        return {name: self._kept(name, value) for name, value in read.items()}

    def _kept(self, name: str, value: Any) -> Any:
        was = self.initial.get(name)
        return was if isinstance(was, str) and untouched(name, was) == value else value


class VolumeTierForm(RowForm):
    min_trades, max_trades, price_per_trade = (form_field(column) for column in fields.VOLUME_TIERS.columns)


class ValueTierForm(RowForm):
    min_value, max_value, percentage_fee = (form_field(column) for column in fields.VALUE_TIERS.columns)


class AddOnForm(RowForm):
    name, monthly_fee = (form_field(column) for column in fields.ADD_ONS.columns[:2])
    active = form_field(fields.ADD_ONS.columns[2], initial=True)


class RowFormSet(forms.BaseFormSet):
    """The rows of a table. `kept` are the forms of rows that are neither removed nor left blank."""

    quiet = False
    row_name = "Row"

    def non_form_errors(self) -> ErrorList:
        return ErrorList() if self.quiet else super().non_form_errors()

    def _construct_form(self, number: int, **options: Any) -> RowForm:
        # An added row that is just like the contract's row of that number would pass for one left blank.
        if number >= self.initial_form_count():
            options["initial"] = {}
        return super()._construct_form(number, **options)

    def hush(self) -> None:
        self.quiet = True
        for form in self.forms:
            form.quiet = True

    @property
    def kept(self) -> list[RowForm]:
        return [
            form for form in self.forms if getattr(form, "cleaned_data", None) and not form.cleaned_data["DELETE"]
        ]


def _formset(form: type[RowForm], row_name: str) -> type[RowFormSet]:
    made: type[RowFormSet] = forms.formset_factory(
        form,
        formset=RowFormSet,
        extra=0,
        can_delete=True,
        max_num=MOST_ROWS,
        absolute_max=MOST_SHOWN,
        validate_max=True,
    )
    made.row_name = row_name
    return made


for _form, _low, _high in ((VolumeTierForm, "min_trades", "max_trades"), (ValueTierForm, "min_value", "max_value")):
    _form.base_fields[_low].widget.attrs["data-from"] = ""
    _form.base_fields[_high].widget.attrs |= {"data-to": "", "placeholder": "no end"}

TABLES: dict[str, tuple[Field, type[RowFormSet], type[Any]]] = {
    "add_ons": (fields.ADD_ONS, _formset(AddOnForm, "Add-on"), AddOn),
    "volume": (fields.VOLUME_TIERS, _formset(VolumeTierForm, "Volume tier"), VolumeTier),
    "value": (fields.VALUE_TIERS, _formset(ValueTierForm, "Value tier"), ValueTier),
}


def row_initials(table: Field, start: Contract, base: Contract) -> list[dict[str, Any]]:
    """What the rows of a table start with; `origin` finds the row of the base whose unknown fields they keep."""
    # Compared as they are written out: what other services keep there may be a NaN, which equals nothing.
    known = [repr(row.extra) for row in base.at(table.path)]
    return [
        {column.name: getattr(row, column.name) for column in table.columns}
        | {"origin": known.index(repr(row.extra)) if row.extra and repr(row.extra) in known else None}
        for row in start.at(table.path)
    ]
