"""The rules a contract keeps, in one place: form, import, service and API all ask `problems`."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.domain import currency, fields, lifecycle
from contracts.domain.errors import Problem
from contracts.domain.fields import DATE, DECIMAL, LINES, NUMBER, ROWS, TEXT, WHOLE, Field
from contracts.domain.model import RESERVED_IDS, STATUSES, TYPES, Contract, is_addressable
from contracts.domain.tiers import VALUE_STEP, VOLUME_STEP, tier_problems

# Decimal128 holds 34 digits; JavaScript, which other services are written in, counts exactly up to 2**53 - 1.
MOST_DIGITS = 34
MOST_COUNT = 2**53 - 1
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)
MOST_ROWS = 200
MOST_LINES = 200
# Whole numbers that have less room than a count; a notice is shorter than the longest term.
WITHIN = {
    "renewal_term_months": range(1, 121),
    "notice_days": range(3_653),
    "anchor_day": range(1, 32),
    "sla_terms.uptime_guarantee": range(101),
}
REQUIRED = ("account_id", "start_date", "base_monthly_fee", "currency", "renewal_term_months", "notice_days")

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def problems(contract: Contract) -> tuple[Problem, ...]:
    """Every rule of docs/data.md that the contract breaks, each with the path of its field; empty when valid."""
    return (
        *_missing(contract),
        *shapes(contract),
        *_choices(contract),
        *_term(contract),
        *_contacts(contract),
        *_rows(contract),
    )


def _missing(contract: Contract) -> Iterator[Problem]:
    for path in REQUIRED:
        if _is_blank(contract.at(path)):
            yield Problem(path, f"Give the {fields.label_of(path).lower()}.")


def _is_blank(value: Any) -> bool:
    """Whether there is nothing to see: a text of invisible characters is none."""
    if isinstance(value, str):
        return not any(character.isprintable() and not character.isspace() for character in value)
    return value is None


def shapes(contract: Contract, of: Iterable[Field] = (*fields.IDENTITY, *fields.TERMS)) -> Iterator[Problem]:
    """What is wrong with each field on its own: its length, size, digits, characters."""
    for field in of:
        yield from _shape(field, field.path, contract.at(field.path))


def _shape(field: Field, path: str, value: Any) -> Iterator[Problem]:
    if value is None:
        return
    if field.kind == TEXT:
        yield from _text(path, value, field.limit)
    elif field.kind == LINES:
        yield from _lines(path, value, field.limit)
    elif field.kind == DATE and not EARLIEST <= value <= LATEST:
        yield Problem(path, f"Give a day from {EARLIEST.year} to {LATEST.year}.")
    elif field.kind in (WHOLE, NUMBER, DECIMAL):
        yield from _number(path, value)
    elif field.kind == ROWS:
        yield from _cells(field, path, value)


def _text(path: str, value: str, limit: int) -> Iterator[Problem]:
    if len(value) > limit:
        yield Problem(path, f"Use {limit:,} characters at most; this has {len(value):,}.")
    try:
        broken = "\x00" in value or not value.encode()
    except UnicodeEncodeError:
        broken = True
    if broken and value:
        yield Problem(path, "This holds a character that cannot be stored. Type it again.")


def _lines(path: str, values: Sequence[str], limit: int) -> Iterator[Problem]:
    if len(values) > MOST_LINES:
        yield Problem(path, f"Give {MOST_LINES} at most; these are {len(values):,}.")
        return
    for value in values:
        yield from _text(path, value, limit)
    if len(set(values)) < len(values):
        twice = next(value for value in values if values.count(value) > 1)
        yield Problem(path, f"“{twice}” stands here twice.")


def _number(path: str, value: int | Decimal) -> Iterator[Problem]:
    number = Decimal(value)
    if not number.is_finite():
        yield Problem(path, "Give a number; infinity and NaN are none.")
        return
    if number < 0:
        yield Problem(path, "Give zero or more.")
    if isinstance(value, int) and value > MOST_COUNT:
        yield Problem(path, f"Give {MOST_COUNT:,} at most.")
    if _width(number) > MOST_DIGITS:
        yield Problem(path, f"Use {MOST_DIGITS} digits at most.")


def _width(number: Decimal) -> int:
    """The digits it takes to write the number out, on both sides of the point."""
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    return max(len(digits), len(digits) + exponent, -exponent)


def _cells(table: Field, path: str, rows: Sequence[Any]) -> Iterator[Problem]:
    if len(rows) > MOST_ROWS:
        yield Problem(path, f"Give {MOST_ROWS} rows at most; these are {len(rows):,}.")
        return
    for number, row in enumerate(rows):
        for column in table.columns:
            yield from _shape(column, f"{path}.{number}.{column.path}", getattr(row, column.path))


def _choices(contract: Contract) -> Iterator[Problem]:
    if contract.contract_type not in TYPES:
        yield Problem("contract_type", f"Choose one of {', '.join(TYPES)}.")
    if contract.status not in STATUSES:
        yield Problem("status", f"Choose one of {', '.join(STATUSES)}.")
    if contract.currency and contract.currency not in currency.CODES:
        yield Problem("currency", "Give an ISO 4217 code, such as USD or EUR.")
    if contract.contract_id in RESERVED_IDS:
        yield Problem("contract_id", f"“{contract.contract_id}” is part of an address here. Choose another id.")
    elif contract.contract_id and not is_addressable(contract.contract_id):
        yield Problem("contract_id", "Use letters, digits and _ . : @ + = - only.")
    yield from _account(contract.account_id)


def _account(account: str) -> Iterator[Problem]:
    """An account's id can be told and stand in an address; the rest is up to whoever gives it."""
    if _is_blank(account) or any(_text("account_id", account, len(account))):
        return
    if account in (".", "..") or account != account.strip() or not account.isprintable():
        text = "Begin and end with something visible, on one line; “.” and “..” lead elsewhere in an address."
        yield Problem("account_id", text)


def _term(contract: Contract) -> Iterator[Problem]:
    start, end = contract.start_date, contract.end_date
    if start and end and end < start:
        yield Problem("end_date", "The last day lies before the start.")
    if contract.auto_renewal and end is None:
        yield Problem("auto_renewal", "A contract without a last day does not renew. Give one, or untick this.")
    if contract.anchor_day is not None and contract.anchor_day not in WITHIN["anchor_day"]:
        yield Problem("anchor_day", "Give a day of the month, from 1 to 31.")
    months, notice = contract.renewal_term_months, contract.notice_days
    if months is not None and months not in WITHIN["renewal_term_months"]:
        yield Problem("renewal_term_months", "Give 1 to 120 months.")
    elif months and notice and notice >= _days_in_term(start, months):
        yield Problem("notice_days", "The notice must be shorter than the renewal term.")
    if contract.status == "cancelled" and end is None:
        yield Problem("end_date", "A cancelled contract has a last day. Give it.")


def _days_in_term(start: date | None, months: int) -> int:
    if start is None or not EARLIEST <= start <= LATEST:
        return months * 28
    return (lifecycle.add_months(start, months) - start).days


def _contacts(contract: Contract) -> Iterator[Problem]:
    for path in ("primary_contact.email", "billing_contact.email"):
        value = contract.at(path)
        if value and not _EMAIL.fullmatch(value):
            yield Problem(path, "Give an e-mail address such as name@example.com.")
    uptime = contract.sla_terms.uptime_guarantee
    if uptime is not None and Decimal(uptime).is_finite() and uptime > WITHIN["sla_terms.uptime_guarantee"][-1]:
        yield Problem("sla_terms.uptime_guarantee", "Give 100 percent at most.")


def _rows(contract: Contract) -> Iterator[Problem]:
    pricing = contract.usage_based_pricing
    volume = [(tier.min_trades, tier.max_trades, tier.price_per_trade) for tier in pricing.trade_volume_tiers]
    value = [(tier.min_value, tier.max_value, tier.percentage_fee) for tier in pricing.trade_value_tiers]
    yield from tier_problems(fields.VOLUME_TIERS, volume, VOLUME_STEP)
    yield from tier_problems(fields.VALUE_TIERS, value, VALUE_STEP)
    for number, add_on in enumerate(contract.add_ons):
        if not add_on.name:
            yield Problem(f"add_ons.{number}.name", "Give the add-on a name.")
        if add_on.monthly_fee is None:
            yield Problem(f"add_ons.{number}.monthly_fee", "Give the fee; 0 if it is free.")
