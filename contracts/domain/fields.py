"""The fields of a contract as data: path, label and kind, in the order in which people read them."""

from dataclasses import dataclass

TEXT, CHOICE, DATE, MOMENT, FLAG = "text", "choice", "date", "moment", "flag"
WHOLE, NUMBER, DECIMAL, LINES, ROWS = "whole", "number", "decimal", "lines", "rows"


@dataclass(frozen=True, slots=True)
class Field:
    """`limit` is the greatest length of a text, `columns` are the fields of each row.

    `unit` is money, percent, seconds or nothing; `empty` says what no value means.
    """

    path: str
    label: str
    kind: str
    limit: int = 200
    columns: tuple["Field", ...] = ()
    unit: str = ""
    empty: str = "–"

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def is_number(self) -> bool:
        return self.kind in (WHOLE, NUMBER, DECIMAL)


VOLUME_TIERS = Field(
    "usage_based_pricing.trade_volume_tiers",
    "Volume tiers",
    ROWS,
    columns=(
        Field("min_trades", "From trade", WHOLE),
        Field("max_trades", "To trade", WHOLE, empty="no end"),
        Field("price_per_trade", "Price per trade", DECIMAL, unit="money"),
    ),
)
VALUE_TIERS = Field(
    "usage_based_pricing.trade_value_tiers",
    "Value tiers",
    ROWS,
    columns=(
        Field("min_value", "From value", DECIMAL, unit="money"),
        Field("max_value", "To value", DECIMAL, unit="money", empty="no end"),
        Field("percentage_fee", "Fee in percent", DECIMAL, unit="percent"),
    ),
)
ADD_ONS = Field(
    "add_ons",
    "Add-ons",
    ROWS,
    columns=(
        Field("name", "Name", TEXT),
        Field("monthly_fee", "Fee a month", DECIMAL, unit="money"),
        Field("active", "Active", FLAG),
    ),
)

# What people decide, grouped as an account manager thinks of a contract.
PARTIES = (
    Field("account_name", "Account name", TEXT),
    Field("account_manager", "Account manager", TEXT, 150),
    Field("primary_contact.name", "Primary contact", TEXT),
    Field("primary_contact.email", "Primary contact’s e-mail", TEXT, 254),
    Field("primary_contact.phone", "Primary contact’s phone", TEXT, 50),
    Field("primary_contact.role", "Primary contact’s role", TEXT, 100),
    Field("billing_contact.name", "Billing contact", TEXT),
    Field("billing_contact.email", "Billing contact’s e-mail", TEXT, 254),
    Field("billing_contact.phone", "Billing contact’s phone", TEXT, 50),
)
TERM = (
    Field("contract_type", "Plan", CHOICE),
    Field("status", "Status", CHOICE),
    Field("start_date", "Start", DATE),
    Field("end_date", "Last day", DATE, empty="open-ended"),
    Field("renewal_term_months", "Renewal term in months", WHOLE),
    Field("notice_days", "Notice in days", WHOLE),
    Field("auto_renewal", "Renews by itself", FLAG),
    Field("anchor_day", "Anchor day", WHOLE),
)
PRICE = (
    Field("currency", "Currency", TEXT, 3),
    Field("base_monthly_fee", "Base fee a month", DECIMAL, unit="money"),
    ADD_ONS,
    VOLUME_TIERS,
    VALUE_TIERS,
)
LIMITS = (
    Field("usage_limits.max_monthly_trades", "Trades a month", WHOLE, empty="unlimited"),
    Field("usage_limits.max_trade_value", "Value of one trade", DECIMAL, unit="money", empty="unlimited"),
    Field("usage_limits.max_concurrent_trades", "Concurrent trades", WHOLE, empty="unlimited"),
    Field("usage_limits.sla_threshold_seconds", "SLA threshold", NUMBER, unit="seconds", empty="unlimited"),
)
SERVICE_LEVEL = (
    Field("sla_terms.uptime_guarantee", "Guaranteed uptime", DECIMAL, unit="percent"),
    Field("sla_terms.response_time_guarantee", "Guaranteed response time", NUMBER, unit="seconds"),
    Field("sla_terms.penalty_terms", "Penalty terms", TEXT, 5_000),
    Field("features", "Features", LINES, 100),
)
NOTES = (
    Field("tags", "Tags", LINES, 100),
    Field("notes", "Notes", TEXT, 10_000),
)
TERMS = (*PARTIES, *TERM, *PRICE, *LIMITS, *SERVICE_LEVEL, *NOTES)

IDENTITY = (
    Field("contract_id", "Contract id", TEXT),
    Field("account_id", "Account id", TEXT, 100),
)
DERIVED = (Field("renewal_date", "Renewal date", DATE, empty="never"),)
BOOKKEEPING = (
    Field("created_at", "Created", MOMENT),
    Field("created_by", "Created by", TEXT),
    Field("updated_at", "Last changed", MOMENT),
    Field("last_modified_by", "Last changed by", TEXT),
    Field("version", "Version", WHOLE),
)
ALL = (*IDENTITY, *TERMS, *DERIVED, *BOOKKEEPING)
COMPARED = (*IDENTITY[1:], *TERMS, *DERIVED)
BY_PATH = {field.path: field for field in ALL}


TABLES = tuple(field for field in ALL if field.kind == ROWS)


def label_of(path: str) -> str:
    """The label people know a path by, in a table with the number of the row; an unknown path is its own label."""
    if path in BY_PATH:
        return BY_PATH[path].label
    table = next((field for field in TABLES if path.startswith(f"{field.path}.")), None)
    if table is None:
        return path
    number, _, column = path.removeprefix(f"{table.path}.").partition(".")
    labels = {entry.path: entry.label for entry in table.columns}
    place = f"{table.label}, row {int(number) + 1}" if number.isdecimal() else table.label
    return f"{place}, {labels[column]}" if column in labels else place
