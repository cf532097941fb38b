"""Entries to look at: one of each log as we write it, and the addresses of their pages."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from bson import Decimal128, ObjectId
from pymongo.database import Database

from logs import ids
from logs.kinds import LOGS
from mongo.client import Document

# Pages go by their own clock, and show the last seven days.
AT = datetime.combine(datetime.now(UTC) - timedelta(days=2), time(9, 30, 15, 123_000), UTC)


def transaction(**changes: Any) -> Document:
    return {
        "_id": ObjectId(),
        "transactionId": "tx_1",
        "userId": "acct-1",
        "type": "withdrawal",
        "amount": Decimal128(Decimal("29.33")),
        "currency": "USD",
        "status": "failed",
        "metadata": {"channel": "api", "quantity": 2, "path": [{"step": "one"}]},
        "timestamp": AT,
        "createdAt": AT,
        **changes,
    }


def numbered(number: object, **changes: Any) -> Document:
    """The least that a transaction has, one of many, at the time given."""
    return {
        "transactionId": f"tx-{number}",
        "userId": "acct-1",
        "type": "deposit",
        "amount": Decimal("10.10"),
        "currency": "USD",
        "status": "completed",
        **changes,
    }


def agent_run(**changes: Any) -> Document:
    return {
        "_id": ObjectId(),
        "agentId": "agent_reader",
        "agentName": "Contract reader",
        "action": "extract_terms",
        "status": "failed",
        "duration": 5_200,
        "runId": "run_1",
        "input": {"account": "acct-1", "pages": 12},
        "error": "Line one.\n  Line two.",
        "timestamp": AT,
        "createdAt": AT,
        **changes,
    }


def audit_entry(**changes: Any) -> Document:
    return {
        "_id": ObjectId(),
        "userId": "maya",
        "action": "contract.edited",
        "entity": {"type": "contract", "id": "contract_20260101_000000_abcdef"},
        "details": {
            "version": 4,
            "account_id": "acct-1",
            "reason": "New volume agreed.",
            "changes": [
                {"path": "base_monthly_fee", "before": Decimal128("99.00"), "after": Decimal128("120.00")},
                {"path": "notes", "before": None, "after": "Signed again."},
                {"path": "features", "before": ["api_access"], "after": []},
            ],
        },
        "ipAddress": "192.0.2.7",
        "userAgent": "Tests",
        "requestId": "r1",
        "via": "form",
        "timestamp": AT,
        "createdAt": AT,
        **changes,
    }


MADE = {"transactions": transaction, "agents": agent_run, "audit": audit_entry}


def stored(mongo: Database[Document], log: str, document: Document) -> Document:
    """The entry, put into its log past all that keeps it in shape."""
    mongo[LOGS[log].collection].insert_one(document)
    return document


def stored_in_a_row(mongo: Database[Document], log: str, count: int) -> list[Document]:
    """Entries a second apart, oldest first."""
    made = [MADE[log](timestamp=AT + timedelta(seconds=number)) for number in range(count)]
    mongo[LOGS[log].collection].insert_many(made)
    return made


def address(log: str, own: Any, query: str = "") -> str:
    return f"/logs/{log}/{ids.written(own)}/{query}"
