"""What a list of contracts shows: a value that the query string becomes."""

from dataclasses import dataclass, fields
from math import ceil

PAGE_SIZE = 50
SORTS = ("name", "status", "type", "usage", "fee", "end", "changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFilter:
    """Empty text and None mean "any". `ends` and `notice` are days from today; `sort` may start with a minus.

    `usage` is NEAR or FULL of contracts.domain.limits: contracts whose tightest limit is used as much this month.
    `expired` asks for those that ended in so many days up to today, `drafts` for drafts older than so many days,
    `in_force` for those in force, `overdue` for those of them whose last day has passed, and `odd_fee` for those
    whose base fee is no price.
    """

    q: str = ""
    status: str = ""
    contract_type: str = ""
    account_manager: str = ""
    tag: str = ""
    currency: str = ""
    ends: int | None = None
    notice: int | None = None
    usage: int | None = None
    expired: int | None = None
    drafts: int | None = None
    in_force: bool = False
    overdue: bool = False
    odd_fee: bool = False
    sort: str = "name"
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        return bool(self.parameters.keys() - {"sort"})

    @property
    def is_of_those_in_force(self) -> bool:
        """Whether it can be met by contracts in force alone."""
        is_asked = self.in_force or self.overdue or self.odd_fee
        return is_asked or any(number is not None for number in (self.ends, self.notice, self.usage))

    @property
    def parameters(self) -> dict[str, str]:
        """What is asked for as it stands in an address, always in the same order; the page is left out."""
        values = ((field.name, getattr(self, field.name), field.default) for field in fields(self))
        asked = ((name, value) for name, value, default in values if value != default and name != "page")
        return {name: "1" if value is True else str(value) for name, value in asked}


def page_asked(text: str) -> int:
    """The number of a page as an address asks for it; what is no number is the first."""
    return int(text) if text.isdecimal() and len(text) < 7 else 1


@dataclass(frozen=True, slots=True)
class Span:
    """Which rows of `total` a page shows; a page beyond the last is the last."""

    page: int
    total: int
    size: int = PAGE_SIZE

    @classmethod
    def of(cls, page: int, total: int, size: int = PAGE_SIZE) -> "Span":
        return cls(max(1, min(page, ceil(total / size))), total, size)

    @classmethod
    def asked(cls, text: str, total: int, size: int = PAGE_SIZE) -> "Span":
        """The page that an address asks for."""
        return cls.of(page_asked(text), total, size)

    @property
    def skip(self) -> int:
        return (self.page - 1) * self.size

    @property
    def first(self) -> int:
        return min(self.skip + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.skip + self.size, self.total)

    @property
    def previous(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def next(self) -> int | None:
        return self.page + 1 if self.last < self.total else None
