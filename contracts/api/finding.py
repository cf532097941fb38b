"""Contracts over HTTP: found, counted, read."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router

from contracts import repository, statistics, walking
from contracts.api import schemas
from contracts.api.answers import whole_or_known
from contracts.api.describing import TAGGED
from contracts.api.documents import shown
from contracts.api.models import Contract
from contracts.domain.filters import ContractFilter
from contracts.domain.model import STATUSES, TYPES
from contracts.statistics import Fee
from mongo.cursors import CursorUnreadable
from mongo.middleware import allow
from mongo.searching import PROBE_SECONDS
from users.api import After, Limit, RequestInvalid, answer, documented
from users.bearer import needs

router = Router(tags=["contracts"])

MOST_DAYS = 3_650
READ = needs("contracts:read")

# Nothing is no filter: a script whose variable is not set would find everything.
Status = Annotated[Literal[STATUSES] | None, Query()]
Type = Annotated[Literal[TYPES] | None, Query()]
Tag = Annotated[str | None, Query(min_length=1, max_length=100)]
Words = Annotated[
    str | None,
    Query(pattern=r"\S", max_length=200, description="Text in names, ids, contacts or tags."),
]
Days = Annotated[
    int | None, Query(ge=0, le=MOST_DAYS, description="In force, with the last day within so many days.")
]
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", description="The ETag of what you have already.")]


@router.get("/contracts", auth=READ, **documented("listContracts", "List contracts", schemas.Contracts))
def list_contracts(
    request: HttpRequest,
    status: Status = None,  # type: ignore[valid-type]
    contract_type: Type = None,  # type: ignore[valid-type]
    tag: Tag = None,
    q: Words = None,
    expiring_within: Days = None,
    after: After = None,
    limit: Limit = 50,
) -> HttpResponse:
    wanted = ContractFilter(
        q=(q or "").strip(),
        status=status or "",
        contract_type=contract_type or "",
        tag=tag or "",
        ends=expiring_within,
    )
    allow(request, walking.SECONDS + PROBE_SECONDS)
    try:
        found = walking.page(wanted, after, limit=limit, today=_today())
    except CursorUnreadable as problem:
        raise RequestInvalid(("after", str(problem))) from problem
    return answer({"items": [shown(document) for document in found.documents], "next": found.next})


@router.get("/contracts/stats", auth=READ, **documented("contractStats", "Count contracts", schemas.Statistics))
def stats(request: HttpRequest) -> HttpResponse:
    allow(request, statistics.SECONDS + PROBE_SECONDS)
    found = statistics.of_all(_today())
    return answer(
        {
            "total": found.total,
            "by_status": found.by_status,
            "by_type": found.by_type,
            "expiring": {f"within_{days}_days": count for days, count in found.expiring.items()},
            "recurring_fees": [_fee(fee) for fee in found.fees],
        }
    )


@router.get(
    "/contracts/{contract_id}",
    auth=READ,
    **documented("getContract", "Read a contract", Contract, 304, 404, headers=TAGGED),
)
def get_contract(request: HttpRequest, contract_id: str, known: IfNoneMatch = None) -> HttpResponse:
    return whole_or_known(repository.document(contract_id), known)


def _fee(fee: Fee) -> dict[str, Any]:
    return {"currency": fee.currency, "amount": str(fee.amount), "contracts": fee.contracts, "unreadable": fee.odd}


def _today() -> date:
    return datetime.now(UTC).date()
