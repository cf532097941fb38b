"""What one process knows of rate limits by itself: a limiter of its own, and who was refused a moment ago."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable

MOST_KEYS = 10_000


class LocalLimiter:
    """Counts per key; of more than `most_keys` those that were asked for longest ago are forgotten."""

    def __init__(self, most_keys: int = MOST_KEYS, clock: Callable[[], float] = time.monotonic) -> None:
        self._most_keys = most_keys
        self._clock = clock
        self._lock = threading.Lock()
        self._requests: OrderedDict[str, deque[float]] = OrderedDict()

    def hit(self, key: str, max_requests: int, window_seconds: int) -> tuple[bool, int, float]:
        """Whether it is allowed, how many more are, and the seconds until one more is."""
        now = self._clock()
        with self._lock:
            requests = self._of(key)
            while requests and requests[0] <= now - window_seconds:
                requests.popleft()
            allowed = len(requests) < max_requests
            if allowed:
                requests.append(now)
            # With a lower maximum than before, more than the oldest must leave before another may come.
            leaves = requests[max(len(requests) - max_requests, 0)]
            return allowed, max(max_requests - len(requests), 0), leaves + window_seconds - now

    def give_back(self, key: str) -> None:
        """Forget the newest request of the key."""
        with self._lock:
            if requests := self._requests.get(key):
                requests.pop()

    def clear(self) -> None:
        with self._lock:
            self._requests.clear()

    def _of(self, key: str) -> deque[float]:
        requests = self._requests.setdefault(key, deque())
        self._requests.move_to_end(key)
        if len(self._requests) > self._most_keys:
            self._requests.popitem(last=False)
        return requests


class Refusals:
    """Remembers refusals for `seconds` at most, so that who insists costs MongoDB nothing."""

    def __init__(
        self, seconds: float = 1.0, most: int = MOST_KEYS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._ends: dict[str, tuple[Hashable, float, float]] = {}

    def note(self, key: str, limit: Hashable, wait: float) -> None:
        """This limit of the key has room again in `wait` seconds."""
        if len(self._ends) >= self._most:
            self._ends = {}
        now = self._clock()
        self._ends[key] = (limit, now + min(wait, self._seconds), now + wait)

    def wait(self, key: str, limit: Hashable) -> float | None:
        """Seconds for which the limit has no room yet; None where MongoDB has to be asked."""
        noted, forgotten, room = self._ends.get(key, (None, 0.0, 0.0))
        now = self._clock()
        return room - now if noted == limit and now < forgotten else None

    def drop(self, key: str) -> None:
        self._ends.pop(key, None)

    def clear(self) -> None:
        self._ends = {}
