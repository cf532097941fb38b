"""Entries on their way to MongoDB, as many as there is room for, and what became of all the others."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

CAPACITY = 10_000
# Agents may log whole conversations, of which so many would not fit into a small machine.
CAPACITY_BYTES = 64 * 2**20
BATCH_SIZE = 500
BATCH_BYTES = 8 * 2**20


class Entry(NamedTuple):
    """A document as BSON, with its `_id`, and the collection that it belongs to.

    `about` are the fields that are looked at before it is stored, since reading them out of BSON takes longer than
    all the rest.
    """

    collection: str
    document: bytes
    about: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Counters:
    """What became of a process's entries: at every moment accepted = stored + queued + dropped + rejected.

    A batch under way counts as queued. Dropped are those that gave way to newer ones or came while logging was
    off; rejected are those that can be no entry, or that MongoDB refused for good.
    """

    accepted: int = 0
    stored: int = 0
    queued: int = 0
    dropped: int = 0
    rejected: int = 0


class Buffer:
    """A bounded queue of which one batch at a time is under way. Who uses it from several threads locks it."""

    def __init__(self, capacity: int = CAPACITY, capacity_bytes: int = CAPACITY_BYTES) -> None:
        self._capacity = capacity
        self._capacity_bytes = capacity_bytes
        self._waiting: deque[Entry] = deque()
        self._waiting_bytes = 0
        self._under_way: list[Entry] = []
        self._accepted = self._stored = self._dropped = self._rejected = 0

    @property
    def counters(self) -> Counters:
        return Counters(
            accepted=self._accepted,
            stored=self._stored,
            queued=len(self._waiting) + len(self._under_way),
            dropped=self._dropped,
            rejected=self._rejected,
        )

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def fills_a_batch(self) -> bool:
        return len(self._waiting) >= BATCH_SIZE or self._waiting_bytes >= BATCH_BYTES

    def add(self, entry: Entry) -> bool:
        """Queue an entry; tells whether older ones gave way to it."""
        self._accepted += 1
        self._waiting.append(entry)
        self._waiting_bytes += len(entry.document)
        return self._make_room()

    def reject(self) -> None:
        self._accepted += 1
        self._rejected += 1

    def discard(self) -> None:
        self._accepted += 1
        self._dropped += 1

    def take(self) -> list[Entry]:
        """The oldest entries, from now on under way."""
        size = 0
        while self._waiting and len(self._under_way) < BATCH_SIZE and size < BATCH_BYTES:
            self._under_way.append(self._waiting.popleft())
            size += len(self._under_way[-1].document)
        self._waiting_bytes -= size
        return self._under_way

    def settle(self, rejected: int) -> None:
        """What was under way is stored now, but for so many."""
        self._stored += len(self._under_way) - rejected
        self._rejected += rejected
        self._under_way = []

    def put_back(self) -> None:
        """What was under way waits again, before all others."""
        self._waiting.extendleft(reversed(self._under_way))
        self._waiting_bytes += sum(len(entry.document) for entry in self._under_way)
        self._under_way = []
        self._make_room()

    def _make_room(self) -> bool:
        before = self._dropped
        while self._waiting and self._overflows():
            self._waiting_bytes -= len(self._waiting.popleft().document)
            self._dropped += 1
        return self._dropped > before

    def _overflows(self) -> bool:
        count = len(self._waiting) + len(self._under_way)
        return count > self._capacity or self._waiting_bytes > self._capacity_bytes
