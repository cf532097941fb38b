"""One contract of a bulk change, saved as it was previewed: a save that is the same whenever it is asked for."""

import uuid
from collections.abc import Mapping
from typing import Any

from contracts import revisions, saving, services
from contracts.bulk import planning
from contracts.bulk.model import ACTIONS, REFUSED, SAVED, Run
from contracts.documents import from_document, from_flat
from contracts.domain.errors import ContractChanged, ContractInvalid, ContractNotFound, Problem
from contracts.seen import Seen
from mongo.errors import Duplicate, MongoRefused
from users.actor import Actor

CHANGED_MEANWHILE = "Somebody changed the contract after the preview, so it was left alone."
DELETED_MEANWHILE = "Somebody deleted the contract after the preview."
NO_ANSWER = (
    "MongoDB is there, but did not answer when this contract was saved, twice. Its history tells what became of it."
)

Document = dict[str, Any]


def save(run: Run, row: Mapping[str, Any], live: Document | None, actor: Actor) -> Document:
    """Save a contract; what is to be noted of it. Raises MongoUnavailable."""
    if live is None:
        return left_alone(Problem("", DELETED_MEANWHILE))
    try:
        done = services.update(
            # What the preview changes, and nothing else: it is the same however often and whenever it is asked for.
            from_flat(from_document(live), {change["path"]: change["after"] for change in row["changes"]}),
            contract_id=row["contract_id"],
            # The digest covers the version.
            seen=Seen(None, row["digest"]),
            actor=actor,
            form_id=_form_id(run, row),
            reason=run.reason,
            action=ACTIONS.get(type(run.order), "edited"),
        )
    except ContractInvalid as refusal:
        return left_alone(*refusal.problems)
    except ContractChanged:
        return _saved_before(run, row) or left_alone(Problem("", CHANGED_MEANWHILE))
    except ContractNotFound:
        return left_alone(Problem("", DELETED_MEANWHILE))
    except (MongoRefused, Duplicate) as refusal:
        # What MongoDB will not hold of this contract must not keep the others waiting.
        return left_alone(Problem("", str(refusal)))
    return saved(done.contract.version)


def given_up(run: Run, row: Mapping[str, Any]) -> Document:
    """What is to be noted of a contract that must not keep the others waiting any longer. Raises MongoError."""
    return _saved_before(run, row) or left_alone(Problem("", NO_ANSWER))


def edit_id(run: Run, row: Mapping[str, Any]) -> str:
    """What the history knows the save of a contract by."""
    return saving.edit_id_of(_form_id(run, row), row["contract_id"])


def saved(version: Any) -> Document:
    return {"outcome": SAVED, "version": version}


def left_alone(*problems: Problem) -> Document:
    return {"outcome": REFUSED, "late": True, "problems": planning.problem_documents(problems)}


def _form_id(run: Run, row: Mapping[str, Any]) -> str:
    return str(uuid.uuid5(uuid.UUID(run.run_id), row["contract_id"]))


def _saved_before(run: Run, row: Mapping[str, Any]) -> Document | None:
    """What a save led to that was not noted any more."""
    version = revisions.version_of(edit_id(run, row))
    return None if version is None else saved(version)
