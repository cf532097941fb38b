"""What the page of a list shows: its entries, or why there are none, and everything by which it is asked for."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import quote

from logs import asking
from logs.asking import SPAN, Asked, Complaints, Query
from logs.kinds import COMMON, Log
from logs.repository import Found
from logs.scope import Scope
from logs.shown import filters
from logs.shown.filters import address, home
from logs.shown.live import live_of
from logs.shown.rows import columns_of, entry_url, list_url, rows_of
from logs.shown.times import times_of
from logs.shown.words import on_clock

# More do not fit beside each other.
MOST_COLUMNS = 7


class Empty(NamedTuple):
    """Why a page has no entry: past the `end` of the list, none in this `time`, none for the `filter`, none in the
    `log`; and when the newest of another time happened.
    """

    why: str
    newest: Any = None


def context_of(
    scope: Scope,
    asked: Asked,
    *,
    found: Found | None = None,
    empty: Empty | None = None,
    now: datetime | None = None,
    **more: Any,
) -> dict[str, Any]:
    """What the templates of the list are given."""
    columns = columns_of(scope.log, asked)
    context = {
        "scope": scope,
        "asked": asked,
        "query": asked.query,
        "list": list_url(scope, asked),
        "home": home(scope, asked),
        "chips": filters.chips(scope, asked),
        "cleared": filters.cleared(scope, asked),
        "times": times_of(scope, asked),
        "columns": columns,
        "is_wide": len(columns) > MOST_COLUMNS,
        "turned": filters.turned(scope, asked),
        "hidden": {
            "q": filters.hidden(asked, "q"),
            "time": filters.hidden(asked, *SPAN, "zone"),
            "zone": filters.hidden(asked, "zone"),
            "columns": filters.hidden(asked, "columns"),
        },
        "standard": address(home(scope, asked), filters.hidden(asked, "columns")),
        "entry_url": entry_url(scope, asked, quote(asked.entry, safe="~")) if asked.entry else "",
        "choices": choices_of(scope.log, asked),
        "has_own_columns": asked.columns != scope.log.columns,
        "facets": () if asked.wanted.is_undated else facets_of(scope.log, asked),
        "is_undated": asked.wanted.is_undated,
        **more,
    }
    if found is not None and now is not None:
        context |= _page(scope, asked, found, now)
    if empty is not None:
        context |= {"empty": empty.why, "newest": _newest(scope, asked, empty)}
    return context


def _page(scope: Scope, asked: Asked, found: Found, now: datetime) -> dict[str, Any]:
    """The rows, and the addresses of the pages before and after them."""
    back, on = (
        address(home(scope, asked), [*asked.parameters, (name, cursor)]) if cursor else ""
        for name, cursor in (("before", found.before), ("after", found.after))
    )
    return {
        "rows": rows_of(found.documents, asked, scope, now),
        "live": None if asked.wanted.is_undated else live_of(scope, asked, found.documents, now),
        "back": back,
        "on": on,
        "is_first": not (asked.after or asked.before),
    }


def choices_of(log: Log, asked: Asked) -> Sequence[tuple[str, str, bool]]:
    """The columns that can be chosen: path, label, and whether they are shown; the time always is.

    Those of the log's own list come first, and last what every log has.
    """
    own = [name for name in log.labels if name not in COMMON]
    names = dict.fromkeys([*log.columns, *own, *COMMON, *asked.columns])
    shown = {column.name for column in columns_of(log, asked)}
    return [(name, filters.label_of(log, name), name in shown) for name in names if name != "timestamp"]


def facets_of(log: Log, asked: Asked) -> Sequence[tuple[str, str]]:
    """The fields whose values stand beside the list, and their labels: its own, and those that are filtered by."""
    names = dict.fromkeys([*log.facets, *(name for name in asked.wanted.fields if name in log.filters)])
    return [(name, filters.label_of(log, name)) for name in names]


def _newest(scope: Scope, asked: Asked, empty: Empty) -> tuple[datetime, str] | None:
    """When the newest entry of another time happened, and the list around it."""
    if not isinstance(empty.newest, datetime):
        return None
    rest = filters.hidden(asked, *SPAN)
    day = str(on_clock(empty.newest, asked.zone).date())
    return empty.newest, address(home(scope, asked), [*rest, ("from", day), ("to", day)])


def salvaged(query: Query, scope: Scope, *, now: datetime, is_undated: bool) -> Asked:
    """What can be asked for of an address that asks for something else as well, so that it is not lost."""
    kept: dict[str, Sequence[str]] = {}
    # Nobody has typed more than can be asked for.
    for name, values in islice(query.items(), asking.MOST_VALUES):
        trial = {**kept, name: values}
        try:
            asking.read(trial, scope.log, now=now, account=scope.account, is_undated=is_undated)
        except Complaints:
            continue
        kept = trial
    return asking.read(kept, scope.log, now=now, account=scope.account, is_undated=is_undated)
