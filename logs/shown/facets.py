"""The values of a field beside a list: how many entries have each, and the addresses that ask for them or not."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from logs.asking import NOT, Asked, can_be_value
from logs.exploring import Values
from logs.scope import Scope
from logs.shown.filters import label_of, toggled


class Value(NamedTuple):
    """`share` is the length of its bar in percent; `count` is None for one that is chosen but not among the found.

    `only` and `none` lead to the list of those with it and of those without, or take that back.
    """

    text: str
    count: int | None
    share: float
    is_chosen: bool
    is_excluded: bool
    only: str
    none: str


class Facet(NamedTuple):
    """`others`: how many entries hold nothing, no text, or a very long one: also one that is asked for."""

    name: str
    label: str
    values: tuple[Value, ...]
    others: int
    is_cut: bool


def facet_of(name: str, found: Values, scope: Scope, asked: Asked) -> Facet:
    """The facet of a field, chosen values first."""
    counts = Counter({text: count for text, count in found.counts if can_be_value(text)})
    others = sum(count for _, count in found.counts) - counts.total()
    chosen, excluded = asked.wanted.fields.get(name, ()), asked.wanted.without.get(name, ())
    first = dict.fromkeys([*chosen, *excluded])
    texts = [*first, *(text for text in counts if text not in first)]
    return Facet(
        name=name,
        label=label_of(scope.log, name),
        values=tuple(_values(texts, counts, None if found.is_cut or others else 0, name, scope, asked)),
        others=others,
        is_cut=found.is_cut,
    )


def _values(
    texts: list[str], counts: dict[str, int], none: int | None, name: str, scope: Scope, asked: Asked
) -> Iterator[Value]:
    """`none` is the count of one that is not among those that were counted, None where it is not known."""
    most = max(counts.values(), default=0) or 1
    for text in texts:
        yield Value(
            text=text,
            count=counts.get(text, none),
            share=counts.get(text, 0) * 100 / most,
            is_chosen=text in asked.wanted.fields.get(name, ()),
            is_excluded=text in asked.wanted.without.get(name, ()),
            only=toggled(scope, asked, name, text),
            none=toggled(scope, asked, f"{NOT}{name}", text),
        )
