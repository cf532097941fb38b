"""Entries of a file brought into a log, each once, however often the file comes."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bson import ObjectId
from django.conf import settings

from logs.fields import Kind
from logs.files import Entry, Problem
from logs.inserting import store, unknown
from logs.repository import Touched
from mongo.client import Document
from mongo.codec import digest

OUTCOMES = NEW, KNOWN, EXPIRED, REFUSED = "new", "already there", "too old", "refused"
BATCH_SIZE = 1_000
BATCH_BYTES = 8_000_000

Batch = list[tuple[Entry, str]]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the entry on a line; one that is refused has problems."""

    line: int
    outcome: str
    problems: tuple[Problem, ...] = ()


def run(
    entries: Iterable[Entry],
    kind: Kind,
    *,
    now: datetime,
    dry_run: bool = False,
    touched: Touched | None = None,
    batch_size: int = BATCH_SIZE,
) -> Iterator[Imported]:
    """Bring in batch by batch, and tell of each entry what became of it; a dry run tells the same, writing nothing.

    `touched` is given the entries of each batch before they are stored. A MongoError ends the run: what was told of
    is done, and of the batch after it any part may be stored, which does no harm to another run.
    """
    oldest = now - timedelta(days=settings.AUDIT_RETENTION_DAYS) if kind.expires else None
    ids = _ascending_ids()
    for batch in _batches(_judged(entries, kind, oldest), batch_size):
        wanted = {entry.line: entry.document for entry, outcome in batch if outcome == NEW}
        ready = unknown(kind, wanted)
        if not dry_run and ready:
            # An id that the file gives takes the place of the new one.
            identified = {line: {"_id": next(ids), **document} for line, document in ready.items()}
            ready = store(kind, identified, touched)
        for entry, outcome in batch:
            is_known = outcome == NEW and entry.line not in ready
            yield Imported(entry.line, KNOWN if is_known else outcome, entry.problems)


def _batches(judged: Iterable[tuple[Entry, str]], most: int) -> Iterator[Batch]:
    batch: Batch = []
    size = 0
    for entry, outcome in judged:
        batch.append((entry, outcome))
        size += entry.size
        if len(batch) == most or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _judged(entries: Iterable[Entry], kind: Kind, oldest: datetime | None) -> Iterator[tuple[Entry, str]]:
    """Each entry, with an id, and its outcome as far as the file tells it: one that is NEW may be there already."""
    with closing(_scratch()) as seen:
        for entry in entries:
            if entry.problems:
                yield entry, REFUSED
            elif oldest and entry.document["createdAt"] < oldest:
                yield entry, EXPIRED
            elif own := [(name, entry.document[name]) for name in kind.identity if name in entry.document]:
                came = [_times(seen, digest({"name": name, "value": value})) for name, value in own]
                yield entry, KNOWN if max(came) > 1 else NEW
            else:
                named = {**entry.document, "entryId": _entry_id(entry.document, seen)}
                yield replace(entry, document=named), NEW


def _entry_id(document: Document, seen: sqlite3.Connection) -> str:
    """An id made of what the entry says; lines of a file that say the same are told apart by their number."""
    key = digest(document)
    times = _times(seen, key)
    return f"import:{key[:32]}" + (f":{times}" if times > 1 else "")


def _scratch() -> sqlite3.Connection:
    """A temporary file that counts, so that a file of any length needs the same memory."""
    seen = sqlite3.connect("")
    seen.execute("CREATE TABLE seen (key BLOB PRIMARY KEY, times INTEGER) WITHOUT ROWID")
    return seen


def _times(seen: sqlite3.Connection, key: str) -> int:
    """How often this SHA-256 in hexadecimal came, this time included."""
    row = (bytes.fromhex(key),)
    seen.execute("INSERT INTO seen VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1", row)
    return int(seen.execute("SELECT times FROM seen WHERE key = ?", row).fetchone()[0])


def _ascending_ids() -> Iterator[ObjectId]:
    """New ids, each above the one before, for entries of one time are in the order of their ids.

    The driver's counter begins anew now and then, which may be in the middle of a second.
    """
    last = ObjectId()
    while True:
        fresh = ObjectId()
        last = fresh if fresh > last else ObjectId((int(str(last), 16) + 1).to_bytes(12, "big"))
        yield last
