"""How a bulk change begins, is carried out, stopped, tried again and undone; the work itself is done in slices."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from contracts.bulk import repository, rows
from contracts.bulk.model import CHOOSING, MOST_CONTRACTS, PLANNING, Order, Run, Undo

Document = dict[str, Any]


class TooManyContracts(Exception):
    """More contracts are asked for than one run changes."""

    def __init__(self, asked: int) -> None:
        super().__init__(
            f"{asked:,} contracts match; {MOST_CONTRACTS:,} at most are changed at once. Filter the list for fewer."
        )


def prepare(ids: Sequence[Any], *, user: int, who: str, now: datetime | None = None) -> Run:
    """A run over the contracts with these _ids, which waits for its order. Raises TooManyContracts, MongoError."""
    return _new([{"own": own} for own in ids], user=user, who=who, now=now)


def order(run: Run, wanted: Order, reason: str) -> bool:
    """Say what to do, and have the preview made; False where it is too late for that. Raises MongoError."""
    return repository.plan_again(run, wanted, reason, str(uuid.uuid4()))


def start(run: Run, plan: str) -> bool:
    """Let this very preview be carried out; False where it is not, or not any more, to be.

    Raises RetriedAlready and MongoError.
    """
    return repository.begin(run, plan)


def stop(run: Run) -> None:
    """Stop after the present slice. Raises MongoError."""
    repository.set_stopped(run, stopped=True)


def resume(run: Run) -> None:
    """Let a stopped run go on. Raises MongoError."""
    repository.set_stopped(run, stopped=False)


def retry(run: Run, *, user: int, who: str) -> Run:
    """A new run with the same order for the contracts that this one left as they were. Raises MongoError."""
    left = rows.refused(run.run_id)
    return _new(left, user=user, who=who, order=run.order, reason=run.reason, retries=run.run_id)


def undo(run: Run, words: str, *, user: int, who: str) -> Run:
    """A new run that brings back the terms from before this one, which did what `words` say. Raises MongoError.

    The run has to be over, and settled. To undo what undid another run is to do that one again.
    """
    back = [{"own": row["own"], "of": row["version"]} for row in rows.saved(run.run_id)]
    order = Undo(run.run_id, words)
    if isinstance(run.order, Undo):
        order = Undo(run.run_id, run.order.words, again=not run.order.again)
    reason = f"{'Done again' if order.again else 'Undone'}: {order.words}"
    return _new(back, user=user, who=who, order=order, reason=reason)


def _new(
    selected: Sequence[Document],
    *,
    user: int,
    who: str,
    order: Order | None = None,
    reason: str = "",
    retries: str = "",
    now: datetime | None = None,
) -> Run:
    if len(selected) > MOST_CONTRACTS:
        raise TooManyContracts(len(selected))
    moment = now or datetime.now(UTC)
    run = Run(
        run_id=str(uuid.uuid4()),
        user=user,
        who=who,
        contracts=len(selected),
        state=CHOOSING if order is None else PLANNING,
        created_at=moment,
        order=order,
        reason=reason,
        plan=str(uuid.uuid4()),
        retries=retries,
    )
    repository.forget_unused(user, moment)
    rows.store(run.run_id, selected, moment)
    repository.add(run)
    return run
