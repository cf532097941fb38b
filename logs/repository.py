"""The three logs in MongoDB, one function a question."""

from collections.abc import Sequence
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database


def insert_audit(db: Database[dict[str, Any]], entry: dict[str, Any], session: ClientSession | None = None) -> None:
    """Append one entry to the audit trail."""
    db.audit_trails.insert_one(entry, session=session)


def insert_many(db: Database[dict[str, Any]], collection: str, entries: Sequence[dict[str, Any]]) -> None:
    """Append entries to a log; one that cannot be stored does not keep out the others."""
    db[collection].insert_many(entries, ordered=False)
