"""What a list tells of itself, so that people can keep views of it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """A view that everybody has; `icon` is one of the sprite."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a query string asks of a list, or, where there are complaints, why no list can show it.

    `query` asks for the same, and is the same for all that do; `words` say it.
    """

    query: str = ""
    words: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list at the address `url`; the pages of its views lie below that.

    `page` is what its views are stored under. `about` and `keeps` say what a view shows, and what of the list is
    kept; `presets` stand under `heading`.
    """

    page: str
    title: str
    url: str
    about: str
    keeps: str
    read: Callable[[str], Reading]
    heading: str
    presets: tuple[Preset, ...]

    @property
    def views_url(self) -> str:
        return f"{self.url}views/"

    def address(self, query: str) -> str:
        return f"{self.url}?{query}"
