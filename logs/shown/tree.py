"""What an entry holds as lines of a tree, in the order in which they stand, whatever its shape."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal

from bson import Code, DBRef

from logs.asking import NOT, Asked, can_be_asked
from logs.kinds import Log
from logs.shown.leaf import Leaf, leaf_of, one_line
from logs.shown.words import asked_as

# Nobody reads more, and a page of more would be slow; the whole entry is there as a file.
MOST_LEVELS, MOST_LINES = 60, 1_000
# What is unfolded from the beginning: so many levels, none of more lines than this, and all together of no more.
OPEN_LEVELS, OPEN_SIZE, OPEN_LINES = 3, 40, 60
# A list of no more than these numbers stands on one line.
MOST_ON_A_LINE = 10
LONGEST_NAME = 120
# What is told of one that is folded: the first names in it.
MOST_NAMES, LONGEST_IN_PREVIEW = 5, 24
FIGURES = {"number", "double", "flag", "null"}
OUTSIDE = -1
EMPTY_LIST, EMPTY_OBJECT = Leaf("list", "[]", "", 0, None), Leaf("object", "{}", "", 0, None)


@dataclass(frozen=True, slots=True)
class Links:
    """Query strings of the list that lead to the entries with a value, and to those without it."""

    only: str
    none: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A value that holds no others (`leaf`), the begin and the end of one that does, or what had to be left out.

    `kind` names what holds others: an object, a list; `size` tells of how many, `preview` of the first ones. The
    `rest` of very many, which is folded, ends like one that holds others.
    """

    step: Literal["leaf", "open", "close", "cut", "rest"]
    name: str = ""
    kind: str = ""
    size: int = 0
    preview: str = ""
    is_open: bool = False
    leaf: Leaf | None = None
    links: Links | None = None


@dataclass(frozen=True, slots=True)
class _Level:
    """One that holds others, while its lines are made; `path` is None where nobody can ask for what it holds."""

    items: Iterator[tuple[str, Any]]
    path: str | None
    is_list: bool


class Tree:
    """Makes the lines of an entry; all parts of the entry together have no more than MOST_LINES."""

    def __init__(self, log: Log, asked: Asked) -> None:
        self.log, self.asked, self.left = log, asked, MOST_LINES

    def lines(self, value: Any, path: str | None = None) -> list[Line]:
        """The lines of what a field holds; without a path none of them leads anywhere.

        Nothing here goes deeper by calling itself: there may be 200 levels.
        """
        made: list[Line] = []
        levels = [self._level(value, path)]
        while levels:
            name, item = next(levels[-1].items, (None, None))
            if name is None:
                levels.pop()
                made += [Line(step="close")] if levels else []
            elif self.left <= 0 or (holds_others(item) and len(levels) >= MOST_LEVELS):
                made.append(Line(step="cut", name=name))
                levels[-1] = _Level(iter(()), None, is_list=False)
            else:
                self.left -= 1
                self._add(made, levels, name, item)
        return _unfolded(made)

    def _add(self, made: list[Line], levels: list[_Level], name: str, item: Any) -> None:
        own = self._below(levels[-1], name, item)
        shown = one_line(name, LONGEST_NAME) or "(no name)"
        if not holds_others(item):
            links = self.links(own, item) if own else None
            made.append(Line(step="leaf", name=shown, leaf=leaf_of(item), links=links))
            return
        size = len(inside(item))
        if not size:
            made.append(Line(step="leaf", name=shown, leaf=EMPTY_LIST if isinstance(item, list) else EMPTY_OBJECT))
        elif isinstance(item, list) and (leaf := _on_a_line(item)):
            made.append(Line(step="leaf", name=shown, leaf=leaf))
        else:
            made.append(Line(step="open", name=shown, kind=kind_of(item), size=size, preview=_preview(item)))
            levels.append(self._level(item, own))

    @staticmethod
    def _level(value: Any, path: str | None) -> _Level:
        found = inside(value)
        if isinstance(found, Mapping):
            return _Level(((str(name), item) for name, item in found.items()), path, is_list=False)
        return _Level(((str(position), item) for position, item in enumerate(found)), path, is_list=True)

    @staticmethod
    def _below(level: _Level, name: str, item: Any) -> str | None:
        """The path by which a list is asked for an item: those of lists have the list's own."""
        if level.path is None:
            return None
        if level.is_list:
            return None if isinstance(item, list) else level.path
        # A dot in a name is taken for one between two names.
        return f"{level.path}.{name}" if name and "." not in name else None

    def links(self, path: str, value: Any) -> Links | None:
        """Where a value leads to; None for what nobody can ask for."""
        text = asked_as(value, is_text=path in self.log.filters)
        if text is None or not can_be_asked(self.log, path):
            return None
        query = self.asked.query_with
        return Links(
            only=query((path, text), without=(path, NOT + path)),
            none=query((NOT + path, text), without=(path,)),
        )


def _unfolded(lines: list[Line]) -> list[Line]:
    """The lines with the outer ones open, level by level, and the rest folded once there are enough."""
    places = sorted(_places(lines))
    outer = [at for level, at, _ in places if level == 1]
    left, opened = OPEN_LINES - len(outer), {OUTSIDE}
    for level, at, above in places:
        line = lines[at]
        is_fit = level <= OPEN_LEVELS and above in opened and line.size <= min(OPEN_SIZE, left)
        if line.step == "open" and is_fit:
            opened.add(at)
            left -= line.size
            lines[at] = replace(line, is_open=True)
    if len(outer) <= OPEN_LINES:
        return lines
    first = outer[OPEN_LINES]
    return [*lines[:first], Line(step="rest", size=len(outer) - OPEN_LINES), *lines[first:], Line(step="close")]


def _places(lines: list[Line]) -> Iterator[tuple[int, int, int]]:
    """The level of each line, its place, and that of the one that holds it."""
    above = [OUTSIDE]
    for at, line in enumerate(lines):
        if line.step == "close":
            above.pop()
            continue
        yield len(above), at, above[-1]
        if line.step == "open":
            above.append(at)


def _preview(value: Any) -> str:
    """The first names in an object, the first values of a list that are not made of others."""
    found = inside(value)
    first = list(islice(found, MOST_NAMES))
    if not isinstance(found, Mapping):
        first = [leaf_of(item).text for item in first if not holds_others(item)]
    told = ", ".join(filter(None, (one_line(str(one), LONGEST_IN_PREVIEW) for one in first)))
    return f"{told} …" if told and len(found) > len(first) else told


def _on_a_line(items: list[Any]) -> Leaf | None:
    """A few plain numbers as one value."""
    if len(items) > MOST_ON_A_LINE or any(map(holds_others, items)):
        return None
    leaves = [leaf_of(item) for item in items]
    if any(leaf.kind not in FIGURES for leaf in leaves):
        return None
    text = f"[{', '.join(leaf.text for leaf in leaves)}]"
    return Leaf("list", text, "", 0, text)


def holds_others(value: Any) -> bool:
    return isinstance(value, Mapping | list | DBRef) or (isinstance(value, Code) and value.scope is not None)


def inside(value: Any) -> Mapping[str, Any] | list[Any]:
    """What a value holds that holds others."""
    if isinstance(value, DBRef):
        return value.as_doc()
    if isinstance(value, Code):
        return {"$code": str(value), "$scope": value.scope}
    return value


def kind_of(value: Any) -> str:
    """What the value is called that holds others."""
    if isinstance(value, DBRef):
        return "reference"
    if isinstance(value, Code):
        return "code with scope"
    return "list" if isinstance(value, list) else "object"
