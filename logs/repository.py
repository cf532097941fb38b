"""The three logs in MongoDB, one function a question."""

from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database


def insert_audit(db: Database[dict[str, Any]], entry: dict[str, Any], session: ClientSession | None = None) -> None:
    """Append one entry to the audit trail."""
    db.audit_trails.insert_one(entry, session=session)
