"""Contracts in MongoDB, one function a question; writes are the services' business."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bson import ObjectId

from contracts import queries
from contracts.documents import from_document
from contracts.domain import fields
from contracts.domain.errors import ContractNotFound
from contracts.domain.filters import PAGE_SIZE, ContractFilter, Span
from contracts.domain.model import Contract
from mongo.client import reading
from mongo.indexes import index

IS_TEXT = {"$type": "string"}
INDEXES = [
    # One contract an account; both ids are how everybody finds a contract.
    index("contracts", "account_id", unique=True),
    index("contracts", "contract_id", unique=True),
    # Tabs and counters; the daily job and "ends within n days".
    index("contracts", "status"),
    index("contracts", "end_date"),
    index("contracts", "status", "end_date"),
    index("contracts", "contract_type"),
    # A contract's history newest first, an edit's answer looked up, an account's history, recent changes.
    index("contract_revisions", "contract_id", "version", unique=True),
    index("contract_revisions", "edit_id", unique=True, partial={"edit_id": IS_TEXT}),
    index("contract_revisions", "account_id", "-at"),
    index("contract_revisions", "-at"),
]
LISTED = tuple(
    fields.BY_PATH[path]
    for path in (
        "contract_id account_id account_name account_manager contract_type status start_date end_date notice_days "
        "auto_renewal currency base_monthly_fee add_ons tags updated_at last_modified_by"
    ).split()
)
# A document that another service wrote without a usable contract_id is reached by its _id, marked so.
ID_MARK = "~"


@dataclass(frozen=True, slots=True)
class ContractPage:
    """One page of a list: its contracts with the ids they are reached by, and counts for the tabs."""

    rows: tuple[tuple[str, Contract], ...]
    span: Span
    by_status: Mapping[str, int]
    managers: tuple[str, ...]


def document(key: str) -> dict[str, Any]:
    """The live document of a contract, as it lies there. Raises ContractNotFound."""
    with reading() as db:
        found = db.contracts.find_one(_by_key(key))
    if found is None:
        raise ContractNotFound(key)
    return found


def _by_key(key: str) -> dict[str, Any]:
    if key.startswith(ID_MARK) and ObjectId.is_valid(key[1:]):
        return {"_id": ObjectId(key[1:])}
    return {"contract_id": key}


def get(contract_id: str) -> Contract:
    """The contract with this id. Raises ContractNotFound."""
    return from_document(document(contract_id))


def get_by_account(account_id: str) -> Contract:
    """The contract of an account. Raises ContractNotFound."""
    with reading() as db:
        found = db.contracts.find_one({"account_id": account_id})
    if found is None:
        raise ContractNotFound(f"for account {account_id}")
    return from_document(found)


def find_by_status(status: str) -> list[Contract]:
    """All contracts of a status, by account."""
    return _find({"status": status})


def find_by_type(contract_type: str) -> list[Contract]:
    """All contracts of a plan, by account."""
    return _find({"contract_type": contract_type})


def find_expiring(days_ahead: int = 30, *, today: date | None = None) -> list[Contract]:
    """Contracts active or pending renewal whose last day lies within `days_ahead` days from today (UTC)."""
    return _find(queries.ending(queries.day(today), days_ahead))


def _find(query: Mapping[str, Any]) -> list[Contract]:
    with reading() as db:
        return [from_document(found) for found in db.contracts.find(query).sort("account_id", 1)]


def count() -> int:
    """How many contracts there are."""
    with reading() as db:
        return db.contracts.count_documents({})


def find_page(wanted: ContractFilter, *, today: date) -> ContractPage:
    """One page of the contracts that match, with the number of matches in each status: two operations."""
    with reading() as db:
        counts = next(db.contracts.aggregate(queries.counts(wanted, today)))
        by_status = {str(entry["_id"]): entry["n"] for entry in counts["statuses"]}
        total = by_status.get(wanted.status, 0) if wanted.status else sum(by_status.values())
        span = Span.of(wanted.page, total)
        found = list(db.contracts.aggregate(queries.page(wanted, today, span.skip, PAGE_SIZE, LISTED)))
    rows = tuple((key_of(entry), from_document(entry, LISTED)) for entry in found)
    managers = tuple(str(entry["_id"]) for entry in counts["managers"] if entry["_id"])
    return ContractPage(rows, span, by_status, managers)


def key_of(found: Mapping[str, Any]) -> str:
    """The id that stands in a contract's address: its own where it can, else its _id with a mark."""
    return queries.key_of(found, ID_MARK)


def overview(today: date) -> dict[str, Any]:
    """Counts by status and type, recurring fee per currency, what is due and what ends next: one operation."""
    with reading() as db:
        return next(db.contracts.aggregate(queries.overview(today)))
