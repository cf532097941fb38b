"""What a list of entries asks for in words, and the addresses that ask for a little more, less or else."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from logs.asking import NOT, OWN, Asked
from logs.kinds import Log
from logs.scope import Scope

Pairs = Sequence[tuple[str, str]]
# What is left where all filters are taken away.
KEPT = ("last", "from", "to", "zone", "order", "columns")
# A chip is one line.
LONGEST_VALUE = 80


class Chip(NamedTuple):
    """A filter that is on: `removed` leads to the list without it, `flipped` to what it leaves out, "" for text."""

    label: str
    value: str
    is_not: bool
    removed: str
    flipped: str


def home(scope: Scope, asked: Asked) -> str:
    """The address of the list itself, or of that of undated entries."""
    return f"{scope.base}undated/" if asked.wanted.is_undated else scope.base


def address(base: str, pairs: Pairs) -> str:
    return f"{base}?{urlencode(pairs)}" if pairs else base


def chips(scope: Scope, asked: Asked) -> tuple[Chip, ...]:
    """A chip for each value that is asked for, and for the text."""
    return tuple(_chips(scope, asked))


def _chips(scope: Scope, asked: Asked) -> Iterator[Chip]:
    base, pairs = home(scope, asked), asked.parameters
    for pair in pairs:
        name, value = pair
        rest = [other for other in pairs if other != pair]
        if name == "q":
            yield Chip("Text", short(value), False, address(base, rest), "")
        elif name not in OWN:
            own, is_not = name.removeprefix(NOT), name.startswith(NOT)
            other = (own if is_not else f"{NOT}{own}", value)
            flipped = [other if one == pair else one for one in pairs if one != other]
            yield Chip(label_of(scope.log, own), short(value), is_not, address(base, rest), address(base, flipped))


def short(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def label_of(log: Log, name: str) -> str:
    """What a field is called; one that its writers have named is called by its path."""
    return log.labels.get(name, name)


def cleared(scope: Scope, asked: Asked) -> str:
    """The list in the same time and form, without any filter."""
    return address(home(scope, asked), [pair for pair in asked.parameters if pair[0] in KEPT])


def turned(scope: Scope, asked: Asked) -> str:
    """The list in the other order."""
    rest = hidden(asked, "order")
    return address(home(scope, asked), rest if asked.oldest_first else [*rest, ("order", "oldest")])


def toggled(scope: Scope, asked: Asked, name: str, value: str) -> str:
    """The list with a value asked for, or no longer where it was; its opposite (`-name`) ends with that."""
    opposite = name.removeprefix(NOT) if name.startswith(NOT) else f"{NOT}{name}"
    rest = [pair for pair in asked.parameters if pair not in ((name, value), (opposite, value))]
    return address(home(scope, asked), rest if (name, value) in asked.parameters else [*rest, (name, value)])


def hidden(asked: Asked, *own: str) -> Pairs:
    """What an address or a form carries along besides the parameters that are its own."""
    return [pair for pair in asked.parameters if pair[0] not in own]
