"""The life of a demo contract: who did what to it, when and why, from the first draft to today."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from config.demo import people
from config.demo.accounts import ONE_DAY, Account
from config.demo.chance import draws
from config.demo.edits import EDITS
from contracts.domain.lifecycle import add_months
from contracts.domain.model import Contract
from users.actor import Actor

Change = Callable[[Contract], Contract]

FRIDAY = 4
NIGHT = time(3, 0, 4, tzinfo=UTC)
REASONS_TO_GO = ("Moved to another provider", "Business sold", "Licence not renewed", "Joined the group’s contract")
# By number of the account, what another service wrote into its document past our history.
FOREIGN: dict[int, dict[str, Any]] = {
    3: {"billing_contact.email": "invoices@sync.example", "last_modified_by": "billing-sync"},
    23: {"crm": {"id": "0065g00001Xq", "stage": "won"}, "last_modified_by": "crm-sync"},
    36: {"base_monthly_fee": 279.5, "last_modified_by": "billing-sync"},
    50: {"notes": "Synced from the CRM.", "tags": ["synced"], "last_modified_by": "crm-sync"},
    61: {"primary_contact.phone": "+1 555 0199", "last_modified_by": "crm-sync"},
}
# Those of them that somebody edited afterwards, so that the other service's write was adopted.
ADOPTED = (3, 50)


def unchanged(contract: Contract) -> Contract:
    return contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change of a contract; `fields` are what another service wrote without telling anybody."""

    at: datetime
    actor: Actor = people.NIGHTLY
    change: Change = unchanged
    reason: str = ""
    action: str = "edited"
    fields: Mapping[str, Any] = field(default_factory=dict)


def created(account: Account, today: date, rng: Random) -> Event:
    """How the contract was first written down."""
    if account.standing == "draft":
        day = today - timedelta(days=rng.choice((rng.randint(1, 12), rng.randint(15, 60))))
    else:
        day = account.start - timedelta(days=rng.randint(6, 25))
    return _at_a_desk(account, day, rng)


def events(number: int, account: Account, today: date, rng: Random) -> list[Event]:
    """All that happened to the contract afterwards, in order."""
    if account.standing == "draft":
        return []
    found = [
        _at_a_desk(account, account.start - ONE_DAY, rng, _to_status("active"), reason="Signed"),
        *_renewals(account, rng),
        *_endings(account, today, rng),
        *_edits(account, today, rng),
        *_foreign(number, account, today, rng),
    ]
    return sorted(found, key=lambda event: event.at)


def _at_a_desk(
    account: Account,
    day: date,
    rng: Random,
    change: Change = unchanged,
    *,
    reason: str = "",
    action: str = "edited",
) -> Event:
    """An event of a working day, mostly by the account's own manager."""
    who = account.draft.account_manager if rng.random() < 0.8 else people.manager(rng)
    day -= timedelta(days=max(day.weekday() - FRIDAY, 0))
    moment = datetime.combine(day, time(rng.randint(8, 17), rng.randrange(60), rng.randrange(60)), UTC)
    return Event(at=moment, actor=people.actor(who, rng), change=change, reason=reason, action=action)


def _at_night(day: date, status: str) -> Event:
    return Event(at=datetime.combine(day, NIGHT), change=_to_status(status))


def _to_status(status: str, **terms: Any) -> Change:
    return lambda contract: replace(contract, status=status, **terms)


def _to_end(end: date) -> Change:
    return lambda contract: replace(contract, end_date=end)


def _notice_day(account: Account, end: date) -> date:
    return end - timedelta(days=account.draft.notice_days or 0)


def _renewals(account: Account, rng: Random) -> Iterator[Event]:
    for end, following in zip(account.ends, account.ends[1:], strict=False):
        yield _at_night(_notice_day(account, end), "pending_renewal")
        day = end - timedelta(days=rng.randint(4, 24))
        reason = f"Renewed for {account.draft.renewal_term_months} months"
        yield _at_a_desk(account, day, rng, _to_end(following), reason=reason, action="renewed")


def _endings(account: Account, today: date, rng: Random) -> Iterator[Event]:
    """What brought the contract to where it stands."""
    end = account.end
    if account.standing in ("pending", "expired") and end:
        yield _at_night(_notice_day(account, end), "pending_renewal")
    if account.standing == "expired" and end:
        yield _at_night(end + ONE_DAY, "expired")
    if account.standing == "cancelled":
        day = _cancelled_on(account, today, rng)
        last = add_months(day.replace(day=1), 1) - ONE_DAY
        change = _to_status("cancelled", end_date=last, auto_renewal=False)
        yield _at_a_desk(account, day, rng, change, reason=rng.choice(REASONS_TO_GO))


def _cancelled_on(account: Account, today: date, rng: Random) -> date:
    since = max(account.start, account.ends[-2] if len(account.ends) > 1 else account.start)
    return today - timedelta(days=rng.randint(5, max(5, (today - since).days - 10)))


def _edits(account: Account, today: date, rng: Random) -> Iterator[Event]:
    first, last = account.start + timedelta(days=14), min(account.end or today, today) - timedelta(days=2)
    if account.standing == "cancelled" or last <= first:
        return
    for reason, change in rng.sample(EDITS, rng.choice((0, 1, 1, 2))):
        day = first + timedelta(days=rng.randint(0, (last - first).days))
        draw = draws(rng.getrandbits(64))
        yield _at_a_desk(account, day, rng, partial(change, draw), reason=reason)


def _foreign(number: int, account: Account, today: date, rng: Random) -> Iterator[Event]:
    if number not in FOREIGN or today - account.start < timedelta(days=30):
        return
    moment = datetime.combine(today - timedelta(days=rng.randint(9, 20)), NIGHT)
    yield Event(at=moment, fields=FOREIGN[number] | {"updated_at": moment})
    if number in ADOPTED:
        reason, change = EDITS[-1]
        later = today - timedelta(days=rng.randint(2, 5))
        yield _at_a_desk(account, later, rng, partial(change, rng), reason=reason)
