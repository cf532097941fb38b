"""Reminders in words: what a mail says of each contract, and under which heading."""

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.dateformat import format as formatted

from contracts.daily.watching import UNREACHABLE
from contracts.domain import reminding
from contracts.domain.reminding import Reminder
from contracts.domain.words import distance, one_line
from contracts.queries.shares import MOST_SHARE

HEADINGS = {
    reminding.OVERDUE: "Overdue: the last day has passed, and somebody has to decide",
    reminding.ENDS: "Ending",
    reminding.NOTICE: "Notice",
    reminding.LIMIT: "Usage near or over a limit",
    reminding.ENDED: "Ended",
    reminding.RENEWED: "Renewed by themselves",
    reminding.DRAFT: f"Drafts older than {reminding.DRAFT_DAYS} days",
}


def sentence(reminder: Reminder, today: date) -> str:
    """What the reminder says of its contract, without the name."""
    target = when(reminder.target, today)
    match reminder.kind:
        case reminding.OVERDUE:
            return f"last day was {target}; renew it, give a later last day, or end it"
        case reminding.ENDS:
            return f"last day is {target}; does not renew by itself"
        case reminding.NOTICE:
            verb = "began" if reminder.target < today else "begins"
            return f"notice {verb} {target}; {_afterwards(reminder)}"
        case reminding.LIMIT:
            return f"{_used(reminder.share or 0)} in {formatted(reminder.target, 'F Y')}"
        case reminding.ENDED:
            return f"last day was {target}"
        case reminding.RENEWED:
            return f"last day is now {target}"
        case _:
            made = reminder.contract.created_at
            return f"made {target}" if made and made.date() == reminder.target else f"a draft again since {target}"


def _used(share: int) -> str:
    # Any use of a limit of zero is beyond all percent.
    if share >= MOST_SHARE:
        return "far over the tightest limit"
    return f"{share:,} % of the tightest limit used"


def _afterwards(reminder: Reminder) -> str:
    end = reminder.contract.end_date
    assert end is not None
    return f"{'renews by itself after' if reminder.contract.auto_renewal else 'ends on'} {day(end)}"


def when(moment: date, today: date) -> str:
    """`3 Dec 2026, in 12 days`."""
    return f"{day(moment)}, {distance((moment - today).days)}"


def day(moment: date) -> str:
    """`3 Dec 2026`."""
    return formatted(moment, "j M Y")


def title(reminder: Reminder) -> str:
    return one_line(reminder.contract.title)


def address(reminder: Reminder) -> str:
    """Where the contract stands; "" for one that no address leads to."""
    if reminder.key.startswith(UNREACHABLE):
        return ""
    return f"{settings.SITE_URL}{reverse('contracts:detail', args=[reminder.key])}"


def everything() -> str:
    """Where all contracts stand."""
    return f"{settings.SITE_URL}{reverse('contracts:list')}"
