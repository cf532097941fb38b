"""Rows of an SQL table brought into the audit trail, each once, however often that is done."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from logs import importing
from logs.fields import KINDS
from logs.files import Entry, Problem
from logs.importing import EXPIRED, KNOWN, NEW, REFUSED
from logs.rows import read
from logs.services import record_audit
from logs.sql.database import SqlUnusable
from logs.sql.source import Row, Source, size_of
from mongo.client import Document
from users.actor import CONSOLE

AUDIT = KINDS["audit"]
ACTION = "audit.migrated"
READ, EARLIER, ODD = "read", "before --since", "odd"
SHOWN = {NEW: "migrated", KNOWN: "already there", EXPIRED: "too old", EARLIER: EARLIER, REFUSED: "failed"}
# What each count is called in the audit trail.
RECORDED = {
    READ: "read",
    NEW: "migrated",
    KNOWN: "alreadyThere",
    EXPIRED: "tooOld",
    EARLIER: "beforeSince",
    REFUSED: "failed",
    ODD: "odd",
}
SHARED = Problem("", "A row before it has the same id, and only that one counts.")
LONGEST_ID = 100


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be said of the row with an id, or of rows without one: what of it is odd, or why it failed."""

    id: Any
    problem: Problem

    def __str__(self) -> str:
        name = "" if self.id is None else f"id {_shown(self.id)}"
        parts = (name, self.problem.field, self.problem.message)
        return ": ".join(part for part in parts if part)


class Migration:
    """One run over a table. While it goes on, `counts` tells what became of rows, and `last` up to which id.

    `odd` counts odd values among those migrated, by field. Rows before `since` are left out where they tell their
    time. A dry run tells the same and writes nothing.
    """

    def __init__(self, *, now: datetime, since: datetime | None, batch: int, dry_run: bool) -> None:
        self.counts: Counter[str] = Counter()
        self.odd: Counter[str] = Counter()
        self.last: Any = None
        self._now, self._since, self._batch, self._is_dry = now, since, batch, dry_run
        self._waiting: deque[tuple[Any, tuple[Problem, ...]]] = deque()

    def run(self, rows: Iterable[Row], source: Source) -> Iterator[Told]:
        """Bring in the rows of a table in the order of their ids, and have the audit trail tell of it.

        Raises SqlUnusable and MongoError. Rows up to `last` are done then, and any part of the batch after them,
        which does no harm to another run.
        """
        try:
            yield from self._nameless(source.nameless)
            yield from self._bring(rows)
        except SqlUnusable:
            if self.counts[NEW]:
                self._record(source.table, is_complete=False)
            raise
        self._record(source.table, is_complete=True)

    @property
    def so_far(self) -> str:
        """What is done where a run has ended early, and how to go on."""
        if self.last is None:
            return "Nothing is known to have been migrated; another run stores nothing twice."
        # Those before --since may have been read ahead of it.
        done = sum(self.counts[name] for name in SHOWN if name != EARLIER)
        return (
            f"The {done:,} rows up to id {_shown(self.last)} are done. "
            "Run the same again to go on: what is there already is passed over."
        )

    @property
    def summary(self) -> list[str]:
        """What became of all rows."""
        shown = [f"{self.counts[name]:,} {word}" for name, word in SHOWN.items()]
        lines = [f"{self.counts[READ]:,} rows read: {', '.join(shown)}"]
        if self.counts[ODD]:
            fields = ", ".join(f"{field} {count:,}" for field, count in self.odd.most_common())
            lines.append(f"{self.counts[ODD]:,} of those migrated are odd: {fields}.")
        if self.counts[EXPIRED]:
            lines.append(f"The audit trail keeps entries for {settings.AUDIT_RETENTION_DAYS} days.")
        if self._is_dry:
            lines.append("This was a dry run: nothing was written.")
        return lines

    def _nameless(self, count: int) -> Iterator[Told]:
        """Rows without an id would come twice with a second run."""
        self.counts.update({READ: count, REFUSED: count})
        if count:
            yield Told(None, Problem("", f"Rows without an id cannot be told apart: {count:,}."))

    def _bring(self, rows: Iterable[Row]) -> Iterator[Told]:
        entries = self._entries(rows)
        told = importing.run(entries, AUDIT, now=self._now, dry_run=self._is_dry, batch_size=self._batch)
        for imported in told:
            self.last, oddities = self._waiting.popleft()
            self.counts[imported.outcome] += 1
            if imported.outcome == NEW and oddities:
                self.counts[ODD] += 1
                self.odd.update(problem.field for problem in oddities)
                yield from (Told(self.last, problem) for problem in oddities)
            yield from (Told(self.last, problem) for problem in imported.problems)

    def _entries(self, rows: Iterable[Row]) -> Iterator[Entry]:
        previous: Any = None
        for line, row in enumerate(rows, 1):
            self.counts[READ] += 1
            found = read(row, line=line, size=size_of(tuple(row.values())), now=self._now)
            if found.at and self._since and found.at < self._since:
                self.counts[EARLIER] += 1
            else:
                self._waiting.append((row["id"], found.oddities))
                yield replace(found.entry, problems=(SHARED,)) if row["id"] == previous else found.entry
            previous = row["id"]

    def _record(self, table: str, *, is_complete: bool) -> None:
        if self._is_dry:
            return
        details: Document = {name: self.counts[count] for count, name in RECORDED.items()}
        details["complete"] = is_complete
        if self._since:
            details["since"] = self._since
        record_audit(actor=CONSOLE, action=ACTION, entity=("table", table), details=details, now=datetime.now(UTC))


def _shown(value: Any) -> str:
    """An id on one line of a terminal, whatever it holds."""
    text = str(value) if isinstance(value, str | int) and str(value).isprintable() else repr(value)
    return text if len(text) <= LONGEST_ID else f"{text[:LONGEST_ID]}…"
