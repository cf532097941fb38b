"""One transaction as its page shows it: its entries in the order of time, and in what they differ."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from bson.datetime_ms import DatetimeMS

from logs import ids
from logs.analytics import Latest
from logs.asking import Asked
from logs.scope import Scope
from logs.shown.cells import MONEY, NOTHING, Cell, cell_of, column_of
from logs.shown.filters import address
from logs.shown.leaf import one_line
from logs.shown.rows import entry_url
from logs.shown.words import duration_text
from mongo.client import Document

ID, ACCOUNT = "transactionId", "userId"
FIELDS = ("timestamp", "status", "type", "amount", "currency", ACCOUNT)
# What is the same in all entries of a transaction, as a rule.
ALIKE = ((ACCOUNT, "accounts"), ("type", "types"), ("currency", "currencies"), ("amount", "amounts"))
MOST_VALUES = 5
LONGEST_TITLE = 80
ICONS = {"bad": "circle-x", "ok": "circle-check", "info": "clock"}


class Entry(NamedTuple):
    """An entry as a step of its transaction. `url` is "" where its id fits into no address.

    `since` tells how long after the entry before it, "" for the first.
    """

    url: str
    cells: dict[str, Cell]
    since: str

    @property
    def tone(self) -> str:
        return self.cells["status"].tone or "muted"

    @property
    def icon(self) -> str:
        return ICONS.get(self.tone, "circle-dot")


class Difference(NamedTuple):
    """A field in which entries differ: how many values there are, and some of them."""

    field: str
    what: str
    number: int
    values: tuple[str, ...]


class TransactionShown:
    """All entries of one id: `dated` in the order of time, `undated` after them."""

    def __init__(self, scope: Scope, asked: Asked, found: Latest, undated: Latest, *, now: datetime) -> None:
        self.scope, self.asked, self.now = scope, asked, now
        self.id = asked.wanted.fields[ID][0]
        self.title = one_line(self.id, LONGEST_TITLE) or "(blank)"
        self.zone_words = asked.zone.key.replace("_", " ")
        documents = list(reversed(found.documents))
        self.dated = self._entries(documents)
        self.undated = [self._entry(document, "") for document in undated.documents]
        self.is_cut, self.is_undated_cut = found.is_cut, undated.is_cut
        self.took = _span(documents[0], documents[-1]) if len(documents) > 1 and not self.is_cut else ""

    @property
    def entries(self) -> list[Entry]:
        return [*self.dated, *self.undated]

    @property
    def latest(self) -> Entry:
        return self.dated[-1] if self.dated else self.undated[0]

    @property
    def first(self) -> Entry | None:
        return self.dated[0] if len(self.dated) > 1 and not self.is_cut else None

    @property
    def listed(self) -> str:
        return address(self.scope.base, self.asked.parameters)

    @property
    def undated_listed(self) -> str:
        return address(f"{self.scope.base}undated/", [(ID, self.id)])

    @property
    def found_as_text(self) -> str:
        """The list of entries that hold the id somewhere else."""
        return address(self.scope.base, [("last", "all"), ("q", self.id)])

    @property
    def account(self) -> tuple[str, str] | None:
        """The list of the latest entry's account, and its analytics."""
        asked = self.latest.cells[ACCOUNT].asked
        if asked is None:
            return None
        return address(self.scope.base, [("last", "all"), asked]), address(f"{self.scope.base}analytics/", [asked])

    @property
    def differences(self) -> list[Difference]:
        return [found for field, what in ALIKE if (found := self._difference(field, what)).number > 1]

    def _difference(self, field: str, what: str) -> Difference:
        found = {_key(one.cells[field]): _words(one.cells[field]) for one in self.entries}
        return Difference(field, what, len(found), tuple(found.values())[:MOST_VALUES])

    def _entries(self, documents: Sequence[Document]) -> list[Entry]:
        since = ["", *(_span(one, other) for one, other in pairwise(documents))]
        return [self._entry(document, words) for document, words in zip(documents, since, strict=False)]

    def _entry(self, document: Document, since: str) -> Entry:
        own, log = ids.written(document["_id"]), self.scope.log
        cells = {name: cell_of(column_of(log, name), document, log, self.asked.zone, self.now) for name in FIELDS}
        return Entry(entry_url(self.scope, self.asked, own) if own else "", cells, since)


def _span(first: Document, last: Document) -> str:
    start, end = (_ms(document["timestamp"]) for document in (first, last))
    return duration_text(end - start)


def _ms(moment: Any) -> int:
    return int(DatetimeMS(moment) if isinstance(moment, datetime) else moment)


def _key(cell: Cell) -> object:
    """What equal values have in common: 10 and 10.00 are one amount."""
    return cell.value if cell.kind == MONEY else (cell.kind, cell.text)


def _words(cell: Cell) -> str:
    return cell.text if cell.kind != NOTHING else "none"
