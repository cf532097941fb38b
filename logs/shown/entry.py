"""One entry as its page shows it: what it is in words, the fields of its log, and all that it holds as trees."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from bson.datetime_ms import DatetimeMS

from logs import ids
from logs.asking import NOT, Asked, can_be_asked, can_be_value
from logs.kinds import COMMON
from logs.scope import Scope
from logs.shown.cells import MISSING, NOTHING, STATUS, Cell, at, cell_of, column_of
from logs.shown.leaf import Leaf, leaf_of, one_line
from logs.shown.raw import raw_json
from logs.shown.rows import entry_url
from logs.shown.tree import Line, Links, Tree, holds_others, inside, kind_of
from logs.shown.words import LONGEST, moment_text, plain
from mongo.client import Document

LONGEST_TITLE, LONGEST_WORD = 160, 60
# What those look at who look after the writers: it stands at the end, folded.
BOOKKEEPING = frozenset({"createdAt", "entryId", "_id", "userAgent", "auditLogId"})
# A longer entry is taken away as a file: what a button copies stands in the page.
MOST_COPIED = 200_000

# Log → fields by whose value one goes on to other entries, and what these are.
RELATED = {
    "transactions": (("userId", "Everything of this account"),),
    "agents": (("runId", "All of this run"), ("agentId", "Everything this agent did")),
    "audit": (
        ("entity.id", "All that was done to this"),
        ("userId", "All that this person did"),
        ("requestId", "All of this request"),
        ("ipAddress", "All from this address"),
    ),
}
OF_TRANSACTION, OF_ACCOUNT = "All entries of this transaction", "Everything of this account"


@dataclass(frozen=True, slots=True)
class Fact:
    """A field of the log: a short value as a cell, a longer one as a leaf; what copies it, and where it leads."""

    label: str
    cell: Cell | None
    leaf: Leaf | None
    copied: str
    links: Links | None


@dataclass(frozen=True, slots=True)
class Part:
    """A field that holds others, as a tree, or a longer text (`leaf`)."""

    name: str
    label: str
    kind: str
    size: int
    lines: tuple[Line, ...] = ()
    leaf: Leaf | None = None

    @property
    def is_folded(self) -> bool:
        """Whether some of its lines have to be unfolded to be seen."""
        return any(line.step in ("open", "rest") and not line.is_open for line in self.lines)


class Moment(NamedTuple):
    """When an entry happened, on the clock of the zone and in UTC; without a usable date `odd` tells why."""

    at: datetime | None
    local: str
    utc: str
    zone: str
    odd: str


@dataclass(frozen=True)
class EntryShown:
    """An entry for its page and its panel."""

    document: Document
    scope: Scope
    asked: Asked
    now: datetime

    @cached_property
    def id(self) -> str:
        return ids.written(self.document["_id"]) or ""

    @property
    def here(self) -> Asked:
        """What is asked for, with this entry open."""
        return replace(self.asked, entry=self.id)

    @property
    def url(self) -> str:
        return f"{self.scope.base}{self.id}/"

    @property
    def page_url(self) -> str:
        """The page that knows what the list was asked for."""
        return entry_url(self.scope, self.asked, self.id)

    @cached_property
    def title(self) -> str:
        """What it is in words, as far as it tells, without its status; else its id."""
        words = _TITLES[self.scope.log.name](self.document)
        return one_line(words or f"Entry {self.id}", LONGEST_TITLE)

    @cached_property
    def state(self) -> Cell | None:
        """The status, where it is one, or what else tells of a failure."""
        cell = self._cell(self.scope.log.alarming[0])
        return cell if cell.kind == STATUS else None

    @cached_property
    def moment(self) -> Moment:
        value, zone = self.document.get("timestamp"), str(self.asked.zone)
        if isinstance(value, datetime):
            return Moment(value, moment_text(value, self.asked.zone), moment_text(value), zone, "")
        return Moment(
            None, "", "", zone, leaf_of(value).text if isinstance(value, DatetimeMS) else "no usable date"
        )

    @cached_property
    def facts(self) -> list[Fact]:
        """The fields that hold one value, in the order of the log's own list of them."""
        return [self._fact(*one) for one in self._single() if one[0] not in BOOKKEEPING]

    @cached_property
    def more_facts(self) -> list[Fact]:
        """Those among them that hardly anybody reads."""
        return [self._fact(*one) for one in self._single() if one[0] in BOOKKEEPING]

    @cached_property
    def reason(self) -> Part | None:
        """Why it failed, where it has: what is read first of it."""
        has_failed = self.state is not None and self.state.tone == "bad"
        return next((part for part in self._all_parts if has_failed and part.name == "error"), None)

    @cached_property
    def parts(self) -> list[Part]:
        """The other fields that hold others, then those that the log does not know."""
        return [part for part in self._all_parts if part is not self.reason]

    @cached_property
    def _all_parts(self) -> list[Part]:
        tree = Tree(self.scope.log, self.asked)
        known = [one for one in self._own() if self._is_part(*one)]
        # Why it failed comes before what was asked.
        known.sort(key=lambda one: one[0] != "error")
        return [self._part(tree, name, value) for name, value in (*known, *self._unknown())]

    @cached_property
    def json(self) -> str:
        """All of it as JSON, "" where that is more than a page should hold."""
        text = raw_json(self.document)
        return text if len(text) <= MOST_COPIED else ""

    @cached_property
    def related(self) -> list[tuple[str, str]]:
        """Addresses of other entries that have something in common with it, and what these are."""
        return [(url, label) for url, label in self._related() if url]

    def _own(self) -> Iterator[tuple[str, Any]]:
        """The fields that the log knows and the entry has, those of things one by one."""
        labels = self.scope.log.labels
        for name in [*(name for name in labels if name not in COMMON), *COMMON]:
            value = at(self.document, name.split(".")) if "." in name else self.document.get(name, MISSING)
            is_split = name == "entity" and isinstance(value, Mapping) and value.keys() <= {"type", "id"}
            if value is not MISSING and not is_split and not ("." in name and self._is_whole(name)):
                yield name, value

    def _single(self) -> Iterator[tuple[str, Any]]:
        for name, value in self._own():
            # The time heads the page, unless it is none.
            if not self._is_part(name, value) and (name != "timestamp" or self.moment.at is None):
                yield name, value

    def _is_whole(self, name: str) -> bool:
        """Whether the thing that a dotted name lies in is shown as a whole."""
        thing = self.document.get(name.partition(".")[0])
        return not isinstance(thing, Mapping) or not thing.keys() <= {"type", "id"}

    def _unknown(self) -> Iterator[tuple[str, Any]]:
        others = {name: value for name, value in self.document.items() if name not in self.scope.log.labels}
        if others:
            yield "", others

    def _is_part(self, name: str, value: Any) -> bool:
        return holds_others(value) or (name in self.scope.log.open and isinstance(value, str))

    def _fact(self, name: str, value: Any) -> Fact:
        is_long = isinstance(value, str) and len(value) > LONGEST
        leaf, cell = leaf_of(value), self._cell(name)
        # There is nothing to copy of what is not there.
        copied = "" if cell.kind == NOTHING else leaf.whole or ""
        shown = {"cell": None, "leaf": leaf} if is_long else {"cell": cell, "leaf": None}
        return Fact(self.scope.log.labels[name], copied=copied, links=self._links(cell), **shown)

    def _links(self, cell: Cell) -> Links | None:
        if cell.asked is None:
            return None
        name, text = cell.asked
        query = self.asked.query_with
        return Links(query((name, text), without=(name, NOT + name)), query((NOT + name, text), without=(name,)))

    def _part(self, tree: Tree, name: str, value: Any) -> Part:
        label = self.scope.log.labels[name] if name else "Other fields"
        if not holds_others(value):
            return Part(name, label, "text", len(value), leaf=leaf_of(value))
        # What the log does not know cannot be asked for.
        lines = tuple(tree.lines(value, name or None))
        return Part(name, label, kind_of(value), len(inside(value)), lines)

    def _cell(self, name: str) -> Cell:
        column = column_of(self.scope.log, name)
        return cell_of(column, self.document, self.scope.log, self.asked.zone, self.now)

    def _related(self) -> Iterator[tuple[str, str]]:
        log, base = self.scope.log, self.scope.base
        own = self.document.get("transactionId")
        if log.name == "transactions" and self.scope.is_whole and isinstance(own, str) and can_be_value(own):
            yield f"{base}of/?{urlencode({'transactionId': own})}", OF_TRANSACTION
        for name, label in RELATED[log.name]:
            # Below a contract, everything is of its account.
            if self.scope.is_whole or name not in log.of_account:
                yield self._all_with(name), label
        if log.name == "agents" and self.scope.is_whole:
            yield next(filter(None, map(self._all_with, log.of_account)), ""), OF_ACCOUNT

    def _all_with(self, name: str) -> str:
        """The list of all entries that have the same text in a field; "" where it has none."""
        cell = self._cell(name)
        if cell.asked is None or not can_be_asked(self.scope.log, name):
            return ""
        return f"{self.scope.base}?{urlencode({name: cell.asked[1], 'last': 'all'})}"


def _text(document: Document, *names: str) -> str:
    """The first of the fields that is a text, in one line."""
    found = (document.get(name) for name in names)
    return next((one_line(value, LONGEST_WORD) for value in found if isinstance(value, str) and value.strip()), "")


def _words(name: str) -> str:
    """`crypto_order` → `crypto order`."""
    return name.replace("_", " ").replace(".", " ").replace("-", " ")


def _transaction(document: Document) -> str:
    kind = _words(_text(document, "type")).capitalize()
    amount, currency = document.get("amount"), _text(document, "currency")
    if figures := _figures(amount):
        return f"{kind or 'Transaction'} of {figures} {currency}".rstrip()
    return kind or _text(document, "transactionId")


def _figures(amount: Any) -> str:
    if isinstance(amount, bool) or not isinstance(amount, int | float | Decimal):
        return ""
    if isinstance(amount, Decimal) and amount.is_finite() and abs(amount.adjusted()) < 20:
        return f"{amount:,f}"
    return plain(amount)


def _agent_run(document: Document) -> str:
    agent, action = _text(document, "agentName", "agentId"), _words(_text(document, "action"))
    return f"{agent}: {action}" if agent and action else agent or action


def _audit(document: Document) -> str:
    action, who = _words(_text(document, "action")).capitalize(), _text(document, "userId")
    return f"{action} by {who}" if action and who else action


_TITLES = {"transactions": _transaction, "agents": _agent_run, "audit": _audit}
