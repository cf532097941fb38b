"""The form of a contract's single fields; the tables are in rows."""

from decimal import Decimal
from typing import Any

from django import forms

from contracts.domain import fields
from contracts.domain.model import TYPES, Contract
from contracts.domain.rules import REQUIRED
from contracts.forms.kinds import STATUS_LABELS, TYPE_LABELS, LinesField, QuietForm, choices, form_field, untouched

SEPARATOR = "__"
# Beyond this many digits a number of seconds is not worth turning into a whole one.
MOST_WHOLE_DIGITS = 18


def name_of(path: str) -> str:
    """A form field's name for a contract's path: two underscores for a point."""
    return path.replace(".", SEPARATOR)


def path_of(name: str) -> str:
    return name.replace(SEPARATOR, ".")


def _at(path: str, **options: Any) -> forms.Field:
    return form_field(fields.BY_PATH[path], **options)


class ContractForm(QuietForm):
    """Every field that people decide, except the rows. Field names are the contract's paths."""

    account_id = form_field(
        fields.IDENTITY[1],
        help_text="The customer’s id, as the logs carry it in userId. It cannot be changed later.",
    )
    account_name = _at("account_name", help_text="Shown first, wherever the contract is.")
    account_manager = _at("account_manager", help_text="The username of who looks after it.")
    primary_contact__name = _at("primary_contact.name", label="Name")
    primary_contact__email = _at("primary_contact.email", label="E-mail")
    primary_contact__phone = _at("primary_contact.phone", label="Phone")
    primary_contact__role = _at("primary_contact.role", label="Role")
    billing_contact__name = _at("billing_contact.name", label="Name")
    billing_contact__email = _at("billing_contact.email", label="E-mail")
    billing_contact__phone = _at("billing_contact.phone", label="Phone")

    contract_type = _at("contract_type")
    status = _at("status")
    start_date = _at("start_date")
    end_date = _at("end_date", help_text="Inclusive, in UTC. Empty: open-ended.")
    renewal_term_months = _at("renewal_term_months")
    notice_days = _at("notice_days", help_text="Before the last day; shorter than the term.")
    auto_renewal = _at("auto_renewal")
    anchor_day = _at("anchor_day", help_text="The day of the month that renewals keep. Empty: from the dates.")

    currency = _at("currency", help_text="ISO 4217, such as USD.")
    base_monthly_fee = _at("base_monthly_fee")

    usage_limits__max_monthly_trades = _at("usage_limits.max_monthly_trades", help_text="Empty: unlimited.")
    usage_limits__max_trade_value = _at("usage_limits.max_trade_value", help_text="Empty: unlimited.")
    usage_limits__max_concurrent_trades = _at("usage_limits.max_concurrent_trades", help_text="Empty: unlimited.")
    usage_limits__sla_threshold_seconds = _at("usage_limits.sla_threshold_seconds", help_text="Empty: unlimited.")

    sla_terms__uptime_guarantee = _at("sla_terms.uptime_guarantee")
    sla_terms__response_time_guarantee = _at("sla_terms.response_time_guarantee")
    sla_terms__penalty_terms = _at("sla_terms.penalty_terms")
    features = _at("features", help_text="One a line.")

    tags = _at("tags", help_text="One a line.")
    notes = _at("notes")

    reason = forms.CharField(
        label="Reason for this change", required=False, max_length=500, help_text="Kept in the contract’s history."
    )

    def __init__(self, *args: Any, base: Contract, shown: Contract, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(shown), **kwargs)
        self.base = base
        statuses = dict.fromkeys((base.status, "active", shown.status))
        types = dict.fromkeys((*TYPES, base.contract_type, shown.contract_type))
        self.fields["status"].choices = choices(statuses, STATUS_LABELS)
        self.fields["contract_type"].choices = choices(types, TYPE_LABELS)
        self.fields["currency"].widget.attrs |= {"list": "currencies", "autocapitalize": "characters"}
        self.fields["account_manager"].widget.attrs |= {"list": "managers", "autocomplete": "off"}
        if base.contract_id:
            # A status changes by the steps of a contract's life, each with a small form of its own.
            del self.fields["account_id"], self.fields["status"]
            self._bear_with(base)
        if base.start_date and base.status != "draft":
            self.fields["start_date"].disabled = True
            self.fields["start_date"].help_text = "The start never moves once the contract has left draft."
        self._mark(shown.currency or "USD")

    def _bear_with(self, base: Contract) -> None:
        """What another service left out may stay so; nobody may take away what is there."""
        for path in REQUIRED:
            if path != "account_id" and base.at(path) in (None, ""):
                self.fields[name_of(path)].required = False

    def _mark(self, money: str) -> None:
        """What the field template shows around a control."""
        for path, suffix in (
            ("base_monthly_fee", money),
            ("usage_limits.max_trade_value", money),
            ("usage_limits.sla_threshold_seconds", "s"),
            ("sla_terms.response_time_guarantee", "s"),
            ("sla_terms.uptime_guarantee", "%"),
        ):
            self.fields[name_of(path)].suffix = suffix

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()

    def values(self) -> dict[str, Any]:
        """Path → value of every field that could be read; a text that only a browser changed is left alone."""
        read = {path_of(name): value for name, value in self.cleaned_data.items() if name != "reason"}
        return {path: self._kept(path, value) for path, value in read.items()}

    def _kept(self, path: str, value: Any) -> Any:
        was = self.base.at(path)
        if isinstance(was, str) and isinstance(value, str):
            return was if untouched(path, was) == value else value
        if isinstance(was, tuple) and isinstance(value, tuple):
            return was if LinesField().to_python(was) == value else value
        if isinstance(value, Decimal) and fields.BY_PATH[path].kind == fields.NUMBER:
            return _whole_if_it_is(value)
        return value


def _whole_if_it_is(number: Decimal) -> int | Decimal:
    if abs(number.adjusted()) > MOST_WHOLE_DIGITS or number != number.to_integral_value():
        return number
    return int(number)


def _initial(contract: Contract) -> dict[str, Any]:
    return {name: contract.at(path_of(name)) for name in ContractForm.base_fields if name != "reason"}
