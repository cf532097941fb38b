"""Contracts over HTTP: found, read, made, changed, brought through their life, deleted."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router

from contracts import repository, revisions, services, statistics, walking
from contracts.api import schemas
from contracts.api.answers import seen_by, whole, whole_or_known
from contracts.api.describing import MADE, TAGGED
from contracts.api.documents import Document, changed, shown
from contracts.api.models import Contract, ContractPatch, NewContract
from contracts.api.reading import changed_contract, new_contract
from contracts.api.repeats import Repeatable
from contracts.domain.diff import Change
from contracts.domain.errors import ContractChanged, ContractInvalid, ContractNotFound, Problem
from contracts.domain.filters import ContractFilter
from contracts.saving import Saved
from contracts.seen import Seen, seen_of
from contracts.statistics import Fee
from mongo.cursors import LONGEST, UNREADABLE, CursorUnreadable
from mongo.extended import iso
from mongo.middleware import allow
from users.actor import Actor, actor_of_token
from users.api import IdempotencyKey, answer, documented
from users.bearer import needs

router = Router(tags=["contracts"])

MOST_ITEMS = 200
MOST_DAYS = 3_650
READ, WRITE, DELETE = needs("contracts:read"), needs("contracts:write"), needs("contracts:delete")
# How the problems of a contract are called in what was sent.
FIELDS_OF_TRANSITION = {"status": "to", "end_date": "last_day"}

Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS, description="How many at most.")]
After = Annotated[str | None, Query(max_length=LONGEST, description="The `next` of the page before.")]
Word = Annotated[str | None, Query(max_length=100)]
IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag of the contract as you read it.")]
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", description="The ETag of what you have already.")]


@router.get("/contracts", auth=READ, **documented("listContracts", "List contracts", schemas.Contracts))
def list_contracts(
    request: HttpRequest,
    status: Word = None,
    contract_type: Word = None,
    tag: Word = None,
    q: Annotated[str | None, Query(max_length=200, description="Text in names, ids, contacts or tags.")] = None,
    expiring_within: Annotated[
        int | None, Query(ge=0, le=MOST_DAYS, description="In force, with the last day within so many days.")
    ] = None,
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
    try:
        found = walking.page(wanted, after, limit=limit, today=_today())
    except CursorUnreadable as problem:
        raise ContractInvalid((Problem("after", str(problem)),)) from problem
    return answer({"items": [shown(document) for document in found.documents], "next": found.next})


@router.post(
    "/contracts",
    auth=WRITE,
    **documented("createContract", "Create a contract", Contract, 409, ok=201, headers=MADE),
)
def create_contract(request: HttpRequest, payload: NewContract, key: IdempotencyKey = None) -> HttpResponse:  # type: ignore[valid-type]
    sent, now = payload.model_dump(exclude_unset=True), datetime.now(UTC)
    contract = new_contract(sent, today=now.date())
    repeatable = Repeatable(request, key, sent)
    document = repeatable.done(contract.contract_id or contract.account_id, now=now)
    if document is None:
        document = services.create(contract, actor=_actor(request), now=now, form_id=repeatable.form_id).document
    address = f"{request.path}/{quote(str(document['contract_id']), safe=':@+=')}"
    return whole(document, HTTPStatus.CREATED, Location=address)


@router.get("/contracts/stats", auth=READ, **documented("contractStats", "Count contracts", schemas.Statistics))
def stats(request: HttpRequest) -> HttpResponse:
    allow(request, statistics.SECONDS)
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


@router.patch(
    "/contracts/{contract_id}",
    auth=WRITE,
    **documented("changeContract", "Change a contract", Contract, 404, 412, 428, headers=TAGGED),
)
def change_contract(
    request: HttpRequest,
    contract_id: str,
    payload: ContractPatch,  # type: ignore[valid-type]
    if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> HttpResponse:
    sent = payload.model_dump(exclude_unset=True)

    def change(live: Document, **how: Any) -> Saved:
        return services.update(changed_contract(sent, live), contract_id=contract_id, **how)

    return _changed(request, contract_id, sent, if_match, key, change)


@router.post(
    "/contracts/{contract_id}/transitions",
    auth=WRITE,
    **documented(
        "transitionContract", "Bring a contract to another status", Contract, 404, 412, 428, headers=TAGGED
    ),
)
def transition_contract(
    request: HttpRequest,
    contract_id: str,
    payload: schemas.Transition,
    if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> HttpResponse:
    def change(live: Document, **how: Any) -> Saved:
        try:
            return _step(payload, live, contract_id=contract_id, reason=payload.reason, **how)
        except ContractInvalid as refusal:
            named = (Problem(FIELDS_OF_TRANSITION.get(one.path, one.path), one.message) for one in refusal.problems)
            raise ContractInvalid(tuple(named)) from refusal

    return _changed(request, contract_id, payload.model_dump(exclude_unset=True), if_match, key, change)


@router.delete(
    "/contracts/{contract_id}",
    auth=DELETE,
    **documented("deleteContract", "Delete a contract; its history stays", None, 404, 412, 428, ok=204),
)
def delete_contract(request: HttpRequest, contract_id: str, if_match: IfMatch = None) -> HttpResponse:
    seen = seen_by(if_match)
    _changeable(contract_id)
    services.delete(contract_id=contract_id, seen=seen, actor=_actor(request))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@router.get(
    "/contracts/{contract_id}/revisions",
    auth=READ,
    **documented("listRevisions", "Read a contract's history", schemas.Revisions, 404),
)
def list_revisions(request: HttpRequest, contract_id: str, after: After = None, limit: Limit = 50) -> HttpResponse:
    found = revisions.history(contract_id, before=_version(after), limit=limit + 1)
    if not found and after is None:
        # It may be there without a history: another service made it.
        repository.document(contract_id)
    more = str(found[limit - 1]["version"]) if len(found) > limit else None
    return answer({"items": [_revision(one) for one in found[:limit]], "next": more})


def _changed(
    request: HttpRequest,
    contract_id: str,
    sent: dict[str, Any],
    if_match: str | None,
    key: str | None,
    change: Callable[..., Saved],
) -> HttpResponse:
    """A contract after a change that is made once, of what the client has seen."""
    seen, now = seen_by(if_match), datetime.now(UTC)
    repeatable = Repeatable(request, key, sent)
    document = repeatable.done(contract_id, now=now)
    if document is None:
        live = _live(contract_id, seen)
        saved = change(live, seen=seen, actor=_actor(request), now=now, form_id=repeatable.form_id)
        document = saved.document
    return whole(document)


def _step(asked: schemas.Transition, live: Document, **how: Any) -> Saved:
    if not asked.renew:
        if asked.to == live.get("status"):
            raise ContractInvalid((Problem("status", f"The contract is {asked.to} already."),))
        last_day = None if asked.last_day is None else date.fromisoformat(asked.last_day)
        return services.transition(asked.to, last_day=last_day, **how)
    if asked.to != "active":
        raise ContractInvalid((Problem("status", "A contract that is renewed becomes active."),))
    if asked.last_day is not None:
        raise ContractInvalid((Problem("end_date", "A renewal moves the last day by itself. Leave this out."),))
    return services.renew(**how)


def _changeable(contract_id: str) -> Document:
    """The live document, if it can be changed: one without a usable id of its own can only be read."""
    document = repository.document(contract_id)
    if document.get("contract_id") != contract_id:
        raise ContractNotFound(contract_id)
    return document


def _live(contract_id: str, seen: Seen) -> Document:
    """The live document, as the client has seen it."""
    document = _changeable(contract_id)
    if seen_of(document) != seen:
        raise ContractChanged(contract_id, document)
    return document


def _version(after: str | None) -> int | None:
    """The version that a page ended with."""
    if after is None:
        return None
    if not (after.isascii() and after.isdecimal() and len(after) < 19):
        raise ContractInvalid((Problem("after", UNREADABLE),))
    return int(after)


def _fee(fee: Fee) -> dict[str, Any]:
    return {"currency": fee.currency, "amount": str(fee.amount), "contracts": fee.contracts, "unreadable": fee.odd}


def _revision(stored: Document) -> dict[str, Any]:
    return {
        "contract_id": str(stored["contract_id"]),
        "account_id": str(stored.get("account_id") or ""),
        "version": stored["version"],
        "at": iso(stored["at"]),
        "actor": {name: str(stored["actor"].get(name) or "") for name in ("id", "name", "via")},
        "action": stored["action"],
        "reason": stored.get("reason") or "",
        "changes": [changed(one) for one in _changes(stored["changes"])],
    }


def _changes(stored: Iterable[Document]) -> Iterable[Change]:
    return (Change(one["path"], one["before"], one["after"]) for one in stored)


def _actor(request: HttpRequest) -> Actor:
    return actor_of_token(request.auth.name, request)


def _today() -> date:
    return datetime.now(UTC).date()
