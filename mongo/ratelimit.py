"""A rate limiter that counts across processes: at most so many requests within any window of so many seconds.

A check is one operation, by the server's clock as the process knows it; docs/decisions/0013 tells why.
"""

import logging
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from bson.codec_options import CodecOptions
from pymongo import WriteConcern
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from mongo.client import Document, writing
from mongo.errors import MongoError, MongoRefused, MongoUnavailable
from mongo.indexes import index
from mongo.limit_keys import LONGEST_WINDOW, InvalidLimit, limit_key, validate
from mongo.local_limiter import LocalLimiter, Refusals
from mongo.server_clock import ServerClock

# Nobody waits longer than this to learn whether they may go on.
SECONDS = 1.0
ATTEMPTS = 5
# So many of the oldest requests are shown, and no more of what has left the window is kept for long.
OLDEST = 8
# Decoding what holds Decimals goes another and slower way.
PLAIN: CodecOptions[Document] = CodecOptions(tz_aware=True)
SHOWN = {"_id": 0, "createdAt": 1, "size": {"$size": "$requests"}, "requests": {"$slice": -OLDEST}}

INDEXES = [
    index("rate_limits", "key", unique=True),
    # An allowed request moves createdAt, so what expires is older than any window.
    index("rate_limits", "createdAt", expire_after=LONGEST_WINDOW),
]

__all__ = ["INDEXES", "Decision", "InvalidLimit", "check_rate_limit", "forget", "give_back", "headers", "limit_key"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a request is allowed, how many more are, and in how many seconds there is room for one more.

    `degraded`: MongoDB could not be asked, so nothing was counted, or only what this process knows of.
    """

    allowed: bool
    remaining: int
    reset_seconds: int
    degraded: bool = False


_local = LocalLimiter()
_refusals = Refusals()
_clock = ServerClock()
# Enough that keys seldom share one.
_turns = [threading.Lock() for _ in range(64)]


def check_rate_limit(
    key: str,
    max_requests: int,
    window_seconds: int,
    *,
    fail: Literal["open", "local"] = "open",
    seconds: float = SECONDS,
) -> Decision:
    """Count a request against its key; one that is not allowed is not counted. Raises InvalidLimit.

    Where MongoDB cannot be asked, `fail` decides: "open" allows the request, "local" counts in this process.
    `seconds` is how long it may take to ask.
    """
    validate(key, max_requests, window_seconds)
    limit = (max_requests, window_seconds)
    if (wait := _refusals.wait(key, limit)) is not None:
        return Decision(allowed=False, remaining=0, reset_seconds=_whole_seconds(wait, window_seconds))
    try:
        held, leaves = _hit(key, max_requests, window_seconds, seconds)
    except MongoError as error:
        if isinstance(error, MongoRefused):
            # Pages show an outage; what MongoDB refuses to this limiter alone would go unseen.
            log.warning("A rate limit could not be counted: %s", error)
        return _without_mongo(key, max_requests, window_seconds, fail)
    wait = (leaves - _clock.now()).total_seconds() + window_seconds
    if held is None:
        _refusals.note(key, limit, wait)
        return Decision(allowed=False, remaining=0, reset_seconds=_whole_seconds(wait, window_seconds))
    return Decision(True, max(max_requests - held, 0), _whole_seconds(wait, window_seconds))


def forget() -> None:
    """Forget what this process counted and refused, as one does that has just been started."""
    _local.clear()
    _refusals.clear()


def give_back(key: str, decision: Decision) -> None:
    """Uncount a request that was allowed a moment ago, as a sign-in that worked out is no failed try."""
    _refusals.drop(key)
    if decision.degraded:
        _local.give_back(key)
        return
    try:
        with writing(SECONDS) as db:
            # Requests are alike: without the newest there is one less, and that is all that counts.
            db.rate_limits.update_one({"key": key}, {"$pop": {"requests": -1}})
    except MongoError as error:
        log.warning("A request could not be given back to its rate limit: %s", error)


def headers(name: str, decision: Decision, max_requests: int, window_seconds: int) -> dict[str, str]:
    """What HTTP tells of a limit, as in draft-ietf-httpapi-ratelimit-headers; `name` is of letters and hyphens."""
    told = {
        "RateLimit-Policy": f'"{name}";q={max_requests};w={window_seconds}',
        "RateLimit": f'"{name}";r={decision.remaining};t={decision.reset_seconds}',
    }
    if not decision.allowed:
        told["Retry-After"] = str(decision.reset_seconds)
    return told


def _hit(key: str, max_requests: int, window_seconds: int, seconds: float) -> tuple[int | None, datetime]:
    """How many count with this request, None where it is not allowed, and the one that is the next to leave."""
    with _in_turn(key, seconds), writing(seconds) as db:
        _know_the_time(db)
        where: Document = {"_id": key}
        for _ in range(ATTEMPTS):
            now = _clock.now()
            start = now - timedelta(seconds=window_seconds)
            if (pushed := _push(db, where, now, start, max_requests)) is not None:
                return _counted(db, where, pushed, now, start)
            # An upsert would do for a new key; but of two that race, not every server tells the loser what became
            # of its request. Here the loser finds the other's document.
            limits: Collection[Document] = db.get_collection("rate_limits", write_concern=WriteConcern(w=1))
            with suppress(DuplicateKeyError):
                limits.insert_one({"_id": key, "key": key, "requests": [now], "createdAt": now})
                return 1, now
            found = limits.find_one({"key": key}, {"leaves": {"$arrayElemAt": ["$requests", max_requests - 1]}})
            if found and found.get("leaves", start) > start:
                return None, found["leaves"]
            # There is room by now, or somebody made the document by another `_id`.
            where = {"_id": found["_id"] if found else key}
    raise MongoUnavailable("MongoDB could not count a request.")


def _know_the_time(db: Database[Document]) -> None:
    """Ask for the server's time unless an allowed request has told it not long ago."""
    if not _clock.is_known:
        asked = _clock.asks()
        _clock.told(db.command("hello", codec_options=PLAIN)["localTime"], asked)


def _push(
    db: Database[Document], where: Document, now: datetime, start: datetime, max_requests: int
) -> Document | None:
    """Put a request before the others, unless the `max_requests`-th newest still lies within the window."""
    asked = _clock.asks()
    room = {f"requests.{max_requests - 1}": {"$not": {"$gt": start}}}
    # What the slice drops has left the window, so that another maximum may be asked for next.
    push = {"$each": [now], "$position": 0, "$slice": max_requests}
    pushed = _change(db, where | room, {"$push": {"requests": push}, "$currentDate": {"createdAt": True}})
    if pushed is not None:
        _clock.told(pushed["createdAt"], asked)
    return pushed


def _counted(
    db: Database[Document], where: Document, pushed: Document, now: datetime, start: datetime
) -> tuple[int, datetime]:
    """How many lie within the window, and the oldest of them; what has left it is dropped once it is much."""
    oldest = pushed["requests"]
    gone = 0 if oldest[-1] > start else sum(moment <= start for moment in oldest)
    if gone < OLDEST and 2 * gone <= pushed["size"]:
        return pushed["size"] - gone, oldest[-1 - gone]
    left = _change(db, where, {"$pull": {"requests": {"$lte": start}}})
    # Should somebody have removed them by now, this request is all there was.
    return (left["size"], left["requests"][-1]) if left and left["requests"] else (1, now)


def _change(db: Database[Document], wanted: Document, change: Document) -> Document | None:
    """What `SHOWN` tells of the changed document; None where none is wanted.

    It is the command itself because `find_one_and_update` takes much longer to decode the same answer. Nothing
    repeats it when a connection is lost: `check_rate_limit` tells what becomes of that request.
    """
    answer = db.command(
        {
            "findAndModify": "rate_limits",
            "query": wanted,
            "update": change,
            "new": True,
            "fields": SHOWN,
            "writeConcern": {"w": 1},
        },
        codec_options=PLAIN,
    )
    changed: Document | None = answer["value"]
    return changed


@contextmanager
def _in_turn(key: str, seconds: float) -> Iterator[None]:
    """One thread of this process at a time: writes that meet at one document make the server start them anew."""
    turn = _turns[hash(key) % len(_turns)]
    if not turn.acquire(timeout=seconds):
        raise MongoUnavailable("MongoDB has kept others waiting with the same limit.")
    try:
        yield
    finally:
        turn.release()


def _without_mongo(key: str, max_requests: int, window_seconds: int, fail: str) -> Decision:
    if fail == "open":
        return Decision(allowed=True, remaining=max_requests, reset_seconds=0, degraded=True)
    allowed, left, wait = _local.hit(key, max_requests, window_seconds)
    return Decision(allowed, left, _whole_seconds(wait, window_seconds), degraded=True)


def _whole_seconds(wait: float, window_seconds: int) -> int:
    """Rounded up, so that who waits that long has waited long enough; the clocks may differ by a moment."""
    return min(max(math.ceil(wait), 1), window_seconds)
