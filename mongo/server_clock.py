"""The server's time, as one process knows it from what the server said last."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

# Two clocks drift apart by a few milliseconds within this time.
KNOWN_SECONDS = 30.0
# The server tells whole milliseconds, rounded down.
_ROUNDED = 0.001


class ServerClock:
    """Off by no more than an answer of the server was on its way, whatever time the host believes it is.

    `clock` gives seconds since whenever, and never jumps.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ahead = 0.0
        self._ends: float | None = None

    @property
    def is_known(self) -> bool:
        """Whether the server told its time not long ago."""
        return self._ends is not None and self._clock() < self._ends

    def asks(self) -> float:
        """What to give to `told` with the answer to what is asked now."""
        return self._clock()

    def told(self, moment: datetime, asked: float) -> None:
        """The server said a time that was right at some point between `asked` and now."""
        now, said = self._clock(), moment.timestamp()
        least, most = said - now, said + _ROUNDED - asked
        # An answer that took long says little, so it only corrects what it proves wrong.
        self._ahead = min(max(self._ahead, least), most) if self.is_known else (least + most) / 2
        self._ends = now + KNOWN_SECONDS

    def now(self) -> datetime:
        """The server's time, once it is known."""
        return datetime.fromtimestamp(self._clock() + self._ahead, UTC)
