"""Fills a database with the demo, stage by stage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID

from django.conf import settings

from config.demo import agents, audit, lives, transactions
from config.demo.accounts import Account, accounts
from config.demo.audit import Deed
from config.demo.chance import draws
from config.demo.lives import Event
from contracts import repository as contracts
from contracts import services
from contracts.documents import from_document
from contracts.seen import seen_of
from logs import repository as logs
from logs import rollup
from logs.services import record_audit
from mongo.client import JOB_SECONDS, reading, writing

# What the demo fills, and what is derived from that.
FILLED = ("contracts", "contract_revisions", "transaction_logs", "ai_agent_logs", "audit_trails")
DERIVED = ("usage_daily", "usage_monthly", "usage_totals", "usage_dirty", "usage_state")
# Somebody may have signed in before there was any data, which is no reason to refuse.
KEPT_FREE = tuple(name for name in FILLED if name != "audit_trails")
EMPTYING_SECONDS = 600.0
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the loading: how many steps it takes, and an iterator that loads, giving the documents of each."""

    name: str
    steps: int
    run: Iterator[int]


@dataclass(frozen=True, slots=True)
class Demo:
    """All that is loaded follows from these three: the same of each give the same documents."""

    seed: int
    today: date
    scale: float = 1.0

    def stages(self) -> list[Stage]:
        """All stages, to be run one after the other."""
        found = accounts(self.seed, self.today, self.scale)
        deeds = audit.deeds(min(settings.AUDIT_RETENTION_DAYS, audit.DAYS), self.today, self.seed)
        return [
            Stage("contracts", len(found), self._contracts(found)),
            Stage("transactions", transactions.MONTHS + 1, self._transactions(found)),
            Stage("days of usage", transactions.DAYS + 1, _usage()),
            Stage("agent runs", agents.DAYS, self._agents(found)),
            Stage("audit trail", len(deeds), self._audit(deeds)),
        ]

    def _contracts(self, found: Sequence[Account]) -> Iterator[int]:
        for number, account in enumerate(found):
            rng = draws(self.seed, "life", number)
            first = lives.created(account, self.today, rng)
            contract_id = f"contract_{first.at:%Y%m%d_%H%M%S}_{rng.getrandbits(24):06x}"
            draft = replace(account.draft, contract_id=contract_id)
            services.create(draft, actor=first.actor, now=first.at, form_id=_form_id(rng))
            for event in lives.events(number, account, self.today, rng):
                _happen(contract_id, event, _form_id(rng))
            yield 1

    def _transactions(self, found: Sequence[Account]) -> Iterator[int]:
        traders = transactions.traders(found, self.today, self.seed)
        for entries in transactions.months(traders, self.today, self.seed):
            yield _insert("transaction_logs", entries)

    def _agents(self, found: Sequence[Account]) -> Iterator[int]:
        ids = [account.id for account in found]
        for entries in agents.entries(ids, self.today, self.seed, self.scale):
            yield _insert("ai_agent_logs", entries)

    def _audit(self, deeds: Sequence[Deed]) -> Iterator[int]:
        for deed in deeds:
            record_audit(
                actor=deed.actor, action=deed.action, entity=deed.entity, details=deed.details, now=deed.at
            )
            yield 1


def _usage() -> Iterator[int]:
    now = datetime.now(UTC)
    for _ in rollup.roll_up(rollup.all_days(now), now):
        yield 1


def _form_id(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128)))


def _happen(contract_id: str, event: Event, form_id: str) -> None:
    if event.fields:
        # As another service does it: past our services, their version and their history.
        with writing() as db:
            db.contracts.update_one({"contract_id": contract_id}, {"$set": dict(event.fields)})
        return
    document = contracts.document(contract_id)
    services.update(
        event.change(from_document(document)),
        contract_id=contract_id,
        seen=seen_of(document),
        actor=event.actor,
        now=event.at,
        form_id=form_id,
        reason=event.reason,
        action=event.action,
    )


def _insert(collection: str, entries: Sequence[dict[str, Any]]) -> int:
    for start in range(0, len(entries), BATCH):
        with writing(JOB_SECONDS) as db:
            logs.insert_many(db, collection, entries[start : start + BATCH])
    return len(entries)


def occupied() -> list[str]:
    """The collections that hold something where the demo wants to be alone."""
    with reading() as db:
        return [name for name in KEPT_FREE if db[name].find_one({}, {"_id": 1})]


def empty() -> None:
    """Delete everything in the collections that the demo fills, and in what is derived from them."""
    for name in (*FILLED, *DERIVED):
        with writing(EMPTYING_SECONDS) as db:
            db[name].delete_many({})
