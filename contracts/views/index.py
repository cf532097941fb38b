"""The list of contracts: search, filters, tabs, order and pages, all in the address."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from contracts import repository
from contracts.bulk.model import MOST_CONTRACTS
from contracts.domain.filters import ContractFilter
from contracts.domain.model import STATUSES, TYPES
from contracts.forms.filters import FilterForm
from contracts.forms.kinds import STATUS_LABELS, TYPE_LABELS
from contracts.repository import SEARCH_SECONDS, ContractPage
from contracts.shown.filters import USAGES, chips
from contracts.shown.worklists import query_of, shown
from contracts.views.saved import PAGE
from mongo.client import READ_SECONDS
from mongo.errors import MongoError
from mongo.middleware import within
from users import saved
from users.access import can, requires

# Heading, sort key, class of the cell.
COLUMNS = (
    ("Account", "name", ""),
    ("Status", "status", ""),
    ("Plan", "type", "drop-2"),
    ("Usage", "usage", "num"),
    ("Base fee", "fee", "num"),
    ("Last day", "end", ""),
    ("Manager", None, "drop-1"),
    ("Changed", "changed", "drop-0"),
)
# What the search form has a field for.
OWN_FIELDS = {"q", "contract_type", "account_manager", "usage"}


@vary_on_headers("HX-Request")
@require_safe
@within(READ_SECONDS + SEARCH_SECONDS)
@requires("contracts.see")
def index(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    part = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    template = "contracts/_results.html" if part else "contracts/list.html"
    context: dict[str, Any] = {"form": form, "can_change": can(request.user, "contracts.change"), "part": part}
    context["can_export"] = can(request.user, "contracts.export")
    if not form.is_valid():
        return render(request, template, context | {"complaints": form.complaints()}, status=400)
    wanted = form.to_filter(request.GET.get("page", ""))
    page = repository.find_page(wanted, today=datetime.now(UTC).date())
    context |= _listing(wanted, page) | _called(request.user.get_username(), wanted)
    return render(request, template, context)


def _listing(wanted: ContractFilter, page: ContractPage) -> dict[str, Any]:
    return {
        "wanted": wanted,
        "page": page,
        "most": MOST_CONTRACTS,
        "tabs": _tabs(page),
        "columns": [_column(wanted.sort, *column) for column in COLUMNS],
        "chips": chips(wanted),
        "types": [(name, TYPE_LABELS[name]) for name in TYPES],
        "managers": [(name, name) for name in page.managers],
        "usages": USAGES.items(),
        "used_as_of": max((row.as_of for row in page.rows if row.as_of), default=None),
        "hidden": _hidden(wanted),
        "query": query_of(wanted),
    }


def _called(username: str, wanted: ContractFilter) -> dict[str, str]:
    """What the list is called, where it is a worklist or a view that somebody keeps."""
    if worklist := next((one for one in shown(username, asked=wanted.parameters) if one.current), None):
        return {"called": worklist.label, "kind": "A worklist"}
    try:
        name = saved.name_of(username, PAGE, query_of(wanted)) if wanted.parameters else ""
    except MongoError:
        # A list that nobody can name is a list all the same.
        name = ""
    return {"called": name, "kind": "Your own view"}


def _hidden(wanted: ContractFilter) -> list[tuple[str, str]]:
    """What the search form carries along besides its own fields."""
    return [(name, value) for name, value in wanted.parameters.items() if name not in OWN_FIELDS]


def _tabs(page: ContractPage) -> list[tuple[str, str, int]]:
    """Status, label and number of matches; statuses that nobody knows are shown when there are any."""
    others = [status for status in page.by_status if status not in STATUSES]
    known = [(status, STATUS_LABELS[status], page.by_status.get(status, 0)) for status in STATUSES]
    return [
        ("", "All", sum(page.by_status.values())),
        *known,
        *((status, status, page.by_status[status]) for status in others),
    ]


def _column(sort: str, label: str, key: str | None, css: str) -> dict[str, str | None]:
    is_sorted = sort.lstrip("-") == key
    direction = "descending" if sort.startswith("-") else "ascending"
    return {
        "label": label,
        "css": css,
        "sorted": direction if is_sorted else None,
        "next": f"-{key}" if is_sorted and not sort.startswith("-") else key,
    }
