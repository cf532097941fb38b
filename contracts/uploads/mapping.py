"""Which field of a contract a column of a table fills: guessed from its heading, then looked over by somebody."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from contracts.domain import fields
from contracts.domain.rules import REQUIRED
from contracts.files.rows import BLANK

_SEPARATORS = re.compile(r"[\W_]+")
TWICE = "Another column fills this field already. Choose a field for each, or leave one out."
NOTHING_NAMED = "Choose a column for the account id or for the contract id: without one, no row can be told apart."


def _plain(name: str) -> str:
    """A heading without case, spaces, underscores and punctuation."""
    return _SEPARATORS.sub("", name).casefold()


def _names() -> dict[str, str]:
    """What a heading may say → path: the whole path, the label, or the last name where only one field has it."""
    last = Counter(_plain(field.name) for field in fields.ALL)
    by_name = {_plain(field.name): field.path for field in fields.ALL if last[_plain(field.name)] == 1}
    by_label = {_plain(field.label): field.path for field in fields.ALL}
    return {**by_name, **by_label, **{_plain(field.path): field.path for field in fields.ALL}}


_PATHS = _names()


def names_fields(header: Sequence[str]) -> bool:
    """Whether the headings are paths of fields, each once, so that nobody need be asked."""
    return all(name in fields.BY_PATH for name in header) and len(set(header)) == len(header)


def guessed(header: Iterable[str]) -> tuple[str, ...]:
    """The path that each heading seems to mean, "" where it says nothing; each path once."""
    found: list[str] = []
    for name in header:
        path = _PATHS.get(_plain(name), "")
        found.append("" if path in found else path)
    return tuple(found)


def doubled(columns: Sequence[str]) -> list[int]:
    """The positions of columns that fill the same field as another one."""
    times = Counter(path for path in columns if path)
    return [at for at, path in enumerate(columns) if times[path] > 1]


def missing(columns: Iterable[str]) -> list[str]:
    """The labels of fields that a new contract needs, has no default for, and no column fills."""
    filled = set(columns)
    needed = (path for path in REQUIRED if BLANK.at(path) in (None, ""))
    return [fields.label_of(path) for path in needed if path not in filled]


def names_contracts(columns: Iterable[str]) -> bool:
    """Whether a row says which contract it is about."""
    return any(field.path in columns for field in fields.IDENTITY)
