"""The daily job: what the calendar asks of contracts in force is done, each change by itself.

A contract in its notice window waits for its renewal; one whose last day has passed renews once where it renews by
itself, else expires. What is overdue after that is for a person, and left alone until somebody changed it.
"""

import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts import revisions, services
from contracts.daily import watching
from contracts.daily.asked import MOST_STEPS, Step, next_step
from contracts.daily.watching import Watched
from contracts.documents import from_document
from contracts.domain import lifecycle
from contracts.domain.errors import ContractChanged, ContractError, ContractInvalid, ContractNotFound, Problem
from contracts.domain.fields import label_of
from contracts.domain.lifecycle import RENEW
from contracts.domain.model import Contract
from contracts.domain.words import one_line
from contracts.seen import Seen, seen_of
from mongo import client
from mongo.errors import MongoError
from users.actor import Actor

JOB = Actor(id="run_daily", name="Daily job", via="job")
PERSON, FAILED = "for_a_person", "failed"
# A contract that was renewed in vain is renewed again once one of these has changed.
DECISIVE = ("status", "end_date", "renewal_term_months", "auto_renewal")
# Makes the ids by which a change of this job is known when it is asked for again.
NAMESPACE = uuid.UUID("5b1f3c0e-6f5e-4d4e-9c53-0b8c2f6d7a11")

Clock = Callable[[], datetime]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a contract, in one line.

    `outcome` is WAIT, RENEW, EXPIRE, PERSON or FAILED, `contract` as it is after it, `name` what tells it from all
    others. `needs_person` says that another run would not get further.
    """

    outcome: str
    text: str
    contract: Contract
    name: str
    needs_person: bool = False


@dataclass(frozen=True, slots=True)
class _Run:
    today: date
    clock: Clock
    is_dry: bool


def run(*, clock: Clock, today: date | None = None, is_dry: bool = False) -> Iterator[Done]:
    """Do what the calendar asks as of `today`, and tell of each contract what came of it; a dry run only tells.

    A contract that fails keeps no other waiting. Raises MongoError where MongoDB is gone: what came before stays
    done, and another run finds the rest.
    """
    this = _Run(today or clock().date(), clock, is_dry)
    for found in watching.ending():
        if lifecycle.due(found.contract, this.today):
            yield from _tried(found, this)


def _tried(found: Watched, this: _Run) -> Iterator[Done]:
    """The contract settled, or what keeps it from being settled."""
    try:
        try:
            yield from _settled(found, this)
        except (ContractChanged, ContractNotFound):
            # Somebody was faster. What the contract needs now may be something else, or nothing.
            yield from _settled(found, this)
    except ContractError as error:
        yield _failed(found, _words(error), needs_person=isinstance(error, ContractInvalid))
    except MongoError as error:
        # Others may hold on to this one contract for longer than a save waits.
        if client.is_gone(error):
            raise
        yield _failed(found, str(error))
    except Exception as error:
        # Other services may write what nobody has thought of, and the contracts after it are due all the same.
        logger.exception("The daily job failed with the contract %r.", found.own)
        yield _failed(found, f"{type(error).__name__}: {error}", needs_person=True)


def _words(error: ContractError) -> str:
    """What went wrong, each field by the label that pages give it."""
    if not isinstance(error, ContractInvalid):
        return str(error)
    return "; ".join(f"{label_of(problem.path)}: {problem.message}" for problem in error.problems)


def _failed(found: Watched, why: str, *, needs_person: bool = False) -> Done:
    text = f"{name_of(found.contract)}: {one_line(why, 500)}"
    return Done(FAILED, text, found.contract, found.name, needs_person)


def _settled(found: Watched, this: _Run) -> Iterator[Done]:
    live = _live(found.own)
    if live is None:
        return
    contract, seen = live
    is_renewed = _is_renewed_in_vain(contract, this.today)
    for _ in range(MOST_STEPS):
        step = next_step(contract, this.today, is_renewed=is_renewed)
        if step is None:
            break
        is_renewed = is_renewed or step.what == RENEW
        contract, seen = _done(step, contract, seen, found.own, this)
        yield Done(step.what, f"{name_of(contract)}: {step.words}. {step.reason}.", contract, found.name)
    if lifecycle.is_overdue(contract, this.today):
        text = f"{name_of(contract)}: overdue after one renewal by this job; its last day was {contract.end_date}."
        yield Done(PERSON, text, contract, found.name, needs_person=True)


def _live(own: Any) -> tuple[Contract, Seen] | None:
    """The contract and what was seen of it; None where it is gone."""
    document = watching.document(own)
    if document is None:
        return None
    # BSON's Code is a text to isinstance(), but the services would not find the contract by it.
    if type(document.get("contract_id")) is not str:
        raise ContractInvalid((Problem("contract_id", "Another service wrote this contract without a usable id."),))
    return from_document(document), seen_of(document)


def _is_renewed_in_vain(contract: Contract, today: date) -> bool:
    """Whether this job renewed the contract to an end that had passed, and nobody decided anything since."""
    if lifecycle.due(contract, today) != RENEW:
        return False
    renewal = watching.last_change_by(JOB.id, contract.contract_id, "renewed")
    if renewal is None:
        return False
    left = from_document(revisions.document_of(renewal))
    is_same = all(left.at(path) == contract.at(path) for path in DECISIVE)
    return is_same and contract.end_date is not None and contract.end_date < revisions.day_of(renewal)


def _done(step: Step, contract: Contract, seen: Seen, own: Any, this: _Run) -> tuple[Contract, Seen]:
    """The contract after a step, as it is stored then; in a dry run, as it would be."""
    if not this.is_dry:
        _save(step, contract.contract_id, seen, this)
    # After a renewal another step may follow, which has to name what is stored by then.
    live = _live(own) if step.what == RENEW and not this.is_dry else None
    return live or (step.after, seen)


def _save(step: Step, contract_id: str, seen: Seen, this: _Run) -> None:
    # Two runs at once, or one whose answer was lost, ask for the same change of the same document: it is made once.
    form_id = str(uuid.uuid5(NAMESPACE, f"{JOB.id} {this.today} {contract_id} {seen.digest}"))
    how = {"seen": seen, "actor": JOB, "now": this.clock(), "today": this.today, "reason": step.reason}
    if step.what == RENEW:
        services.renew(contract_id=contract_id, form_id=form_id, **how)
    else:
        services.transition(step.what, contract_id=contract_id, form_id=form_id, **how)


def name_of(contract: Contract) -> str:
    """What a list in words calls a contract: its title and, where that is another, its id."""
    title, contract_id = one_line(contract.title), one_line(contract.contract_id)
    return title if contract_id in ("", title) else f"{title} ({contract_id})"
