"""One contract of a file, as it was read: what the file says of it, and what of that cannot be understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.documents import from_document
from contracts.domain import fields
from contracts.domain.errors import Problem
from contracts.domain.model import Contract, Oddity

BLANK = Contract()
# How a kind of value is written, for those who wrote another.
_EXAMPLES = {
    "a date": ", such as 2026-02-28",
    "a number": ", such as 12.5",
    "a decimal number": ", such as 1234.50",
    "a whole number": ", such as 30",
}
_NOTHING: tuple[Any, ...] = (None, "", (), False, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`line` is where it starts, from 1; `given` are the paths the file speaks of, the others are left as they are.

    `ignored` names what the file holds and a contract does not. After the last row nothing more can be read.
    """

    line: int
    contract: Contract = BLANK
    given: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    ignored: tuple[str, ...] = ()
    is_last: bool = False


def row_of(
    line: int, values: Mapping[str, Any], *, problems: tuple[Problem, ...] = (), ignored: tuple[str, ...] = ()
) -> Row:
    """The row of some values by path, each of any kind that its field can be read from."""
    contract = from_document(nested(values))
    unread = (Problem(oddity.path, _unread(oddity)) for oddity in contract.oddities if not oddity.is_understood)
    # A field that has a default would take it in silence; nobody empties a currency to mean USD.
    emptied = (
        Problem(path, f"Give the {fields.label_of(path).lower()}, or leave the field out.")
        for path, value in values.items()
        if value is None and BLANK.at(path) not in _NOTHING
    )
    return Row(
        line=line,
        contract=contract,
        given=frozenset(values),
        problems=(*problems, *unread, *emptied),
        ignored=ignored,
    )


def _unread(oddity: Oddity) -> str:
    return f"{oddity.found} stands here, where {oddity.expected} belongs{_EXAMPLES.get(oddity.expected, '')}."


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by dotted path as a document with its groups."""
    document: dict[str, Any] = {}
    for path, value in values.items():
        group, _, name = path.rpartition(".")
        (document.setdefault(group, {}) if group else document)[name] = value
    return document
