"""The list of contracts: search, filters, tabs, order and pages, all in the address."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from contracts import repository
from contracts.domain.filters import FULL, NEAR, ContractFilter
from contracts.domain.model import STATUSES, TYPES
from contracts.forms.filters import FilterForm
from contracts.forms.kinds import STATUS_LABELS, TYPE_LABELS
from contracts.repository import ContractPage, ContractRow
from users.access import can, requires

USAGES = {NEAR: f"In force, {NEAR} % of a limit and more", FULL: "In force, over a limit"}
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


@vary_on_headers("HX-Request")
@require_safe
@requires("contracts.see")
def index(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    part = request.htmx and not request.htmx.boosted and not request.htmx.history_restore_request
    template = "contracts/_results.html" if part else "contracts/list.html"
    context: dict[str, Any] = {"form": form, "can_change": can(request.user, "contracts.change"), "part": part}
    if not form.is_valid():
        return render(request, template, context | {"complaints": form.complaints()}, status=400)
    wanted = form.to_filter(request.GET.get("page", ""))
    page = repository.find_page(wanted, today=datetime.now(UTC).date())
    return render(request, template, context | _listing(wanted, page))


def _listing(wanted: ContractFilter, page: ContractPage) -> dict[str, Any]:
    prefix = reverse("contracts:list")
    return {
        "wanted": wanted,
        "page": page,
        "tabs": _tabs(page),
        "columns": [_column(wanted.sort, *column) for column in COLUMNS],
        "chips": _chips(wanted),
        "types": [(name, TYPE_LABELS[name]) for name in TYPES],
        "usages": USAGES.items(),
        "rows": [_row(prefix, row) for row in page.rows],
        "used_as_of": max((row.as_of for row in page.rows if row.as_of), default=None),
        "hidden": _hidden(wanted),
    }


def _row(prefix: str, row: ContractRow) -> dict[str, Any]:
    """A row with every value that the template shows: it finds keys much faster than attributes."""
    contract = row.contract
    odd = {oddity.path for oddity in contract.oddities if not oddity.is_understood}
    return {
        "contract": contract,
        "url": f"{prefix}{quote(row.key)}/" if row.key else "",
        "title": contract.title,
        "account_id": contract.account_id,
        "is_odd": bool(contract.oddities),
        "status": contract.status,
        "plan": TYPE_LABELS.get(contract.contract_type, contract.contract_type),
        "share": row.share,
        "fee": contract.base_monthly_fee,
        "currency": contract.currency,
        "end": contract.end_date,
        "no_end": "cannot be read" if "end_date" in odd else "open-ended",
        "manager": contract.account_manager,
        "changed": contract.updated_at,
    }


def _hidden(wanted: ContractFilter) -> list[tuple[str, Any]]:
    """What the search form carries along besides its own fields."""
    names = ("status", "tag", "currency", "ends", "notice")
    values = [(name, getattr(wanted, name)) for name in names]
    kept = [(name, value) for name, value in values if value not in ("", None)]
    return [*kept, ("sort", wanted.sort)] if wanted.sort != ContractFilter().sort else kept


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


def _chips(wanted: ContractFilter) -> list[tuple[str, str, str]]:
    """Parameter, value and words of each filter that is on, but the tab and the search."""
    texts = {
        "contract_type": ("Plan", TYPE_LABELS.get(wanted.contract_type, wanted.contract_type)),
        "account_manager": ("Manager", wanted.account_manager),
        "tag": ("Tag", wanted.tag),
        "currency": ("Currency", wanted.currency),
        "ends": ("Ends within", f"{wanted.ends} days"),
        "notice": ("Needs notice within", f"{wanted.notice} days"),
        "usage": ("Usage", USAGES.get(wanted.usage or 0, "").lower()),
    }
    on = ((name, getattr(wanted, name)) for name in texts)
    return [
        (name, str(value), f"{texts[name][0]}: {texts[name][1]}") for name, value in on if value not in ("", None)
    ]
