"""The worklists: what there is to do, each a filter of the list of contracts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from contracts.domain.filters import ContractFilter
from contracts.domain.limits import FULL, NEAR
from contracts.domain.reminding import DRAFT_DAYS, NEWS_DAYS

MINE, OVERDUE, OVER, NEARLY = "mine", "overdue", "over", "near"
END_WINDOWS = (7, 30, 60, 90)
NOTICE_WINDOWS = (7, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """`part` is the filter with the order in which to go through it; `is_mine` adds whose list it is.

    `short` names it below the heading of its group. `tone` is that of its number, unless it is zero. `aside` tells
    that it stands beside every page.
    """

    key: str
    label: str
    group: str
    part: ContractFilter
    icon: str
    short: str = ""
    tone: str = "muted"
    is_mine: bool = False
    aside: bool = True

    def wanted(self, username: str) -> ContractFilter:
        """The filter for somebody who looks after contracts under this name."""
        return replace(self.part, account_manager=username) if self.is_mine else self.part


def _ending(days: int) -> Worklist:
    return Worklist(
        key=f"ends_{days}",
        label=f"Ends within {days} days",
        short=f"{days} days",
        group="Ends within",
        part=ContractFilter(ends=days, sort="end"),
        icon="calendar",
        aside=days in (7, 30),
    )


def _needing_notice(days: int) -> Worklist:
    return Worklist(
        key=f"notice_{days}",
        label=f"Notice within {days} days",
        short=f"{days} days",
        group="Notice within",
        part=ContractFilter(notice=days, sort="end"),
        icon="calendar-clock",
    )


WORKLISTS = (
    Worklist(key=MINE, label="My contracts", group="", part=ContractFilter(), icon="user", is_mine=True),
    Worklist(
        key=OVERDUE,
        label="Overdue",
        group="",
        part=ContractFilter(overdue=True, sort="end"),
        icon="circle-alert",
        tone="bad",
    ),
    Worklist(
        key=OVER,
        label="Over a limit",
        group="",
        part=ContractFilter(usage=FULL, sort="-usage"),
        icon="gauge",
        tone="bad",
    ),
    Worklist(
        key=NEARLY,
        label="Near or over a limit",
        group="",
        part=ContractFilter(usage=NEAR, sort="-usage"),
        icon="gauge",
        tone="warn",
    ),
    *map(_ending, END_WINDOWS),
    *map(_needing_notice, NOTICE_WINDOWS),
    Worklist(
        key="expired",
        label=f"Expired last {NEWS_DAYS} days",
        group="",
        part=ContractFilter(expired=NEWS_DAYS, sort="-end"),
        icon="history",
    ),
    Worklist(
        key="drafts",
        label=f"Drafts over {DRAFT_DAYS} days",
        group="",
        part=ContractFilter(drafts=DRAFT_DAYS, sort="changed"),
        icon="file-pen",
    ),
)


def filters_of(username: str) -> Mapping[str, ContractFilter]:
    """What each worklist shows to somebody, by its key."""
    return {worklist.key: worklist.wanted(username) for worklist in WORKLISTS}
