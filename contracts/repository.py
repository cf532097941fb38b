"""Contracts in MongoDB, one function a question; writes are the services' business."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from bson import encode
from pymongo.database import Database

from contracts import queries
from contracts.documents import from_document
from contracts.domain import fields
from contracts.domain.errors import ContractNotFound
from contracts.domain.filters import PAGE_SIZE, ContractFilter, Span
from contracts.domain.limits import NEAR
from contracts.domain.model import Contract
from contracts.domain.worklists import NEARLY, OVER, WORKLISTS, filters_of
from contracts.queries import key_of
from mongo.client import JOB_SECONDS, READ_SECONDS, WRITE_SECONDS, Document, reading, reading_aside
from mongo.codec import CODEC_OPTIONS
from mongo.indexes import index

IS_TEXT = {"$type": "string"}
# A look-up by a value uses a partial index whose filter compares; one of `$type` it would pass by.
HAS_TEXT = {"$gt": ""}
INDEXES = [
    # One contract an account; both ids are how everybody finds a contract.
    index("contracts", "account_id", unique=True),
    index("contracts", "contract_id", unique=True),
    # Tabs and counters; the daily job and "ends within n days".
    index("contracts", "status"),
    index("contracts", "end_date"),
    index("contracts", "status", "end_date"),
    index("contracts", "contract_type"),
    # The list's own order.
    index("contracts", "account_name", "_id"),
    # A contract's history newest first, an edit's answer looked up, an account's history, recent changes.
    index("contract_revisions", "contract_id", "version", unique=True),
    index("contract_revisions", "edit_id", unique=True, partial={"edit_id": HAS_TEXT}),
    index("contract_revisions", "account_id", "-at"),
    index("contract_revisions", "-at"),
]
# What the list shows of a contract: reading no more of fifty documents is a third of the page's time.
LISTED = tuple(
    fields.BY_PATH[path]
    for path in (
        "contract_id account_id account_name account_manager contract_type status end_date currency "
        "base_monthly_fee updated_at"
    ).split()
)
# What the palette shows of a contract, or tells why it was found.
NAMED = tuple(
    fields.BY_PATH[path]
    for path in (
        "contract_id account_id account_name status tags primary_contact.name primary_contact.email "
        "primary_contact.phone billing_contact.name billing_contact.email billing_contact.phone"
    ).split()
)
BATCH_SIZE = 200
BATCH_SECONDS = 5.0
IDS_AT_ONCE = 2_000
# A search reads every contract.
SEARCH_SECONDS = 8.0
MOST_MANAGERS = 200
# Nobody waits for the counts beside a page.
COUNT_SECONDS = 1.5
# Nor for what is found while one types.
NAMED_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract with the id it is reached by, "" where there is none.

    `share` is the percent of its tightest limit used this month, None where it is not known; computed at `as_of`.
    """

    key: str
    contract: Contract
    share: Decimal | int | None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class ContractPage:
    """One page of a list: its contracts with the ids they are reached by, and counts for the tabs."""

    rows: tuple["ContractRow", ...]
    span: Span
    by_status: Mapping[str, int]
    managers: tuple[str, ...]


def document(key: str) -> dict[str, Any]:
    """The live document of a contract, as it lies there. Raises ContractNotFound."""
    with reading() as db:
        found = db.contracts.find_one(queries.by_key(key))
    if found is None:
        raise ContractNotFound(key)
    return found


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
    return _find(queries.ending(today or datetime.now(UTC).date(), days_ahead))


def _find(query: Mapping[str, Any]) -> list[Contract]:
    with reading() as db:
        return [from_document(found) for found in db.contracts.find(query).sort("account_id", 1)]


def documents_of(contract_ids: Sequence[str], account_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The live documents that carry any of these ids, as they lie there."""
    by_id, by_account = {"contract_id": {"$in": list(contract_ids)}}, {"account_id": {"$in": list(account_ids)}}
    with reading(WRITE_SECONDS) as db:
        return list(db.contracts.find({"$or": [by_id, by_account]}))


def all_documents() -> Iterator[dict[str, Any]]:
    """Every live document by contract_id, in batches so that none outlives its time bound.

    Those without a text there come last: MongoDB compares values of one type only.
    """
    wanted: dict[str, Any] = {"contract_id": IS_TEXT}
    while batch := _batch(wanted):
        yield from batch
        # An id in bad UTF-8 is read with marks, and is greater than what was read: it must not come again.
        read = [found["_id"] for found in batch]
        last, own = batch[-1]["contract_id"], {"_id": {"$nin": read}}
        # Without the unique index an id may stand twice, also across two batches.
        wanted = {"$or": [{"contract_id": {"$gt": last}, **own}, {"contract_id": last, "_id": {"$gt": read[-1]}}]}
    with reading(JOB_SECONDS) as db:
        unnamed = [found["_id"] for found in db.contracts.find({"contract_id": {"$not": IS_TEXT}}, {"_id": 1})]
    for start in range(0, len(unnamed), BATCH_SIZE):
        yield from _batch({"_id": {"$in": unnamed[start : start + BATCH_SIZE]}})


def matching_ids(wanted: ContractFilter, *, today: date) -> list[Any]:
    """The _id of every contract that matches, in the order of the list."""
    _ask_whether_it_answers()
    with reading(JOB_SECONDS) as db:
        # Many ids at once would each come with a document of its own.
        found = db.contracts.aggregate(queries.ids(wanted, today), batchSize=IDS_AT_ONCE)
        return [entry["_id"] for entry in found]


def _ask_whether_it_answers() -> None:
    """Find out as soon as for any page, before what may take longer."""
    with reading() as db:
        db.command("ping")


def documents_by_id(ids: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """The live documents in the order of their ids, in batches bounded in time; who was deleted is left out."""
    for start in range(0, len(ids), BATCH_SIZE):
        batch = ids[start : start + BATCH_SIZE]
        with reading(BATCH_SECONDS) as db:
            found = {exact(entry["_id"]): entry for entry in db.contracts.find({"_id": {"$in": batch}})}
        yield from (found[key] for key in map(exact, batch) if key in found)


def exact(own: Any) -> bytes:
    """An _id as MongoDB keeps it: other services' may be of kinds that Python cannot hash, or takes for equal."""
    return encode({"_id": own}, codec_options=CODEC_OPTIONS)


def _batch(wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    with reading(JOB_SECONDS) as db:
        return list(db.contracts.find(wanted).sort([("contract_id", 1), ("_id", 1)]).limit(BATCH_SIZE))


def count() -> int:
    """How many contracts there are."""
    with reading() as db:
        return db.contracts.count_documents({})


def find_page(wanted: ContractFilter, *, today: date) -> ContractPage:
    """One page of the contracts that match, with the number of matches in each status: two or three operations.

    A search for text, which no index answers, may take SEARCH_SECONDS.
    """
    if wanted.q:
        _ask_whether_it_answers()
    with reading(SEARCH_SECONDS if wanted.q else READ_SECONDS) as db:
        groups = list(db.contracts.aggregate(queries.counts(wanted, today)))
        by_status = _by_status(groups, wanted.account_manager)
        total = by_status.get(wanted.status, 0) if wanted.status else sum(by_status.values())
        span = Span.of(wanted.page, total)
        found = _page(db, wanted, today, span.skip)
    rows = tuple(_row(entry) for entry in found)
    managers = _managers(groups) | ({wanted.account_manager} if wanted.account_manager else set())
    return ContractPage(rows, span, by_status, tuple(sorted(managers)[:MOST_MANAGERS]))


def _page(db: Database[Document], wanted: ContractFilter, today: date, skip: int) -> list[Document]:
    """A page's rows with their shares; sorting is `find`'s work where it can be, which asks an index first."""
    if not queries.is_plain(wanted):
        return list(db.contracts.aggregate(queries.page(wanted, today, skip, PAGE_SIZE, LISTED)))
    found = list(db.contracts.find(**queries.rows(wanted, today, skip, PAGE_SIZE, LISTED)))
    shares = db.contracts.aggregate(queries.shares([entry["_id"] for entry in found], today)) if found else ()
    by_id = {exact(entry["_id"]): entry for entry in shares}
    return [{**entry, **by_id.get(exact(entry["_id"]), {})} for entry in found]


def find_named(text: str, *, limit: int) -> list[ContractRow]:
    """Some of the contracts that the list's search finds by the text: those of that id first, then of such a name.

    Nobody waits longer than NAMED_SECONDS for them, nor has a page to wait because of them. Raises MongoError.
    """
    found: dict[bytes, Document] = {}
    shown = dict.fromkeys((field.path for field in NAMED), 1)
    with reading_aside(NAMED_SECONDS) as db:
        for query in queries.named(text):
            entries = db.contracts.find(query, shown).limit(limit)
            for entry in sorted(entries, key=lambda entry: str(entry.get("account_name"))):
                found.setdefault(exact(entry["_id"]), entry)
            if len(found) >= limit:
                break
    return [
        ContractRow(key_of(entry), from_document(entry, NAMED), None) for entry in islice(found.values(), limit)
    ]


def _row(entry: Mapping[str, Any]) -> ContractRow:
    return ContractRow(key_of(entry), from_document(entry, LISTED), entry.get("share"), entry.get("as_of"))


def _managers(groups: Iterable[Mapping[str, Any]]) -> set[str]:
    found = (group["_id"].get("manager") for group in groups)
    return {name for name in found if isinstance(name, str) and name}


def _by_status(groups: Iterable[Mapping[str, Any]], manager: str) -> dict[str, int]:
    """The groups' sizes by status, of one account manager where one is wanted."""
    found: Counter[str] = Counter()
    for group in groups:
        value = group["_id"].get("manager")
        if not manager or manager in (value if isinstance(value, list) else [value]):
            found[str(group["_id"].get("status"))] += group["n"]
    return dict(found)


def sizes(seconds: float = COUNT_SECONDS) -> list[Document]:
    """How many contracts `n` there are of each `_id`, a status and a type: a page can do without it."""
    with reading_aside(seconds) as db:
        return list(db.contracts.aggregate(queries.sizes()))


def fees(seconds: float = COUNT_SECONDS) -> list[Document]:
    """The recurring fee of what is in force, and its contracts `n`, per currency: a page can do without it."""
    with reading_aside(seconds) as db:
        return list(db.contracts.aggregate(queries.fees()))


def ending_next(today: date, *, most: int = 8) -> list[ContractRow]:
    """Those in force that end first from today on: one operation, which an index answers."""
    with reading() as db:
        found = db.contracts.find(queries.ending_next(today), dict.fromkeys(queries.NEXT_FIELDS, 1))
        entries = list(found.sort([("end_date", 1), ("_id", 1)]).limit(most))
    return [ContractRow(key_of(entry), from_document(entry), None) for entry in entries]


@dataclass(frozen=True, slots=True)
class Standing:
    """How many contracts in force are near a limit, and over one, this month; with the first `rows` of both."""

    near: int = 0
    over: int = 0
    rows: tuple[ContractRow, ...] = ()

    @property
    def all(self) -> int:
        return self.near + self.over


def worklists(username: str, *, today: date) -> dict[str, int]:
    """How many contracts each worklist holds for somebody, by its key: one operation, which has to be asked for."""
    with reading_aside(COUNT_SECONDS) as db:
        return _counts(_worklists(db, username, today))


def worklists_and_standing(username: str, *, today: date, most: int = 6) -> tuple[dict[str, int], Standing]:
    """The counts of the worklists, and those that use the most of a limit, most first: one operation together.

    A page can do without it.
    """
    with reading_aside(READ_SECONDS) as db:
        found = _worklists(db, username, today, most=most)
    counts = _counts(found)
    rows = (row for row in found.get("rows", ()) if row["share"] is not None and row["share"] >= NEAR)
    closest = tuple(ContractRow(key_of(row), from_document(row), row["share"]) for row in rows)
    return counts, Standing(counts[NEARLY] - counts[OVER], counts[OVER], closest)


def _worklists(db: Database[Document], username: str, today: date, *, most: int = 0) -> Mapping[str, Any]:
    return next(db.contracts.aggregate(queries.worklists(filters_of(username), today, most=most)), {})


def _counts(found: Mapping[str, Any]) -> dict[str, int]:
    """Every worklist's count; where no contract is looked at, there is no group that holds them."""
    return {worklist.key: found.get(worklist.key, 0) for worklist in WORKLISTS}
