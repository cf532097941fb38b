"""The life of a contract: one table of transitions and the calendar of its term.

Buttons, filters, badges, counters, forms and jobs all ask this module.
"""

import calendar
from dataclasses import replace
from datetime import date, timedelta

from contracts.domain.model import STATUSES, Contract

TRANSITIONS: dict[str, tuple[str, ...]] = {
    "draft": ("active", "cancelled"),
    "active": ("pending_renewal", "expired", "cancelled"),
    "pending_renewal": ("active", "expired", "cancelled"),
    "expired": ("active",),
    "cancelled": ("draft",),
}
# Statuses whose recurring fee counts, and whose end is worth a reminder.
IN_FORCE = ("active", "pending_renewal")
# Statuses that a later end returns to active.
WAITING = ("pending_renewal", "expired")


def allowed(status: str) -> tuple[str, ...]:
    """The statuses that may follow; all of them after a status that another service made up."""
    return TRANSITIONS.get(status, STATUSES)


def add_months(anchor: date, months: int) -> date:
    """The same day `months` later, clamped to the month's last day: 31 Jan + 1 = 28 or 29 Feb, + 2 = 31 Mar."""
    index = anchor.year * 12 + anchor.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(anchor.day, last))


def notice_date(contract: Contract) -> date | None:
    """The day from which notice is due: the last day less the notice; None for an open end.

    Other services' numbers may lead beyond the calendar; its first and last day stand for what lies there.
    """
    if contract.end_date is None:
        return None
    ordinal = contract.end_date.toordinal() - (contract.notice_days or 0)
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


def with_renewal_date(contract: Contract) -> Contract:
    """The contract renewing on the day after its last; never, where the end is open."""
    end = contract.end_date
    renewal = end + timedelta(days=1) if end and end < date.max else None
    return replace(contract, renewal_date=renewal)


def settled(before: Contract, after: Contract, today: date) -> Contract:
    """The contract with what follows from a change of its end.

    The renewal date moves along, and an end beyond the notice window returns pending_renewal or expired to active,
    unless the same change sets the status itself.
    """
    if before.end_date == after.end_date:
        return replace(after, renewal_date=before.renewal_date)
    after = with_renewal_date(after)
    notice = notice_date(after)
    waiting = after.status == before.status and after.status in WAITING
    if waiting and (notice is None or notice > today):
        return replace(after, status="active")
    return after


def in_notice_window(contract: Contract, today: date) -> bool:
    """Whether the contract is in force and today lies between its notice date and its last day."""
    notice = notice_date(contract)
    if notice is None or contract.end_date is None or contract.status not in IN_FORCE:
        return False
    return notice <= today <= contract.end_date
