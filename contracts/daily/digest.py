"""The daily digest: what is due of whose contracts, each reminder once, mailed to people who can be written to."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from contracts.daily import mailing, reminders, watching
from contracts.daily.job import JOB, Clock, Done
from contracts.daily.mailing import Mail
from contracts.daily.watching import WATCHED, Watched
from contracts.documents import from_document
from contracts.domain import reminding
from contracts.domain.lifecycle import EXPIRE, RENEW
from contracts.domain.model import Contract
from contracts.domain.reminding import Reminder
from mongo.expressions import midnight

MAILED, UNREACHED, HELD, FAILED = "mailed", "unreached", "held", "failed"

# What the daily job did lately, by the contract's id: RENEW or EXPIRE, and the end that this led to.
News = Mapping[str, set[tuple[str, date | None]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    """What decides which reminders are due: `used` is the share of the tightest limit by month and name.

    `after` are contracts as a dry run of the job would leave them, `for_people` those that it leaves to somebody.
    """

    today: date
    news: News
    after: Mapping[str, Contract]
    for_people: frozenset[str]
    used: Mapping[date, Mapping[str, int]]
    reopened: Mapping[str, date]


@dataclass(frozen=True, slots=True)
class Told:
    """What came of some reminders, in words; `outcome` is MAILED, UNREACHED, HELD or FAILED."""

    outcome: str
    text: str
    reminders: int


def run(
    *, clock: Clock, today: date | None = None, is_dry: bool = False, made: Sequence[Done] = ()
) -> Iterator[Told]:
    """Mail everybody what is due of their contracts and was not said before; a dry run gives the mails as text.

    `made` is what the daily job made of contracts before, or would make where this is dry. Raises MongoError: what
    is noted as sent by then does not come again, and what was just being sent comes after an hour.
    """
    day = today or clock().date()
    found = reminders.unsent(due(day, made, is_dry=is_dry), clock())
    if mailing.is_set_up():
        yield from _told(found.reminders, day, clock, is_dry=is_dry)
    elif found.reminders:
        yield _unreached(len(found.reminders), "mail is not set up: set EMAIL_URL")
    if found.held:
        until = f"{max(found.held):%H:%M} UTC"
        text = f"Reminders held by another run: {len(found.held):,}. If it broke off, they are free at {until}."
        yield Told(HELD, text, len(found.held))


def _told(unsent: Sequence[Reminder], day: date, clock: Clock, *, is_dry: bool) -> Iterator[Told]:
    mails, unreached = mailing.addressed(unsent, day)
    for mail in mails:
        yield from [_shown(mail)] if is_dry else _sent(mail, clock)
    for why, count in sorted(unreached.items()):
        yield _unreached(count, f"{why}, and no administrator can be written to")


def _unreached(count: int, why: str) -> Told:
    return Told(UNREACHED, f"Reminders that reach nobody: {count:,} ({why}).", count)


def _shown(mail: Mail) -> Told:
    to = ", ".join(f"{person.name} <{person.email}>" for person in mail.to)
    return Told(MAILED, f"\nTo: {to}\nSubject: {mail.subject}\n\n{mail.body}", len(mail.reminders))


def _sent(mail: Mail, clock: Clock) -> Iterator[Told]:
    """What came of a mail; nothing, where another run was faster with all of it."""
    run = uuid.uuid4().hex
    claimed = reminders.claim(mail.reminders, run, clock)
    if not claimed:
        return
    refused = mailing.send(replace(mail, reminders=tuple(claimed)))
    if reached := [person.username for person in mail.to if person not in refused]:
        reminders.settle(claimed, run, clock())
        yield Told(MAILED, f"Mailed {', '.join(reached)}, reminders: {len(claimed):,}.", len(claimed))
    else:
        reminders.release(claimed, run)
    for person, why in refused.items():
        yield Told(FAILED, f"The mail to {person.username} was not sent. {why}.", len(claimed))


def due(today: date, made: Sequence[Done] = (), *, is_dry: bool = False) -> list[Reminder]:
    """Every reminder that applies today, said before or not. Raises MongoError."""
    since = today - timedelta(days=reminding.NEWS_DAYS)
    news = _news(since, made if is_dry else ())
    expired = [contract_id for contract_id, found in news.items() if EXPIRE in {what for what, _ in found}]
    drafts = watching.drafts()
    this = _Day(
        today=today,
        news=news,
        after={done.name: done.contract for done in made if is_dry and done.outcome != FAILED},
        for_people=frozenset(done.name for done in made if done.needs_person),
        used={month: watching.near_limits(month) for month in reminding.months(today)},
        reopened=watching.reopened([found.contract.contract_id for found in drafts]),
    )
    watched = (*drafts, *watching.expired(since, expired), *watching.in_force())
    # A contract whose status changes in between is read twice.
    by_name = {found.name: found for found in watched}
    return [one for found in by_name.values() for one in _due(found, this)]


def _due(found: Watched, this: _Day) -> Iterator[Reminder]:
    contract = this.after.get(found.name, found.contract)
    lately = {what for what, end in this.news.get(contract.contract_id, ()) if end == contract.end_date}
    shares = {month: used[found.name] for month, used in this.used.items() if found.name in used}
    reopened = this.reopened.get(contract.contract_id)
    for one in reminding.reminders(
        contract, found.name, this.today, shares=shares, lately=lately, reopened=reopened
    ):
        # What the job has only not got to yet is nothing that anybody has to decide.
        if one.kind != reminding.OVERDUE or found.name in this.for_people:
            yield one


def _news(since: date, made: Sequence[Done]) -> News:
    found = defaultdict(set)
    for change in watching.changes_by(JOB.id, midnight(since)):
        left = from_document(change["document"], WATCHED)
        what = RENEW if change["action"] == "renewed" else left.status
        found[change["contract_id"]].add((what, left.end_date))
    for done in made:
        found[done.contract.contract_id].add((done.outcome, done.contract.end_date))
    return found
