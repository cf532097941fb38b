"""A month's invoice as pages show it: so far, and beside it what is expected by the month's end."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from contracts.domain import fields, pricing
from contracts.domain.model import Contract, Oddity
from contracts.domain.pricing import Invoice, Line
from contracts.domain.usage import in_force
from contracts.usage import AccountUsage

# The same line in each column: so far, and expected where anything is; None where no unit reaches its tier.
Columns = tuple[Line | None, ...]
# Statuses of contracts whose last day has come, though some are stored without one.
ENDED = ("expired", "cancelled")


@dataclass(frozen=True, slots=True)
class InvoiceShown:
    """Each line by the one that names it, with its columns; `expected` is None where the month is over.

    `left_out` names prices that are not known or cannot be read, and so are not summed. `no_last_day` tells of a
    contract that is over, while nobody knows since when.
    """

    lines: tuple[tuple[Line, Columns], ...]
    total: Decimal
    expected: Decimal | None
    currency: str
    is_in_force: bool
    left_out: tuple[str, ...]
    no_last_day: bool


def invoice_of(found: AccountUsage, terms: Contract) -> InvoiceShown:
    """The invoice of the month by its terms."""
    expected = found.expected_invoice
    return InvoiceShown(
        tuple(_columns(found.invoice, expected)),
        found.invoice.total,
        expected.total if expected else None,
        found.invoice.currency,
        in_force(terms, found.month) is not None,
        tuple(_left_out(terms)),
        terms.status in ENDED and terms.end_date is None,
    )


def _columns(so_far: Invoice, expected: Invoice | None) -> Iterator[tuple[Line, Columns]]:
    for now, later in pricing.beside(so_far, expected):
        yield later or now, (now, later) if expected else (now,)


def _left_out(terms: Contract) -> Iterator[str]:
    unread = [odd for odd in terms.oddities if not odd.is_understood]
    for field in fields.PRICE:
        is_missing = field.path == "base_monthly_fee" and terms.base_monthly_fee is None
        if is_missing or any(_lies_in(odd, field.path) for odd in unread):
            yield field.label


def _lies_in(odd: Oddity, path: str) -> bool:
    """Whether the value is that of the field, of one of its rows, or of the group that holds it."""
    return f"{odd.path}.".startswith(f"{path}.") or path.startswith(f"{odd.path}.")
