"""The overview: what the contracts come to, what there is to do, and what happened lately."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.ui.format import STATUSES as STATUS_WORDS
from config.ui.format import format_number
from contracts import recent, repository
from contracts.presentation import revision
from contracts.shown.worklists import aside, grouped, shown
from logs import usage
from mongo.client import READ_SECONDS
from mongo.errors import MongoUnavailable
from mongo.middleware import within
from users.access import can, requires

DAYS_SHOWN = 30
LONGEST_NAME = 100
TYPE_WORDS = {
    "basic": ("Basic", "muted"),
    "professional": ("Professional", "info"),
    "enterprise": ("Enterprise", "accent"),
    "custom": ("Custom", "warn"),
}

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Fee:
    """The recurring fee a month of contracts in force in one currency; `url` leads to their list, if one can."""

    currency: str
    amount: Decimal
    contracts: int
    url: str


@require_safe
@within(2 * READ_SECONDS + 2 * repository.COUNT_SECONDS + recent.SECONDS)
@requires("contracts.see")
def overview(request: HttpRequest) -> HttpResponse:
    today = datetime.now(UTC).date()
    # What an index answers comes first: where MongoDB is away, nobody waits for the rest.
    context = {
        "today": today,
        "next": repository.ending_next(today),
        **_days(today),
        **_recent(),
        **_portfolio(),
        **_fees(),
        **_work(request.user.get_username(), today),
        "can_change": can(request.user, "contracts.change"),
    }
    return render(request, "overview.html", context)


def _in_time(ask: Callable[[], Found]) -> Found | None:
    """What is asked, or None where it took too long: then a card says so, and the rest of the page stays."""
    try:
        return ask()
    except MongoUnavailable:
        return None


def _portfolio() -> dict[str, Any]:
    """What the collection comes to; a `$facet` of both would take several times as long."""
    found = _in_time(repository.sizes)
    if found is None:
        return {"sizes_late": True}
    statuses, types = _sizes(found, "status"), _sizes(found, "type")
    return {
        "total": sum(statuses.values()),
        "in_force": statuses.get("active", 0) + statuses.get("pending_renewal", 0),
        "by_status": _counted(statuses, STATUS_WORDS, "status"),
        "by_type": _counted(types, TYPE_WORDS, "contract_type"),
    }


def _sizes(groups: Iterable[Mapping[str, Any]], part: str) -> dict[str, int]:
    """Numbers of contracts by one part of the groups' _id."""
    sizes: Counter[str] = Counter()
    for group in groups:
        sizes[str(group["_id"].get(part))] += group["n"]
    return dict(sizes)


def _fees() -> dict[str, Any]:
    found = _in_time(repository.fees)
    return {
        "fees": [_fee(entry) for entry in found or ()],
        "odd_fees": sum(entry["odd"] for entry in found or ()),
        "fees_late": found is None,
    }


def _fee(entry: Mapping[str, Any]) -> Fee:
    url = _list_of(in_force="1", currency=entry["_id"]) if isinstance(entry["_id"], str) else ""
    return Fee(str(entry["_id"]), entry["fee"], entry["n"], url)


def _work(username: str, today: date) -> dict[str, Any]:
    """The worklists, with their numbers and those near a limit where these come in time."""
    found = _in_time(lambda: repository.worklists_and_standing(username, today=today))
    counts, standing = found or (None, None)
    worklists = shown(username, counts=counts)
    return {
        "worklists": aside(worklists),
        "worklist_groups": grouped(worklists),
        "work_late": found is None,
        "standing": standing,
        "ending": counts and counts["ends_30"],
        "until": today + timedelta(days=30),
    }


def _recent() -> dict[str, Any]:
    found = _in_time(recent.happenings)
    shown = [(revision(happening.revision), happening) for happening in found or ()]
    return {"recent": shown, "recent_late": found is None}


def _days(today: date) -> dict[str, Any]:
    days, counted_at = usage.days_of_all(today - timedelta(days=DAYS_SHOWN - 1), today)
    return {
        # On the first day of a month nothing is known of it before it is computed.
        "knows_month": counted_at is not None and counted_at.date() >= today.replace(day=1),
        "days": [(f"{day.day.day} {day.day:%b}", day.transactions, _in_words(day, counted_at)) for day in days],
        "days_sum": (sum(day.transactions for day in days), sum(day.trades for day in days)),
        "counted_at": counted_at,
    }


def _in_words(day: usage.DayOfAll, counted_at: datetime | None) -> str:
    if counted_at is None or day.day > counted_at.date():
        return "not counted yet"
    so_far = " so far" if day.day == counted_at.date() else ""
    return f"{format_number(day.transactions)} transactions{so_far}, {format_number(day.trades)} of them trades"


def _counted(
    counts: dict[str, int], known: dict[str, tuple[str, str]], parameter: str
) -> list[tuple[str, int, str, str]]:
    """Label, number, tone and address of the list, known names first, then those that other services made up."""
    found = []
    for name in [*known, *(name for name in counts if name not in known)]:
        label, tone = known.get(name, (name, "muted"))
        if counts.get(name):
            found.append((label, counts[name], tone, _list_of(**{parameter: name})))
    return found


def _list_of(**parameters: str) -> str:
    """The address of a list; "" where other services wrote what no list can be asked for."""
    if any(value != value.strip() or not 0 < len(value) <= LONGEST_NAME for value in parameters.values()):
        return ""
    return f"{reverse('contracts:list')}?{urlencode(parameters)}"
