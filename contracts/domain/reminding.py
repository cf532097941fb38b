"""Of what people are reminded, and when: each reminder once for its contract, kind, target date and lead."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from contracts.domain import lifecycle
from contracts.domain.lifecycle import EXPIRE, IN_FORCE, RENEW
from contracts.domain.limits import FULL, NEAR
from contracts.domain.model import Contract

OVERDUE, ENDS, NOTICE, LIMIT, ENDED, RENEWED, DRAFT = "overdue ends notice limit ended renewed draft".split()
# In the order in which they are told: what presses most comes first.
KINDS = (OVERDUE, ENDS, NOTICE, LIMIT, ENDED, RENEWED, DRAFT)
# Days before the date; for limits, the percent of it.
NOTICE_LEADS = (30, 7, 0)
END_LEADS = (30, 7, 1)
# An end is news for so many days; a draft is worth a reminder once it is older than this.
NEWS_DAYS = 30
DRAFT_DAYS = 14
# A limit may be crossed when the month's last run is over: so long into the next month that is still told.
LATE_DAYS = 7
NO_SHARES: Mapping[date, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """What is due of a contract: `target` is the date it is about, `lead` how far before it this is said.

    `passed` are leads that applied as well and press less: they are not said any more. `share` is the percent of
    the tightest limit, where it is about that.
    """

    key: str
    contract: Contract
    kind: str
    target: date
    lead: int = 0
    passed: tuple[int, ...] = ()
    share: int | None = None

    @property
    def id(self) -> str:
        return self._id(self.lead)

    @property
    def passed_ids(self) -> tuple[str, ...]:
        return tuple(self._id(lead) for lead in self.passed)

    def _id(self, lead: int) -> str:
        return f"{self.key}|{self.kind}|{self.target}|{lead}"


def months(today: date) -> tuple[date, ...]:
    """The first days of the months whose usage is told: today's and, early in it, the one before."""
    month = today.replace(day=1)
    return (month,) if today.day > LATE_DAYS else ((month - timedelta(days=1)).replace(day=1), month)


def reminders(
    contract: Contract,
    key: str,
    today: date,
    *,
    shares: Mapping[date, int] = NO_SHARES,
    lately: Collection[str] = (),
    reopened: date | None = None,
) -> Iterator[Reminder]:
    """What is due of a contract today, of each kind and month what presses most.

    `key` names the contract, `shares` holds the percent of its tightest limit by the first day of the month, and
    `lately` RENEW or EXPIRE where the daily job led to the contract's present end in the last days. `reopened` is
    the day on which it became a draft again.
    """
    if contract.status in IN_FORCE:
        yield from _of_term(contract, key, today, lately)
        yield from _of_limits(contract, key, today, shares)
    elif contract.status == "expired" and contract.end_date:
        if EXPIRE in lately or 0 <= (today - contract.end_date).days <= NEWS_DAYS:
            yield Reminder(key=key, contract=contract, kind=ENDED, target=contract.end_date)
    elif contract.status == "draft":
        since = reopened or (contract.created_at.date() if contract.created_at else None)
        if since and (today - since).days > DRAFT_DAYS:
            yield Reminder(key=key, contract=contract, kind=DRAFT, target=since, lead=DRAFT_DAYS)


def _of_limits(contract: Contract, key: str, today: date, shares: Mapping[date, int]) -> Iterator[Reminder]:
    for month, share in shares.items():
        # Once a month is over, its use comes no nearer to a limit.
        if share > FULL or (share >= NEAR and month == today.replace(day=1)):
            lead, *passed = (FULL, NEAR) if share > FULL else (NEAR,)
            yield Reminder(
                key=key, contract=contract, kind=LIMIT, target=month, lead=lead, passed=tuple(passed), share=share
            )


def _of_term(contract: Contract, key: str, today: date, lately: Collection[str]) -> Iterator[Reminder]:
    end, notice = contract.end_date, lifecycle.notice_date(contract)
    if end is None or notice is None:
        return
    if lifecycle.is_overdue(contract, today):
        yield Reminder(key=key, contract=contract, kind=OVERDUE, target=end)
        return
    yield from _ahead(contract, key, NOTICE, notice, NOTICE_LEADS, today)
    if not contract.auto_renewal:
        yield from _ahead(contract, key, ENDS, end, END_LEADS, today)
    if RENEW in lately:
        yield Reminder(key=key, contract=contract, kind=RENEWED, target=end)


def _ahead(
    contract: Contract, key: str, kind: str, target: date, leads: tuple[int, ...], today: date
) -> Iterator[Reminder]:
    """The shortest lead that has begun; a missed day is made up for by the next."""
    begun = sorted(lead for lead in leads if (target - today).days <= lead)
    if begun:
        yield Reminder(key=key, contract=contract, kind=kind, target=target, lead=begun[0], passed=tuple(begun[1:]))
