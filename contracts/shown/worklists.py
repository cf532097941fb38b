"""The worklists as pages show them: a name, the address of the list, and the count where it is known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from urllib.parse import urlencode

from django.urls import reverse

from contracts.domain.filters import ContractFilter
from contracts.domain.worklists import WORKLISTS, Worklist


@dataclass(frozen=True, slots=True)
class Shown:
    """A worklist of somebody; `count` is None where it is not known, `current` whether its list is the page."""

    worklist: Worklist
    url: str
    count: int | None = None
    current: bool = False

    @property
    def key(self) -> str:
        return self.worklist.key

    @property
    def label(self) -> str:
        return self.worklist.label

    @property
    def short(self) -> str:
        return self.worklist.short

    @property
    def icon(self) -> str:
        return self.worklist.icon

    @property
    def tone(self) -> str:
        """That of the number: nothing to do is said quietly."""
        return self.worklist.tone if self.count else ""


def shown(
    username: str, *, counts: Mapping[str, int] | None = None, asked: Mapping[str, str] | None = None
) -> list[Shown]:
    """The worklists in their order; `asked` are the parameters of the list that is the page, if it is a list."""
    return [
        Shown(worklist, url, None if counts is None else counts[worklist.key], parameters == asked)
        for worklist, parameters, url in _of(username)
    ]


@lru_cache(maxsize=256)
def _of(username: str) -> tuple[tuple[Worklist, Mapping[str, str], str], ...]:
    """Each worklist with its parameters and the address that they make; every page asks for them."""
    filters = ((worklist, worklist.wanted(username)) for worklist in WORKLISTS)
    page = reverse("contracts:list")
    return tuple((worklist, wanted.parameters, f"{page}?{query_of(wanted)}") for worklist, wanted in filters)


def aside(found: Iterable[Shown]) -> tuple[Shown, ...]:
    """Those that stand beside every page."""
    return tuple(one for one in found if one.worklist.aside)


def grouped(found: Iterable[Shown]) -> list[tuple[str, Sequence[Shown]]]:
    """Those that lie beside each other in one group, with its heading; "" for those without."""
    return [(name, list(members)) for name, members in groupby(found, attrgetter("worklist.group"))]


def query_of(wanted: ContractFilter) -> str:
    """What a filter asks for as a query string, the same for the same filter; the page is left out."""
    return urlencode(wanted.parameters)
