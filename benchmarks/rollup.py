"""What `roll_up_usage` adds to the aggregation that counts a day, for a day of 100,000 entries.

Three take turns in every round: the aggregation alone; the day as the command computes it, which also replaces what
was computed before, sums up months and days, and clears marks; and, to compare, an aggregation that looks at the
day's own entries only, which counts a transaction of two days wrongly.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median

import pymongo
from bson import ObjectId
from django.test.utils import override_settings

from logs import metering, rollup
from mongo import client, indexes
from mongo.client import Document, database
from mongo.embedded import EmbeddedServer
from mongo.expressions import midnight

ENTRIES, ACCOUNTS, BATCH = 100_000, 500, 2_000
ROUNDS = 7
# What the day may cost, in times of the aggregation alone.
ALLOWED = 1.5
DAY = date(2026, 11, 10)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
WAYS = (("pending", "completed"), ("completed",), ("pending", "failed"))


def main() -> None:
    """Measure in turns and print the table."""
    with (
        tempfile.TemporaryDirectory(prefix="counterpart-bench-") as name,
        EmbeddedServer(Path(name)) as server,
        override_settings(MONGODB_URI=server.uri),
        pymongo.timeout(rollup.SECONDS),
    ):
        fill()
        alone, whole, short = measured()
        client.close()
    print(f"A day of {ENTRIES:,} entries, medians of {ROUNDS} rounds in turns\n")
    print("| | seconds | × the aggregation alone |\n|---|---|---|")
    for label, seconds in (("aggregation alone", alone), ("roll_up", whole), ("the day's own entries only", short)):
        print(f"| {label} | {seconds:.2f} | {seconds / alone:.2f} |")
    print(f"\nAllowed: {ALLOWED} ×." + ("" if whole <= alone * ALLOWED else " Not kept."))


def fill() -> None:
    for drift in indexes.drifts(indexes.declared()):
        indexes.mend(drift)
    batch: list[Document] = []
    for document in entries():
        batch.append(document)
        if len(batch) == BATCH:
            database().transaction_logs.insert_many(batch, ordered=False)
            batch = []
    for name in ("alone", "short"):
        database()[name].create_index([(field, 1) for field in metering.KEY], unique=True)


def entries() -> Iterator[Document]:
    rng, made, number = random.Random(7), 0, 0
    while made < ENTRIES:
        number, moment = number + 1, midnight(DAY) + timedelta(seconds=rng.randrange(80_000))
        account = f"a{rng.randrange(ACCOUNTS)}"
        for status in rng.choice(WAYS)[: ENTRIES - made]:
            made, moment = made + 1, moment + timedelta(seconds=60)
            yield {
                "_id": ObjectId(),
                "transactionId": f"t{number}",
                "userId": account,
                "type": "deposit",
                "amount": Decimal(rng.randrange(100, 100_000)) / 100,
                "currency": "USD",
                "status": status,
                "metadata": {"channel": "api"},
                "timestamp": moment,
                "createdAt": moment,
            }


def measured() -> list[float]:
    """Median seconds of each."""
    day = {"timestamp": metering.within(DAY, DAY)}
    in_turns = (
        lambda: count(metering.started(day), "alone"),
        lambda: list(rollup.roll_up([DAY], datetime.now(UTC))),
        lambda: count(own_entries(day), "short"),
    )
    times: list[list[float]] = [[] for _ in in_turns]
    for _ in range(ROUNDS):
        for found, work in zip(times, in_turns, strict=True):
            found.append(timed(work))
    return [median(found) for found in times]


def count(started: list[Document], into: str) -> None:
    merge = {"$merge": {"into": into, "on": list(metering.KEY)}}
    database().transaction_logs.aggregate([*started, *metering.daily(NOW), merge])


def own_entries(day: Document) -> list[Document]:
    newest = {"sortBy": {"timestamp": 1, "_id": 1}, "output": "$$ROOT"}
    name = {"account": "$userId", "transaction": "$transactionId"}
    group = {"_id": name, "first": {"$min": "$timestamp"}, "last": {"$bottom": newest}}
    return [{"$match": day}, {"$group": group}, {"$set": {"account": "$_id.account"}}]


def timed(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before
