"""The forms of a bulk change: what is to be done, and for what cannot be taken back the typed number."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from contracts.bulk.model import NAMES, Order, Renewal, Run
from contracts.domain import bulk, fields
from contracts.domain.bulk import (
    ADD_ONS,
    BASE_FEE,
    TRADES,
    AutoRenewal,
    Manager,
    Move,
    Notice,
    Prices,
    Tags,
)
from contracts.forms.kinds import STATUS_LABELS, LinesField, NumberField, QuietForm, WholeField, form_field

CANCEL = "cancel"
# No username has brackets.
NOBODY = "(nobody)"
PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
# What can be done: its label, what it means, and the fields that it asks for.
OPTIONS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "prices": (
        "Revise prices by a percentage",
        "Never those of expired or cancelled contracts. Fees in percent of the traded value stay.",
        ("percent", "parts"),
    ),
    "tags": ("Add and remove tags", "Other tags stay, in their order.", ("add", "remove")),
    "manager": ("Change the account manager", "", ("manager",)),
    "notice": ("Set the notice", "It stays shorter than the renewal term.", ("days",)),
    "auto_renewal": ("Turn renewing by itself on or off", "It needs a last day.", ("renews",)),
    "renewal": ("Renew by one term", "Each by its own term. This cannot be undone.", ()),
    "status": ("Change the status", "Where the steps of its life allow it. This cannot be undone.", ("to",)),
    CANCEL: ("Cancel the contracts", "They can only be reopened as drafts. This cannot be undone.", ("last_day",)),
}
STATUSES = ("active", "pending_renewal", "expired", "draft")
PARTS = (
    (BASE_FEE, "Base fee, rounded to the currency’s digits"),
    (ADD_ONS, "Add-ons, active or not, rounded to the currency’s digits"),
    (TRADES, f"Price per trade of volume tiers, to {bulk.TRADE_DECIMALS} decimals or as many as it has"),
)


class PercentField(NumberField):
    """A percentage in plain digits: whatever else Python takes for a number is nothing to revise prices by."""

    def to_python(self, value: Any) -> Decimal | None:
        text = str(value or "").strip()
        if text and not PLAIN_NUMBER.fullmatch(text):
            raise forms.ValidationError("Write it in digits with a point, such as 3.5 or -2.")
        return super().to_python(text)


class OrderForm(QuietForm):
    """One choice of what to do; of the other fields only those that the choice asks for are looked at."""

    what = forms.ChoiceField(
        label="What to do",
        choices=[(name, label) for name, (label, _, _) in OPTIONS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what to do."},
    )
    percent = PercentField(
        label="Percent",
        required=False,
        min_value=bulk.LEAST_PERCENT,
        max_value=bulk.MOST_PERCENT,
        decimal_places=bulk.PERCENT_DECIMALS,
        help_text="3.5 raises by 3.5 %, -2 lowers by 2 %. Half a unit is rounded up.",
    )
    parts = forms.MultipleChoiceField(
        label="Which prices",
        choices=PARTS,
        required=False,
        initial=[BASE_FEE],
        widget=forms.CheckboxSelectMultiple,
    )
    add = LinesField(label="Tags to add", required=False, help_text="One a line.")
    remove = LinesField(label="Tags to remove", required=False, help_text="One a line, exactly as they are.")
    manager = forms.ChoiceField(label="Account manager", required=False)
    days = WholeField(label="Notice in days", required=False, min_value=0, max_value=3_650)
    renews = forms.ChoiceField(
        label="Renews by itself",
        required=False,
        choices=(("yes", "On: another term begins after the last day"), ("no", "Off: the contract ends")),
        widget=forms.RadioSelect,
    )
    to = forms.ChoiceField(
        label="New status", required=False, choices=[(name, STATUS_LABELS[name]) for name in STATUSES]
    )
    last_day = form_field(fields.BY_PATH["end_date"], help_text="Inclusive, in UTC; the same for all.")
    reason = forms.CharField(
        label="Reason", required=False, max_length=500, help_text="Kept in the history of each contract."
    )

    def __init__(self, *args: Any, managers: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].choices = [("", "Choose…"), (NOBODY, "Nobody"), *((name, name) for name in managers)]
        self.fields["reason"].wide = True

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        what = given.get("what", "")
        asked = OPTIONS[what][2] if what else ()
        # What stands in the fields of another choice is nobody's concern.
        for name in set(self.errors) - {*asked, "what", "reason"}:
            del self.errors[name]
        for name, complaint in _missing(what, given, self.errors):
            self.add_error(name, complaint)
        return given

    def options(self) -> Iterator[Mapping[str, Any]]:
        """Each choice with its help and its fields, for the page."""
        for radio in self["what"]:
            _, text, names = OPTIONS[radio.data["value"]]
            yield {"radio": radio, "text": text, "fields": [self[name] for name in names]}

    def order(self) -> Order:
        """What a valid form asks for."""
        given = self.cleaned_data
        match given["what"]:
            case "prices":
                return Prices(given["percent"], tuple(given["parts"]))
            case "tags":
                return Tags(add=given["add"], remove=given["remove"])
            case "manager":
                return Manager("" if given["manager"] == NOBODY else given["manager"])
            case "notice":
                return Notice(given["days"])
            case "auto_renewal":
                return AutoRenewal(given["renews"] == "yes")
            case "renewal":
                return Renewal()
            case "status":
                return Move(given["to"])
            case _:
                return Move("cancelled", given["last_day"])

    @property
    def reason_field(self) -> BoundField:
        return self["reason"]


def _missing(what: str, given: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Fields that the choice cannot do without, with what to do; not those that are complained of already."""
    needed = {
        "prices": [("percent", "Give a percentage other than 0."), ("parts", "Tick at least one of the prices.")],
        "notice": [("days", "Give the notice in days; 0 for none.")],
        "auto_renewal": [("renews", "Choose on or off.")],
        "manager": [("manager", "Choose the account manager, or nobody.")],
        "status": [("to", "Choose the new status.")],
        CANCEL: [("last_day", "Give the last day."), ("reason", "Say why the contracts are cancelled.")],
    }
    for name, complaint in needed.get(what, []):
        value = given.get(name)
        is_zero = isinstance(value, Decimal) and not value
        if name not in known and (value in (None, "", []) or is_zero):
            yield name, complaint
    if what == "tags":
        yield from _tag_complaints(given)


def _tag_complaints(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    add, remove = given.get("add", ()), given.get("remove", ())
    if not add and not remove:
        yield "add", "Give a tag to add, or one to remove."
    for tag in dict.fromkeys(tag for tag in add if tag in remove):
        yield "remove", f"“{tag}” is to be added, too. Leave it in one of both."


class ConfirmForm(QuietForm):
    """The typed number of contracts that are to be cancelled."""

    confirm = forms.CharField(
        error_messages={"required": "Type the number of contracts to confirm."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = number
        self.fields["confirm"].label = f"Type {number} to confirm"

    def clean_confirm(self) -> str:
        typed = self.cleaned_data["confirm"].replace(",", "")
        if typed != str(self.number):
            raise forms.ValidationError(f"That is not the number of contracts. Type {self.number}.")
        return typed


def entries_of(run: Run) -> dict[str, Any]:
    """What the form shows of an order that was given before."""
    order, kind = run.order, NAMES.get(type(run.order), "")
    entries: dict[str, Any] = {"what": CANCEL if run.cancels else kind, "reason": run.reason}
    match order:
        case Prices():
            return entries | {"percent": order.percent, "parts": list(order.parts)}
        case Tags():
            return entries | {"add": order.add, "remove": order.remove}
        case Manager():
            return entries | {"manager": order.username or NOBODY}
        case Notice():
            return entries | {"days": order.days}
        case AutoRenewal():
            return entries | {"renews": "yes" if order.on else "no"}
        case Move():
            return entries | {"to": order.to, "last_day": order.last_day}
        case _:
            return entries
