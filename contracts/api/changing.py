"""Contracts over HTTP: made, changed, brought through their life, deleted."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from ninja import Header, Router

from contracts import repository, saving, services
from contracts.api import schemas
from contracts.api.answers import seen_by, whole
from contracts.api.describing import MADE, TAGGED
from contracts.api.documents import Document
from contracts.api.models import Contract, ContractPatch, NewContract
from contracts.api.reading import changed_contract, new_contract
from contracts.api.repeats import Repeatable
from contracts.domain.errors import ContractChanged, ContractInvalid, ContractNotFound, Problem
from contracts.saving import Saved
from contracts.seen import Seen, seen_of
from users.actor import Actor, actor_of_token
from users.api import IdempotencyKey, documented
from users.bearer import needs

router = Router(tags=["contracts"])

WRITE, DELETE = needs("contracts:write"), needs("contracts:delete")
# How the problems of a contract are called in what was sent.
FIELDS_OF_TRANSITION = {"status": "to", "end_date": "last_day"}

IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag of the contract as you read it.")]


@router.post(
    "/contracts",
    auth=WRITE,
    **documented("createContract", "Create a contract", Contract, 409, ok=201, headers=MADE),
)
def create_contract(request: HttpRequest, payload: NewContract, key: IdempotencyKey = None) -> HttpResponse:  # type: ignore[valid-type]
    sent, now = payload.model_dump(exclude_unset=True), datetime.now(UTC)
    contract = new_contract(sent, today=now.date())
    repeatable = Repeatable(request, key, sent)
    repeatable.note(now)
    document = repeatable.done(saving.edit_id_of_new(contract, repeatable.form_id))
    if document is None:
        document = services.create(contract, actor=_actor(request), now=now, form_id=repeatable.form_id).document
    address = f"{request.path}/{quote(str(document['contract_id']), safe=':@+=')}"
    return whole(document, HTTPStatus.CREATED, Location=address)


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

    return _changed(request, contract_id, seen_by(if_match), Repeatable(request, key, sent), change)


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
    sent = payload.model_dump(exclude_unset=True)

    def change(live: Document, **how: Any) -> Saved:
        try:
            return _step(payload, live, contract_id=contract_id, reason=payload.reason, **how)
        except ContractInvalid as refusal:
            named = (Problem(FIELDS_OF_TRANSITION.get(one.path, one.path), one.message) for one in refusal.problems)
            raise ContractInvalid(tuple(named)) from refusal

    return _changed(request, contract_id, seen_by(if_match), Repeatable(request, key, sent), change)


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


def _changed(
    request: HttpRequest, contract_id: str, seen: Seen, repeatable: Repeatable, change: Callable[..., Saved]
) -> HttpResponse:
    """A contract after a change that is made once, of what the client has seen."""
    now = datetime.now(UTC)
    repeatable.note(now)
    edit_id = saving.edit_id_of(repeatable.form_id, contract_id)
    # What an earlier try led to is the answer, whatever has become of the contract and of If-Match since.
    if document := repeatable.done(edit_id):
        return whole(document)
    try:
        live = _live(contract_id, seen)
    except (ContractChanged, ContractNotFound):
        # The earlier try may have been under way until now.
        if document := repeatable.done(edit_id):
            return whole(document)
        raise
    return whole(change(live, seen=seen, actor=_actor(request), now=now, form_id=repeatable.form_id).document)


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
        raise ContractChanged(contract_id, dict(document))
    return document


def _actor(request: HttpRequest) -> Actor:
    return actor_of_token(request.auth.name, request)
