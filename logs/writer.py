"""Stores log entries in the background: callers never wait for MongoDB, and every entry is accounted for."""

import logging
import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from logs.buffer import BATCH_SIZE, Buffer, Counters, Entry
from mongo.errors import MongoError

INTERVAL_SECONDS = 1.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
REPORT_SECONDS = 60.0
# Fits into gunicorn's grace after the longest request.
CLOSE_SECONDS = 5.0
FULL = "The buffer is full, so the oldest entries give way."

# Stores a batch and tells why some of it was refused for good; raises where another try may help.
Store = Callable[[Sequence[Entry]], Sequence[str]]

log = logging.getLogger("counterpart.logs")


class BufferedWriter:
    """A buffer and one thread that stores what is in it; the thread starts at the first entry.

    The first entry after a while is stored at once, those that follow in batches. A batch that cannot be stored is
    tried again with the same ids. A forked child begins anew, since its parent stores what it has queued.
    """

    def __init__(
        self, store: Store, *, interval: float = INTERVAL_SECONDS, buffer: Callable[[], Buffer] = Buffer
    ) -> None:
        self._store = store
        self._interval = interval
        self._new_buffer = buffer
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        self._changed = threading.Condition()
        self._buffer = self._new_buffer()
        self._thread: threading.Thread | None = None
        # When the next batch is due, and until when the thread goes on once it is closing.
        self._due = 0.0
        self._deadline: float | None = None
        # How long to wait after the next failure; none as long as there was none.
        self._pauses: Iterator[float] | None = None
        self._problem = ""
        self._report_due = 0.0

    @property
    def counters(self) -> Counters:
        with self._changed:
            return self._buffer.counters

    def accept(self, entry: Entry) -> None:
        """Queue an entry, without waiting for anything. In a full buffer the oldest give way."""
        with self._changed:
            if self._buffer.add(entry):
                self._tell(FULL)
            if self._buffer.waiting in {1, BATCH_SIZE}:
                self._changed.notify_all()
            self._ensure_thread()

    def reject(self, problem: str) -> None:
        """Count what can be no entry; once in a while the latest problem goes into the process's log."""
        with self._changed:
            self._buffer.reject()
            self._tell(problem)
            self._ensure_thread()

    def discard(self) -> None:
        """Count an entry that nobody wants."""
        with self._changed:
            self._buffer.discard()

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Store what is queued and end the thread, within the time; what is left stays counted as queued."""
        with self._changed:
            if self._thread is None and self._buffer.waiting:
                self._ensure_thread()
            thread = self._thread
            self._deadline, self._pauses = time.monotonic() + seconds, None
            self._changed.notify_all()
        if thread is not None:
            thread.join(seconds)
        if left := self.counters.queued:
            log.warning("%s log entries could not be stored before the end.", left)

    def _ensure_thread(self) -> None:
        if self._thread is not None:
            return
        self._deadline = None
        thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            # There can be no more threads at present; the next entry asks again.
            self._tell(str(error))
        else:
            self._thread = thread

    def _run(self) -> None:
        while (batch := self._next()) is not None:
            if batch:
                self._try(batch)
            if self._problem:
                self._report()

    def _next(self) -> Sequence[Entry] | None:
        """Wait for a batch, or with an empty one for a problem to report; None is the end."""
        with self._changed:
            while not self._is_over(now := time.monotonic()):
                if self._is_ready(now):
                    self._due = now + self._interval
                    return self._buffer.take()
                if self._problem and now >= self._report_due:
                    return []
                self._changed.wait(self._patience(now))
            self._thread = None
            return None

    def _is_over(self, now: float) -> bool:
        if self._deadline is None:
            return False
        next_try = self._due if self._pauses else now
        return not self._buffer.waiting or max(now, next_try) >= self._deadline

    def _is_ready(self, now: float) -> bool:
        if not self._buffer.waiting:
            return False
        is_wanted_sooner = self._buffer.fills_a_batch or self._deadline is not None
        return now >= self._due or (is_wanted_sooner and not self._pauses)

    def _patience(self, now: float) -> float | None:
        moments = [self._due] if self._buffer.waiting else []
        if self._problem:
            moments.append(self._report_due)
        return max(min(moments) - now, 0) if moments else None

    def _try(self, batch: Sequence[Entry]) -> None:
        try:
            refusals = self._store(batch)
        except MongoError as error:
            self._put_back(str(error))
        except Exception as error:
            # Without this thread nothing would be stored any more, whatever went wrong.
            log.exception("Log entries could not be stored.")
            self._put_back(type(error).__name__)
        else:
            self._settle(refusals)

    def _put_back(self, problem: str) -> None:
        with self._changed:
            self._buffer.put_back()
            self._pauses = self._pauses or pauses()
            self._due = time.monotonic() + next(self._pauses)
            self._tell(problem)

    def _settle(self, refusals: Sequence[str]) -> None:
        with self._changed:
            self._buffer.settle(len(refusals))
            self._pauses = None
            if refusals:
                self._tell(refusals[-1])

    def _tell(self, problem: str) -> None:
        if not self._problem:
            self._changed.notify_all()
        self._problem = problem

    def _report(self) -> None:
        with self._changed:
            problem, now = self._problem, time.monotonic()
            if now < self._report_due:
                return
            self._problem, self._report_due = "", now + REPORT_SECONDS
        log.warning("Not all log entries are stored. %s %s", problem, self.counters)


def pauses() -> Iterator[float]:
    """Seconds to wait after one failure after another: twice as long up to half a minute, less a little chance."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        yield pause * random.uniform(0.8, 1)  # noqa: S311
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
