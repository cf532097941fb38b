"""What a check of a rate limit costs, beside PyPI `limits` with its moving window on the same server.

All take turns in every round, in any order, over keys of which half the maximum is used, nearly all of it, hardly
any, and all. `limits` keeps as many requests as the maximum, whether they count or not, and answers allowed or not
alone; what is left it tells by a second question. Beside them stand our guarded push that asks for no answer, and
the other way a check could be made, a pipeline by the server's clock: both without our bounds in time and breaker.
Then eight threads share a key.
"""

import random
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from django.test.utils import override_settings
from limits import RateLimitItem, RateLimitItemPerHour
from limits.storage import MongoDBStorage
from limits.strategies import MovingWindowRateLimiter
from pymongo import ReturnDocument
from pymongo.server_api import ServerApi

from mongo import client, indexes, ratelimit
from mongo.client import database
from mongo.embedded import EmbeddedServer
from mongo.ratelimit import check_rate_limit

ROUNDS, CALLS = 60, 5
WINDOW = 3_600
MAXIMA = (10, 100, 1_000)
# Requests that still count, of as many as the maximum that a key has had.
USES = {"half used": 0.5, "nearly used up": 0.9, "hardly used": 0.02, "used up": 1.0}
THREADS, CHECKS_OF_EACH, SHARED_MAXIMUM, SHARED_ROUNDS = 8, 25, 50, 9

# As our own client has them: without bounds in time nobody would let a limiter stand before every request.
OPTIONS: dict[str, Any] = {
    "timeoutMS": 3_000,
    "serverSelectionTimeoutMS": 2_000,
    "maxPoolSize": 8,
    "server_api": ServerApi("1", strict=False, deprecation_errors=True),
}

Check = Callable[[int], object]


def main() -> None:
    """Measure in turns and print the table."""
    with (
        tempfile.TemporaryDirectory(prefix="counterpart-bench-") as name,
        EmbeddedServer(Path(name)) as server,
        override_settings(MONGODB_URI=server.uri),
    ):
        for drift in indexes.drifts(ratelimit.INDEXES):
            indexes.mend(drift)
        others = Others(server.uri)
        print(f"A check, medians of {ROUNDS * CALLS} in turns; × find_one_and_update with $inc (more is faster)\n")
        print(f"| | {' | '.join(others.ways)} |\n|---|{'---|' * len(others.ways)}")
        for use, part in USES.items():
            for most in MAXIMA:
                print(f"| {most:,} an hour, {use} | {told(others.measured(most, part))} |")
        print(f"\n{THREADS} threads, {CHECKS_OF_EACH} checks each of one key that allows {SHARED_MAXIMUM}\n")
        print("| | seconds | allowed |\n|---|---|---|")
        for name, (spent, allowed) in others.shared().items():
            print(f"| {name} | {spent:.3f} | {' '.join(map(str, allowed))} |")
        others.close()
        client.close()


def told(seconds: dict[str, float]) -> str:
    bare = seconds["bare"]
    return " | ".join(f"{spent * 1_000:.2f} ms · {bare / spent:.2f} ×" for spent in seconds.values())


class Others:
    """The ways to check, ours among them, each with a key of its own."""

    def __init__(self, uri: str) -> None:
        # Both wait for one server's word alone.
        self.storage = MongoDBStorage(uri, w=1, **OPTIONS)
        self.limiter = MovingWindowRateLimiter(self.storage)
        self.rate_limits = self.storage.storage.get_database(client.database().name).rate_limits
        self.ways: dict[str, Check] = {
            "bare": self.bare,
            "our push alone": self.push_alone,
            "check_rate_limit": lambda most: check_rate_limit("ours", most, WINDOW),
            "pipeline": self.pipeline,
            "limits: hit": lambda most: self.limiter.hit(item(most), "key"),
            "limits: hit and what is left": self.hit_and_stats,
        }

    def close(self) -> None:
        self.storage.storage.close()

    def measured(self, most: int, part: float) -> dict[str, float]:
        """Median seconds of each way, whose keys are put back before every few checks."""
        spent: dict[str, list[float]] = {name: [] for name in self.ways}
        for _ in range(ROUNDS):
            # Whoever comes after a slow one finds the machine otherwise than who comes first.
            for name, check in random.sample(list(self.ways.items()), len(self.ways)):
                self.put(most, part)
                for _ in range(CALLS):
                    before = time.perf_counter()
                    check(most)
                    spent[name].append(time.perf_counter() - before)
        return {name: median(times) for name, times in spent.items()}

    def shared(self) -> dict[str, tuple[float, list[int]]]:
        """Median seconds, and how many were allowed in each round."""
        ways: dict[str, Callable[[str], bool]] = {
            "check_rate_limit": lambda key: check_rate_limit(key, SHARED_MAXIMUM, WINDOW).allowed,
            "limits: hit": lambda key: self.limiter.hit(item(SHARED_MAXIMUM), key),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        allowed: dict[str, list[int]] = {name: [] for name in ways}
        with ThreadPoolExecutor(THREADS) as pool:
            for number in range(SHARED_ROUNDS):
                for name, check in ways.items():
                    before = time.perf_counter()
                    answers = pool.map(check, [f"shared{number}"] * THREADS * CHECKS_OF_EACH)
                    allowed[name].append(sum(answers))
                    times[name].append(time.perf_counter() - before)
        return {name: (median(times[name]), allowed[name]) for name in ways}

    def put(self, most: int, part: float) -> None:
        """Keys that had `most` requests, of which `part` still count. What does not, our checks do not keep."""
        ratelimit.forget()
        now, live = datetime.now(UTC), int(most * part)
        moments = [now - timedelta(seconds=number / 1_000) for number in range(live)]
        gone = [now - timedelta(seconds=WINDOW + number) for number in range(1, most - live + 1)]
        for key in ("ours", "pushed", "piped"):
            document = {"_id": key, "key": key, "requests": moments, "createdAt": now}
            database().rate_limits.replace_one({"_id": key}, document, upsert=True)
        entries = [moment.timestamp() for moment in moments + gone]
        kept = {"entries": entries, "expireAt": now + timedelta(seconds=WINDOW)}
        self.storage.windows.replace_one({"_id": item(most).key_for("key")}, kept, upsert=True)

    def bare(self, most: int) -> object:
        change, after = {"$inc": {"count": 1}}, ReturnDocument.AFTER
        return self.storage.counters.find_one_and_update(
            {"_id": "bare"}, change, upsert=True, return_document=after
        )

    def push_alone(self, most: int) -> object:
        """What keeping dates in a document like ours takes at least: whether it was allowed is all that is told."""
        now = datetime.now(UTC)
        room = {f"requests.{most - 1}": {"$not": {"$gt": now - timedelta(seconds=WINDOW)}}}
        push = {"$each": [now], "$position": 0, "$slice": most}
        change = {"$push": {"requests": push}, "$set": {"createdAt": now}}
        return self.rate_limits.update_one({"_id": "pushed"} | room, change)

    def pipeline(self, most: int) -> object:
        """What no longer counts is dropped as one more is put before it; one that is not allowed asks again."""
        start = {"$dateSubtract": {"startDate": "$$NOW", "unit": "second", "amount": WINDOW}}
        live = {"$filter": {"input": "$requests", "cond": {"$gt": ["$$this", start]}}}
        kept = {"$cond": [{"$gt": [{"$arrayElemAt": ["$requests", -1]}, start]}, "$requests", live]}
        shown = {"held": {"$size": "$requests"}, "leaves": {"$arrayElemAt": ["$requests", -1]}}
        is_full = {"$gt": [{"$arrayElemAt": ["$requests", most - 1]}, start]}
        found = self.rate_limits.find_one_and_update(
            {"_id": "piped", "$expr": {"$not": [is_full]}},
            [{"$set": {"requests": {"$concatArrays": [["$$NOW"], kept]}, "createdAt": "$$NOW"}}],
            projection=shown,
            return_document=ReturnDocument.AFTER,
        )
        return found or self.rate_limits.find_one({"_id": "piped"}, shown)

    def hit_and_stats(self, most: int) -> object:
        return self.limiter.hit(item(most), "key"), self.limiter.get_window_stats(item(most), "key")


def item(most: int) -> RateLimitItem:
    return RateLimitItemPerHour(most)
