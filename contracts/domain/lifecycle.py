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
# Statuses in which no notice is due any more.
OVER = ("expired", "cancelled")
# Statuses that a later end returns to active.
WAITING = ("pending_renewal", "expired")
# What the calendar asks of a contract.
WAIT, EXPIRE, RENEW = "pending_renewal", "expired", "renew"


def allowed(status: str) -> tuple[str, ...]:
    """The statuses that may follow; all of them after a status that another service made up."""
    return TRANSITIONS.get(status, STATUSES)


def may_renew(status: str) -> bool:
    """Whether contracts of this status may go on in force for another term."""
    return status in IN_FORCE or status == EXPIRE


def is_renewable(contract: Contract) -> bool:
    """Whether another term can follow: it has a last day, a term, and may go on in force."""
    return may_renew(contract.status) and contract.end_date is not None and bool(contract.renewal_term_months)


def add_months(anchor: date, months: int) -> date:
    """The same day `months` later, clamped to the month's last day: 31 Jan + 1 = 28 or 29 Feb, + 2 = 31 Mar."""
    return _in_month(anchor.year * 12 + anchor.month - 1 + months, anchor.day)


def _in_month(index: int, day: int) -> date:
    """The day of a month counted from the year 0, or the month's last day."""
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day, calendar.monthrange(year, month + 1)[1]))


def renewed_end(start: date, end: date, months: int, anchor_day: int | None = None) -> date:
    """The last day after a renewal by `months`; the day after it lies on the anchor, as docs/data.md defines it.

    Counted from the anchor and never from a day that a short month clamped, so that dates do not drift. Raises
    ValueError or OverflowError beyond the calendar.
    """
    renewal = end + timedelta(days=1)
    anchor = anchor_day or anchor_of(start, end)
    return _in_month(renewal.year * 12 + renewal.month - 1 + months, anchor) - timedelta(days=1)


def anchor_of(start: date, end: date) -> int:
    """The day of the month that renewals keep: the start's, if the term is whole months, else the renewal's."""
    renewal = end + timedelta(days=1)
    months = (renewal.year - start.year) * 12 + renewal.month - start.month
    return start.day if add_months(start, months) == renewal else renewal.day


def renewed(contract: Contract, today: date) -> Contract:
    """A renewable contract one term on, its anchor kept where the new dates alone would not tell it.

    One that waited is active again, unless the new term has reached its notice window; an expired one in any case.
    """
    end = contract.end_date
    assert end is not None
    start = contract.start_date or end
    given = _anchor_of(contract)
    anchor = given or anchor_of(start, end)
    later = renewed_end(start, end, contract.renewal_term_months or 0, anchor)
    told = given is None and anchor_of(start, later) == anchor
    moved = with_renewal_date(replace(contract, end_date=later, anchor_day=None if told else anchor))
    if contract.status == "expired":
        return replace(moved, status="active")
    return settled(contract, moved, today)


def due(contract: Contract, today: date) -> str | None:
    """What the calendar asks of a contract in force: WAIT in its notice window, RENEW or EXPIRE after its end."""
    notice = notice_date(contract)
    if contract.status not in IN_FORCE or contract.end_date is None or notice is None:
        return None
    if contract.end_date < today:
        return RENEW if contract.auto_renewal else EXPIRE
    return WAIT if contract.status == "active" and notice <= today else None


def is_overdue(contract: Contract, today: date) -> bool:
    """In force although the last day has passed: once the daily job was there, a person has to look at it."""
    return contract.status in IN_FORCE and contract.end_date is not None and contract.end_date < today


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

    The renewal date moves along, an anchor that the new end does not lie on is forgotten, and an end beyond the
    notice window returns pending_renewal or expired to active, unless the same change sets the field itself.
    """
    if before.end_date == after.end_date:
        return replace(after, renewal_date=before.renewal_date)
    after = with_renewal_date(after)
    if after.anchor_day == before.anchor_day and not _lies_on_anchor(after):
        after = replace(after, anchor_day=None)
    notice = notice_date(after)
    waiting = after.status == before.status and after.status in WAITING
    if waiting and (notice is None or notice > today):
        return replace(after, status="active")
    return after


def _lies_on_anchor(contract: Contract) -> bool:
    renewal, anchor = contract.renewal_date, _anchor_of(contract)
    if renewal is None or anchor is None:
        return contract.anchor_day is None
    return renewal == _in_month(renewal.year * 12 + renewal.month - 1, anchor)


def _anchor_of(contract: Contract) -> int | None:
    """The anchor that a contract names, unless another service wrote a number that is no day of a month."""
    day = contract.anchor_day
    return day if day is not None and 1 <= day <= 31 else None


def renews_early(contract: Contract, today: date) -> bool:
    """Whether a renewal would come before the notice window: the contract is in force, and its notice is ahead."""
    notice = notice_date(contract)
    return contract.status in IN_FORCE and notice is not None and notice > today


def in_notice_window(contract: Contract, today: date) -> bool:
    """Whether the contract is in force and today lies between its notice date and its last day."""
    notice = notice_date(contract)
    if notice is None or contract.end_date is None or contract.status not in IN_FORCE:
        return False
    return notice <= today <= contract.end_date
