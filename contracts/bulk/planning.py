"""What a bulk change would make of each contract, found without writing any of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import bson

from contracts import previewing, repository, revisions
from contracts.bulk.model import CHANGED, REFUSED, UNCHANGED, Order, Renewal, Run, Undo
from contracts.documents import flat, from_document
from contracts.domain import bulk, diff
from contracts.domain.diff import Change
from contracts.domain.errors import ContractInvalid, Problem
from contracts.domain.model import Contract
from contracts.seen import seen_of
from mongo import codec
from mongo.errors import MongoRefused, translated

Document = dict[str, Any]
# The document of a revision by contract_id and version.
History = Mapping[tuple[str, int], Document]

GONE = "Somebody deleted the contract."
NO_ID = "Another service wrote this contract without a usable id, so it can be read but not changed."
CHANGED_SINCE = "Somebody changed the contract since. Its history offers to restore any version."
NO_HISTORY = "Its history does not tell what the terms were."
# Tables hold what other services put there, and a change tells of them twice.
MOST_BYTES = 1 << 20
TOO_LARGE = "The change is too large to be shown. Make it on the contract’s own page."


def plan(run: Run, rows: Sequence[Mapping[str, Any]], now: datetime) -> Iterator[tuple[int, Document]]:
    """What is to be kept of each row, with its number: the outcome, and what it takes to show it and to save it.

    What has to be read of all rows is read at once, before the first. Raises MongoError.
    """
    ids = [row["own"] for row in rows]
    live = {repository.exact(found["_id"]): found for found in repository.documents_by_id(ids)}
    pairs = [(row, live.get(repository.exact(row["own"]))) for row in rows]
    history = _history(pairs) if isinstance(run.order, Undo) else {}
    return ((row["number"], planned(run, row, document, now, history)) for row, document in pairs)


def planned(
    run: Run, row: Mapping[str, Any], document: Document | None, now: datetime, history: History
) -> Document:
    """What the order makes of one contract, whose live document is given."""
    if document is None:
        return _outcome(REFUSED, problems=[Problem("", GONE)])
    contract = from_document(document)
    known = {
        # Other services may write anything there.
        "contract_id": contract.contract_id,
        "title": contract.title[:200],
        "currency": contract.currency[:20],
        "digest": seen_of(document).digest,
    }
    try:
        changed = _changed(run, row, document, contract, now, history)
    except ContractInvalid as refusal:
        return known | _outcome(REFUSED, problems=refusal.problems)
    return known | _outcome(CHANGED if changed else UNCHANGED, changed)


def _changed(
    run: Run, row: Mapping[str, Any], document: Document, contract: Contract, now: datetime, history: History
) -> tuple[Change, ...]:
    """What saving would change. Raises ContractInvalid where it must not be saved."""
    assert run.order is not None
    if not _is_named(document) or not contract.contract_id:
        raise ContractInvalid((Problem("contract_id", NO_ID),))
    if isinstance(run.order, Undo):
        after = previewing.with_terms_of(contract, _terms_before(document, row["of"], history), now.date())
        changed = diff.changes(flat(contract), flat(after))
    else:
        wanted = _wanted(contract, run.order, now)
        changed = previewing.preview(contract, wanted, now=now, reason=run.reason).changed
    return _storable(changed)


def _wanted(contract: Contract, order: Order, now: datetime) -> Contract:
    if isinstance(order, Renewal):
        return previewing.renewed(contract, now.date())
    assert not isinstance(order, Undo)
    previewing.check(bulk.obstacles(contract, order))
    return bulk.applied(contract, order)


def _history(rows: Sequence[tuple[Mapping[str, Any], Document | None]]) -> History:
    """Of each contract what the run made of it, and what it was before."""
    made = [(found["contract_id"], row["of"]) for row, found in rows if found and _is_named(found)]
    return revisions.documents_at({(name, version - back) for name, version in made for back in (0, 1)})


def _is_named(document: Document) -> bool:
    return type(document.get("contract_id")) is str


def _terms_before(document: Document, version: int, history: History) -> Document:
    """The terms from before a version that the contract still is at, as it was left."""
    contract_id = document["contract_id"]
    made, before = history.get((contract_id, version)), history.get((contract_id, version - 1))
    # Whatever is saved raises the version, so who is as this one was left has no newer one.
    if made is None or codec.digest(made) != codec.digest(document):
        raise ContractInvalid((Problem("", CHANGED_SINCE),))
    if before is None:
        raise ContractInvalid((Problem("", NO_HISTORY),))
    return before


def _storable(changed: tuple[Change, ...]) -> tuple[Change, ...]:
    try:
        with translated():
            encoded = bson.encode({"changes": _documents(changed)}, codec_options=codec.CODEC_OPTIONS)
    except MongoRefused as error:
        raise ContractInvalid((Problem("", str(error)),)) from error
    if len(encoded) > MOST_BYTES:
        raise ContractInvalid((Problem("", TOO_LARGE),))
    return changed


def _outcome(outcome: str, changed: Sequence[Change] = (), problems: Sequence[Problem] = ()) -> Document:
    return {"outcome": outcome, "changes": _documents(changed), "problems": problem_documents(problems)}


def _documents(changed: Sequence[Change]) -> list[Document]:
    return [change.as_document() for change in changed]


def problem_documents(problems: Sequence[Problem]) -> list[Document]:
    """Problems as a row keeps them."""
    return [{"path": problem.path, "message": problem.message[:500]} for problem in problems[:20]]
