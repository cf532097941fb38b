"""A rate limiter that counts across processes: at most so many requests within any window of so many seconds.

Each check is one operation on the server's clock; docs/decisions/0013 tells why it is done this way.
"""

import logging
import math
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pymongo import ReturnDocument, WriteConcern
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from mongo.client import Document, writing
from mongo.errors import MongoError, MongoRefused, MongoUnavailable
from mongo.indexes import index
from mongo.limit_keys import LONGEST_WINDOW, InvalidLimit, limit_key, validate
from mongo.local_limiter import LocalLimiter, Refusals

# Nobody waits longer than this to learn whether they may go on.
SECONDS = 1.0
ATTEMPTS = 5

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


class _ServerClock:
    """The server's time as far as it is known: this process's, unless what the server last said cannot agree."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def set(self, told: datetime, asked: datetime) -> None:
        """The server said a time between the moment it was asked and this one."""
        self._ahead = told - min(max(told, asked), datetime.now(UTC))

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead


_local = LocalLimiter()
_refusals = Refusals()
_clock = _ServerClock()
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
    asked = datetime.now(UTC)
    try:
        allowed, found = _hit(key, max_requests, window_seconds, seconds)
    except MongoError as error:
        if isinstance(error, MongoRefused):
            # Pages show an outage; what MongoDB refuses to this limiter alone would go unseen.
            log.warning("A rate limit could not be counted: %s", error)
        return _without_mongo(key, max_requests, window_seconds, fail)
    if allowed:
        _clock.set(found["createdAt"], asked)
    wait = (found["leaves"] + timedelta(seconds=window_seconds) - _clock.now()).total_seconds()
    if not allowed:
        _refusals.note(key, limit, wait)
    remaining = max_requests - found["held"] if allowed else 0
    return Decision(allowed, remaining, _whole_seconds(wait, window_seconds))


def forget() -> None:
    """Forget what this process knows by itself, as one does that has just been started."""
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


def _hit(key: str, max_requests: int, window_seconds: int, seconds: float) -> tuple[bool, Mapping[str, Any]]:
    """Whether the request is allowed and noted, and what `_shown` tells of the key's document."""
    wanted = {"key": key, "$expr": {"$not": [_is_full(max_requests, window_seconds)]}}
    change = [{"$set": {"requests": _with_one_more(window_seconds), "createdAt": "$$NOW"}}]
    shown = _shown(max_requests)
    with _in_turn(key, seconds), writing(seconds) as db:
        # Should a failover lose a request, one more is let through: not worth waiting for a majority each time.
        limits: Collection[Document] = db.get_collection("rate_limits", write_concern=WriteConcern(w=1))
        for _ in range(ATTEMPTS):
            noted = limits.find_one_and_update(
                wanted, change, projection=shown, return_document=ReturnDocument.AFTER
            )
            if noted is not None:
                return True, noted
            found = limits.find_one({"key": key}, shown)
            if found is not None and found["held"] >= max_requests:
                return False, found
            # A new key, or one with room by now. An upsert would do for a new one; but of two that race, not every
            # server tells the loser what became of its request. Here the loser finds the other's document.
            with suppress(DuplicateKeyError):
                limits.insert_one({"key": key, "requests": [], "createdAt": _clock.now()})
    raise MongoUnavailable("MongoDB could not count a request.")


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


def _is_full(max_requests: int, window_seconds: int) -> Document:
    """The `max_requests`-th newest still lies within the window; the newest stands first."""
    return {"$gt": [{"$arrayElemAt": ["$requests", max_requests - 1]}, _start(window_seconds)]}


def _with_one_more(window_seconds: int) -> Document:
    """Now, and before it what lies within the window: a check costs what is used, whatever the maximum."""
    live = {"$filter": {"input": "$requests", "cond": {"$gt": ["$$this", "$$start"]}}}
    all_live = {"$gt": [{"$arrayElemAt": ["$requests", -1]}, "$$start"]}
    kept = {"$cond": [all_live, "$requests", live]}
    return {"$concatArrays": [["$$NOW"], {"$let": {"vars": {"start": _start(window_seconds)}, "in": kept}}]}


def _start(window_seconds: int) -> Document:
    return {"$dateSubtract": {"startDate": "$$NOW", "unit": "second", "amount": window_seconds}}


def _shown(max_requests: int) -> Document:
    """`held` requests are in the window, and once the one at `leaves` is out of it there is room for another."""
    newest = {"$slice": ["$requests", max_requests]}
    return {
        "_id": 0,
        "createdAt": 1,
        "held": {"$size": "$requests"},
        "leaves": {"$arrayElemAt": [newest, -1]},
    }


def _without_mongo(key: str, max_requests: int, window_seconds: int, fail: str) -> Decision:
    if fail == "open":
        return Decision(allowed=True, remaining=max_requests, reset_seconds=0, degraded=True)
    allowed, left, wait = _local.hit(key, max_requests, window_seconds)
    return Decision(allowed, left, _whole_seconds(wait, window_seconds), degraded=True)


def _whole_seconds(wait: float, window_seconds: int) -> int:
    """Rounded up, so that who waits that long has waited long enough; the clocks may differ by a moment."""
    return min(max(math.ceil(wait), 1), window_seconds)
