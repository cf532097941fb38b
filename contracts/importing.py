"""Contracts of a file brought in, row by row."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from contracts import services
from contracts.domain.errors import ContractChanged, ContractError, ContractInvalid, ContractNotFound, Problem
from contracts.domain.model import Contract
from contracts.files.rows import Row
from contracts.planning import CHANGED, NEW, REASON, REFUSED, Mode, Planned, plan
from mongo.errors import Duplicate, MongoRefused
from users.actor import Actor


def run(
    rows: Iterable[Row],
    mode: Mode,
    *,
    actor: Actor,
    reason: str = REASON,
    now: datetime | None = None,
    dry_run: bool = False,
) -> Iterator[Planned]:
    """Bring in row by row, and tell of each what it led to; a dry run tells the same and writes nothing.

    `reason` is what the history says of every change. Each row is stored by itself: where MongoDB goes away, the
    run ends, and what came before stays. In another run the rows that are stored already are unchanged.
    """
    for planned in plan(rows, mode, now=now):
        yield planned if dry_run else write(planned, actor=actor, reason=reason, now=now)


def write(
    planned: Planned,
    *,
    actor: Actor,
    reason: str = REASON,
    now: datetime | None = None,
    form_id: str | None = None,
) -> Planned:
    """Store what was planned; refused where somebody was faster, or MongoDB refuses it. Raises MongoUnavailable.

    `form_id` makes the call repeatable: asked again, it answers as before.
    """
    try:
        return replace(planned, contract=_stored(planned, actor, reason, now, form_id))
    except ContractInvalid as error:
        return replace(planned, outcome=REFUSED, problems=error.problems)
    except ContractChanged:
        return _left_out(planned, "Somebody changed the contract after it was compared with the file.")
    except ContractNotFound:
        return _left_out(planned, "Somebody deleted the contract after it was compared with the file.")
    except (ContractError, MongoRefused, Duplicate) as error:
        # What is refused of one row must not keep the others waiting.
        return _left_out(planned, str(error))


def _left_out(planned: Planned, why: str) -> Planned:
    return replace(planned, outcome=REFUSED, problems=(Problem("", why),))


def _stored(planned: Planned, actor: Actor, reason: str, now: datetime | None, form_id: str | None) -> Contract:
    contract = planned.contract
    if planned.outcome == NEW:
        saved = services.create(contract, actor=actor, now=now, form_id=form_id, reason=reason, action="imported")
        return saved.contract
    if planned.outcome == CHANGED and planned.seen:
        saved = services.update(
            contract,
            contract_id=contract.contract_id,
            seen=planned.seen,
            actor=actor,
            now=now,
            form_id=form_id,
            reason=reason,
            action="imported",
        )
        return saved.contract
    return contract
