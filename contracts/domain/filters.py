"""What a list of contracts shows: a value that the query string becomes."""

from dataclasses import dataclass
from math import ceil

PAGE_SIZE = 50
SORTS = ("name", "status", "type", "usage", "fee", "end", "changed")
WINDOWS = (30, 60, 90)
# Percent of the tightest limit: from the first on it is nearly used up, beyond the second it is crossed.
NEAR, FULL = 80, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFilter:
    """Empty text and None mean "any". `ends` and `notice` are days from today; `sort` may start with a minus.

    `usage` is NEAR or FULL: contracts whose tightest limit is used as much this month.
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
    sort: str = "name"
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        words = (self.q, self.status, self.contract_type, self.account_manager, self.tag, self.currency)
        return any(words) or any(number is not None for number in (self.ends, self.notice, self.usage))


@dataclass(frozen=True, slots=True)
class Span:
    """Which rows of `total` a page shows; a page beyond the last is the last."""

    page: int
    total: int

    @classmethod
    def of(cls, page: int, total: int) -> "Span":
        return cls(max(1, min(page, ceil(total / PAGE_SIZE))), total)

    @property
    def skip(self) -> int:
        return (self.page - 1) * PAGE_SIZE

    @property
    def first(self) -> int:
        return min(self.skip + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.skip + PAGE_SIZE, self.total)

    @property
    def previous(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def next(self) -> int | None:
        return self.page + 1 if self.last < self.total else None
