"""The daily digest: what is due of whose contracts, each reminder once, mailed to people who can be written to."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from contracts.daily import mailing, reminders, watching
from contracts.daily.job import JOB, Done
from contracts.daily.mailing import Mail, MailFailed
from contracts.daily.watching import WATCHED, Watched
from contracts.documents import from_document
from contracts.domain import reminding
from contracts.domain.lifecycle import EXPIRE, RENEW
from contracts.domain.model import Contract
from contracts.domain.reminding import Reminder
from mongo.expressions import midnight

MAILED, UNREACHED, FAILED = "mailed", "unreached", "failed"

# What the daily job did lately, by the contract's id: RENEW or EXPIRE, and the end that this led to.
News = Mapping[str, set[tuple[str, date | None]]]


@dataclass(frozen=True, slots=True)
class Told:
    """What came of some reminders, in words; `outcome` is MAILED, UNREACHED or FAILED."""

    outcome: str
    text: str
    reminders: int


def run(
    *, now: datetime, today: date | None = None, is_dry: bool = False, made: Sequence[Done] = ()
) -> Iterator[Told]:
    """Mail everybody what is due of their contracts and was not said before; a dry run gives the mails as text.

    `made` is what a dry run of the daily job would make of contracts. Raises MongoError; what is sent by then does
    not come again.
    """
    day = today or now.date()
    mails, unreached = mailing.addressed(reminders.unsent(due(day, made), now), day)
    for mail in mails:
        if is_dry:
            yield _shown(mail)
        elif told := _sent(mail, now):
            yield told
    for why, count in sorted(unreached.items()):
        text = f"Reminders that reach nobody: {count:,} ({why}, and no administrator can be written to)."
        yield Told(UNREACHED, text, count)


def _shown(mail: Mail) -> Told:
    to = ", ".join(f"{person.name} <{person.email}>" for person in mail.to)
    return Told(MAILED, f"\nTo: {to}\nSubject: {mail.subject}\n\n{mail.body}", len(mail.reminders))


def _sent(mail: Mail, now: datetime) -> Told | None:
    """What came of a mail; nothing, where another run was faster with all of it."""
    run = uuid.uuid4().hex
    claimed = reminders.claim(mail.reminders, run, now)
    if not claimed:
        return None
    mine = replace(mail, reminders=tuple(claimed))
    try:
        mailing.send(mine)
    except MailFailed as error:
        reminders.release(claimed, run)
        return Told(FAILED, f"The mail to {mail.names} was not sent. {error}.", len(claimed))
    reminders.settle(claimed, run, now)
    return Told(MAILED, f"Mailed {mail.names}, reminders: {len(claimed):,}.", len(claimed))


def due(today: date, made: Sequence[Done] = ()) -> list[Reminder]:
    """Every reminder that applies today, said before or not. Raises MongoError."""
    since = today - timedelta(days=reminding.NEWS_DAYS)
    news = _news(since, made)
    expired = [contract_id for contract_id, found in news.items() if EXPIRE in {what for what, _ in found}]
    watched = (*watching.drafts(), *watching.expired(since, expired), *watching.in_force(today))
    after = {done.contract.contract_id: done.contract for done in made if done.outcome != FAILED}
    # A contract whose status changes in between is read twice.
    by_name = {found.name: found for found in watched}
    return [one for found in by_name.values() for one in _due(found, today, news, after)]


def _due(found: Watched, today: date, news: News, after: Mapping[str, Contract]) -> Iterator[Reminder]:
    contract = after.get(found.contract.contract_id, found.contract)
    lately = {what for what, end in news.get(contract.contract_id, ()) if end == contract.end_date}
    return reminding.reminders(contract, found.name, today, share=found.share, lately=lately)


def _news(since: date, made: Sequence[Done]) -> News:
    found = defaultdict(set)
    for change in watching.changes_by(JOB.id, midnight(since)):
        left = from_document(change["document"], WATCHED)
        what = RENEW if change["action"] == "renewed" else left.status
        found[change["contract_id"]].add((what, left.end_date))
    for done in made:
        found[done.contract.contract_id].add((done.outcome, done.contract.end_date))
    return found
