"""The rows of a check in MongoDB: what each leads to, and what it takes to write it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import UpdateOne
from pymongo.client_session import ClientSession
from pymongo.database import Database

from contracts.documents import from_document, to_document
from contracts.domain import fields
from contracts.domain.diff import Change
from contracts.domain.errors import Problem
from contracts.planning import CHANGED, NEW, REFUSED, Planned, Taken
from contracts.seen import Seen
from mongo.client import JOB_SECONDS, reading, writing

Document = dict[str, Any]
Db = Database[Document]

PAGE_SIZE = 100
BATCH_SIZE = 100
# Of a row that is refused: what its ids and problems take up is up to whoever made the file.
MOST_PROBLEMS = 50
LONGEST_TEXT = 500
WRITABLE = (NEW, CHANGED)


def document_of(planned: Planned, plan: str, expires_at: datetime) -> Document:
    """A row as it is stored: with the contract where it can be written, with the problems where it is refused."""
    contract, is_writable = planned.contract, planned.outcome in WRITABLE
    shown = str if planned.outcome != REFUSED else _short
    return {
        "plan": plan,
        "line": planned.line,
        "outcome": planned.outcome,
        "title": _short(contract.account_name or contract.account_id or contract.contract_id),
        "contract_id": shown(contract.contract_id),
        "account_id": shown(contract.account_id),
        "contract": to_document(contract) if is_writable else None,
        "changes": [change.as_document() for change in planned.changes] if is_writable else [],
        "problems": [{"path": each.path, "message": _short(each.message)} for each in _few(planned.problems)],
        "seen": planned.seen.digest if planned.seen else None,
        "expires_at": expires_at,
    }


def planned_of(row: Mapping[str, Any]) -> Planned:
    """What was planned of a row that can be written."""
    return Planned(
        line=row["line"],
        outcome=row["outcome"],
        contract=from_document(row["contract"]),
        changes=tuple(Change(**change) for change in row["changes"]),
        # The digest covers the version.
        seen=Seen(None, row["seen"]) if row["seen"] else None,
    )


def insert(documents: Sequence[Document], db: Db, session: ClientSession) -> None:
    """Store rows in a transaction."""
    if documents:
        db.import_rows.insert_many(documents, session=session)


def settle(plan: str, written: Sequence[Planned], db: Db, session: ClientSession) -> None:
    """Note of rows what writing them led to: the contract's id, or why they were refused after all."""
    updates = [UpdateOne({"plan": plan, "line": row.line}, {"$set": _outcome(row)}) for row in written]
    if updates:
        db.import_rows.bulk_write(updates, ordered=False, session=session)


def _outcome(row: Planned) -> Document:
    if row.outcome != REFUSED:
        return {"contract_id": row.contract.contract_id, "written": True}
    problems = [{"path": each.path, "message": _short(each.message)} for each in _few(row.problems)]
    return {"outcome": REFUSED, "problems": problems, "late": True}


def taken(plan: str) -> Taken:
    """The ids that rows of a check have, each with its line."""
    names = [field.path for field in fields.IDENTITY]
    wanted = {"plan": plan, "outcome": {"$ne": REFUSED}}
    with reading(JOB_SECONDS) as db:
        found = list(db.import_rows.find(wanted, {"_id": 0, "line": 1, **dict.fromkeys(names, 1)}))
    return {(name, row[name]): row["line"] for row in found for name in names if row[name]}


def pending(plan: str, after: int, limit: int) -> list[Document]:
    """The next rows to write after a line, in the order of the file."""
    wanted = {"plan": plan, "line": {"$gt": after}, "outcome": {"$in": list(WRITABLE)}}
    with reading() as db:
        return list(db.import_rows.find(wanted).sort("line", 1).limit(limit))


def page(plan: str, outcome: str, skip: int) -> list[Document]:
    """One page of the rows of an outcome, in the order of the file."""
    with reading() as db:
        found = db.import_rows.find({"plan": plan, "outcome": outcome}).sort("line", 1)
        return list(found.skip(skip).limit(PAGE_SIZE))


def batches(plan: str, outcomes: Sequence[str]) -> Iterator[list[Document]]:
    """All rows of some outcomes in the order of the file, without the contracts themselves; one batch at least."""
    last = 0
    while True:
        wanted = {"plan": plan, "line": {"$gt": last}, "outcome": {"$in": list(outcomes)}}
        with reading(JOB_SECONDS) as db:
            found = db.import_rows.find(wanted, {"contract": 0, "changes": 0}).sort("line", 1)
            batch = list(found.limit(BATCH_SIZE))
        yield batch
        if len(batch) < BATCH_SIZE:
            return
        last = batch[-1]["line"]


def keep(plan: str, expires_at: datetime) -> None:
    """Keep the rows of a check until then."""
    with writing(JOB_SECONDS) as db:
        db.import_rows.update_many({"plan": plan}, {"$set": {"expires_at": expires_at}})


def remove(plan: str) -> None:
    """Forget the rows of a check."""
    with writing(JOB_SECONDS) as db:
        db.import_rows.delete_many({"plan": plan})


def _few(problems: Sequence[Problem]) -> Sequence[Problem]:
    more = len(problems) - MOST_PROBLEMS
    return problems if more <= 0 else (*problems[:MOST_PROBLEMS], Problem("", f"And {more:,} problems more."))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
