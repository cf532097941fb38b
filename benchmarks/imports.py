"""How fast an import compares rows with the contracts, and how fast it writes them, beside bare transactions.

A bare transaction inserts the very documents that an import has made of a row: the contract, its revision and the
audit entry. Both take turns in every round, on a server that answers a commit when it is in the journal.
"""

import io
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median

from django.test.utils import override_settings
from pymongo.client_session import ClientSession
from pymongo.database import Database

from benchmarks.stage import MAYA, make_contract
from contracts import exporting, importing, planning
from contracts.documents import to_document
from contracts.domain.model import Contract
from contracts.files import ndjson
from contracts.planning import CHANGED, NEW, UNCHANGED, Mode, Planned
from contracts.uploads import repository, running
from contracts.uploads.model import CHECKING
from mongo import client, indexes, transaction
from mongo.client import Document, database
from mongo.embedded import EmbeddedServer

ROWS, WRITTEN, ROUNDS = 1_000, 200, 7
# What is promised: rows a second when nothing is written, and the part of the speed of bare transactions.
ALLOWED_RATE, ALLOWED_PART = 1_000, 0.5
COLLECTIONS = ("contracts", "contract_revisions", "audit_trails")

Work = Callable[[], object]


def main() -> None:
    """Measure on a throw-away server and print both tables."""
    with (
        tempfile.TemporaryDirectory(prefix="counterpart-bench-") as name,
        EmbeddedServer(Path(name), "--sync-on-commit") as server,
        override_settings(MONGODB_URI=server.uri),
    ):
        for drift in indexes.drifts(indexes.declared()):
            indexes.mend(drift)
        chance = random.Random(7)
        contracts = [replace(make_contract(n, chance), contract_id=f"contract_{n}") for n in range(ROWS)]
        writing = [in_turns(contracts[:WRITTEN]) for _ in range(ROUNDS)]
        comparing = compared(contracts)
        client.close()
    _print_compared(comparing)
    _print_written(writing)


def _print_compared(comparing: dict[str, float]) -> None:
    print(f"{ROWS:,} rows of NDJSON read and compared, medians of {ROUNDS} rounds\n")
    print("| rows | a second |\n|---|---|")
    for name, rate in comparing.items():
        print(f"| {name} | {rate:,.0f} |")
    print(f"\nWanted: {ALLOWED_RATE:,}.{_verdict(min(comparing.values()) >= ALLOWED_RATE)}\n")


def _print_written(writing: Sequence[tuple[float, float]]) -> None:
    imported, bare = (median(rates) for rates in zip(*writing, strict=True))
    part = median(one / other for one, other in writing)
    print(f"{WRITTEN} rows written, medians of {ROUNDS} rounds in turns\n")
    print("| a row by | a second |\n|---|---|")
    print(f"| a bare transaction | {bare:,.0f} |\n| the import | {imported:,.0f} |")
    print(f"\n{part:.2f} of the bare speed; wanted: {ALLOWED_PART:g}.{_verdict(part >= ALLOWED_PART)}")


def _verdict(is_kept: bool) -> str:
    return "" if is_kept else " Not kept."


def compared(contracts: Sequence[Contract]) -> dict[str, float]:
    """Rows a second by what the rows lead to, and as the page has it done, which also stores what it shows."""
    lines = content(contracts)
    found = {"new": rate(lambda: dry(lines, NEW)), "new, in the browser": rate(lambda: checked(lines))}
    for planned in planning.plan(ndjson.rows(io.BytesIO(lines)), Mode()):
        importing.write(planned, actor=MAYA)
    other = content([replace(contract, base_monthly_fee=Decimal("1.23"), notes="Moved.") for contract in contracts])
    return {
        **found,
        "unchanged": rate(lambda: dry(lines, UNCHANGED)),
        "changed": rate(lambda: dry(other, CHANGED)),
    }


def content(contracts: Iterable[Contract]) -> bytes:
    """The contracts as a file that speaks of every field but the version."""
    documents = (json.loads(line.text) for line in exporting.lines(to_document(contract) for contract in contracts))
    return "\n".join(json.dumps({**document, "version": 0}) for document in documents).encode()


def dry(lines: bytes, outcome: str) -> None:
    planned = planning.plan(ndjson.rows(io.BytesIO(lines)), Mode(overwrite=True))
    if any(row.outcome != outcome for row in planned):
        raise SystemExit(f"Not all rows are {outcome}.")


def checked(lines: bytes) -> None:
    upload = running.receive("contracts.ndjson", len(lines), io.BytesIO(lines), user=1, mode="new")
    while repository.find(upload.import_id, upload.user).state == CHECKING:
        running.go_on(upload.import_id, upload.user, actor=MAYA)
    running.discard(upload.import_id, upload.user)


def rate(work: Work) -> float:
    """Rows a second, the median of some rounds."""
    seconds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return ROWS / median(seconds)


def in_turns(contracts: Sequence[Contract]) -> tuple[float, float]:
    """Rows a second of the import and of bare transactions with the same documents, each into empty collections."""
    planned = list(planning.plan(ndjson.rows(io.BytesIO(content(contracts))), Mode()))
    imported = timed(lambda: write(planned))
    made = [list(database()[name].find().sort("_id", 1)) for name in COLLECTIONS]
    empty()
    bare = timed(lambda: [transaction.run(partial(insert, row)) for row in zip(*made, strict=True)])
    empty()
    return len(planned) / imported, len(planned) / bare


def write(planned: Iterable[Planned]) -> None:
    for row in planned:
        importing.write(row, actor=MAYA)


def insert(documents: Sequence[Document], db: Database[Document], session: ClientSession) -> None:
    for name, document in zip(COLLECTIONS, documents, strict=True):
        db[name].insert_one(document, session=session)


def empty() -> None:
    for name in COLLECTIONS:
        database()[name].delete_many({})


def timed(work: Work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
