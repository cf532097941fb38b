"""A circuit breaker: while MongoDB is away, answer at once instead of making every worker wait."""

import threading
import time
from collections.abc import Callable

from mongo.errors import MongoUnavailable

FAILURES_TO_OPEN = 2
OPEN_SECONDS = 5.0


class Breaker:
    """Opens after some failures in a row; then lets one caller at a time probe every `open_seconds`."""

    def __init__(
        self,
        failures: int = FAILURES_TO_OPEN,
        open_seconds: float = OPEN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = failures
        self._open_seconds = open_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._next_probe = 0.0

    @property
    def is_open(self) -> bool:
        return self._failures >= self._limit

    def check(self) -> None:
        """Raise MongoUnavailable while open; the caller that may probe passes."""
        if not self.is_open:
            return
        with self._lock:
            if self._clock() < self._next_probe:
                raise MongoUnavailable("MongoDB has not been answering; it is tried again every few seconds.")
            self._next_probe = self._clock() + self._open_seconds

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            self._next_probe = self._clock() + self._open_seconds

    def succeeded(self) -> None:
        self._failures = 0
