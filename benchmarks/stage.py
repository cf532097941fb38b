"""The stage of the benchmarks: throw-away databases, contracts with a history, and somebody signed in."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.test.utils import override_settings, setup_databases, teardown_databases

from contracts import repository, services
from contracts.documents import from_document
from contracts.domain import plans
from contracts.domain.model import (
    AddOn,
    BillingContact,
    Contract,
    Pricing,
    PrimaryContact,
    SlaTerms,
    ValueTier,
    VolumeTier,
)
from contracts.seen import seen_of
from logs import rollup
from mongo import client, indexes
from mongo.client import JOB_SECONDS, Document, writing
from mongo.embedded import EmbeddedServer
from users.access import ACCOUNT_MANAGER
from users.actor import Actor

CONTRACTS = 600
FIRST = "contract_first"
EDITS = 3
TRADES_A_DAY = 3
NOW = datetime.now(UTC)
# Some contracts of the stage are over: those a file may bring in.
MAYA = Actor(id="maya", name="Maya Lindqvist", via="import")
PEOPLE = ("maya", "tom", "ines", "kofi")
PLACES = "Northwind Harbor Cedar Lumen Atlas Juniper Copper Meridian Falcon Orchard Summit Delta".split()
TRADES = "Logistics Foods Energy Textiles Pharma Robotics Shipping Optics".split()
STATUSES = ("active", "active", "active", "active", "pending_renewal", "draft", "expired")


@contextmanager
def stage() -> Iterator[tuple[str, str]]:
    """Both databases filled and static files collected; gives a manager’s cookies and MongoDB’s address."""
    with tempfile.TemporaryDirectory(prefix="counterpart-bench-") as name, EmbeddedServer(Path(name)) as server:
        settings.DATABASES["default"]["TEST"]["NAME"] = f"{name}/users.sqlite3"
        made = setup_databases(verbosity=0, interactive=False)
        with override_settings(
            MONGODB_URI=server.uri, STATIC_ROOT=f"{name}/static", ROOT_URLCONF="benchmarks.urls"
        ):
            call_command("collectstatic", interactive=False, verbosity=0)
            _fill()
            yield cookies("maya", "Maya", "Lindqvist", ACCOUNT_MANAGER), server.uri
            client.close()
        teardown_databases(made, verbosity=0)


def _fill() -> None:
    for drift in indexes.drifts(indexes.declared()):
        indexes.mend(drift)
    chance = random.Random(7)
    for number in range(CONTRACTS):
        services.create(make_contract(number, chance), actor=MAYA)
    for number in range(EDITS):
        document = repository.document(FIRST)
        wanted = replace(from_document(document), notes=f"Note {number}", base_monthly_fee=Decimal(100 + number))
        services.update(wanted, contract_id=FIRST, seen=seen_of(document), actor=MAYA)
    with writing(JOB_SECONDS) as db:
        db.transaction_logs.insert_many(_trades())
    for _ in rollup.roll_up(rollup.all_days(NOW), NOW):
        pass


def _trades() -> Iterator[Document]:
    """Of the first account some every day for a year; of all others some this month."""
    for number in range(365 * TRADES_A_DAY):
        yield _trade("acct-0000", number, NOW - timedelta(days=number / TRADES_A_DAY))
    for account in range(1, CONTRACTS):
        for number in range(TRADES_A_DAY):
            yield _trade(f"acct-{account:04}", number, NOW - timedelta(minutes=number))


def _trade(account: str, number: int, moment: datetime) -> Document:
    return {
        "transactionId": f"{account}-{number}",
        "userId": account,
        "type": "deposit",
        "amount": Decimal(number + 1),
        "currency": "USD",
        "status": "completed",
        "timestamp": moment,
    }


def make_contract(number: int, chance: random.Random) -> Contract:
    """A contract with something in every field; the first is active and has tiers of both kinds."""
    plan = chance.choice(list(plans.PLANS))
    start = NOW.date() - timedelta(days=chance.randrange(30, 900))
    name = f"{chance.choice(PLACES)} {chance.choice(TRADES)} {number}"
    return replace(
        plans.start_from(plan, account_id=f"acct-{number:04}", start=start),
        contract_id="" if number else FIRST,
        account_name=name,
        account_manager=chance.choice(PEOPLE),
        status=chance.choice(STATUSES) if number else "active",
        end_date=start + timedelta(days=chance.randrange(200, 1500)),
        auto_renewal=chance.random() < 0.7,
        currency=chance.choice(("USD", "USD", "EUR", "JPY")),
        base_monthly_fee=Decimal(chance.randrange(5_000, 500_000)) / 100,
        usage_based_pricing=_tiers(),
        primary_contact=PrimaryContact(
            name="Ana Ortiz", email=f"ana@{number}.example.com", phone="+1 555 0100", role="CFO"
        ),
        billing_contact=BillingContact(name="Ben Mori", email="ben@example.com", phone="+1 555 0101"),
        add_ons=(
            AddOn(name="Sandbox", monthly_fee=Decimal("49.50")),
            AddOn(name="Audit pack", monthly_fee=Decimal(120), active=False),
        ),
        sla_terms=SlaTerms(
            uptime_guarantee=Decimal("99.9"), response_time_guarantee=20, penalty_terms="5 % a missed hour"
        ),
        tags=tuple(chance.sample(("vip", "emea", "apac", "pilot", "reseller"), 2)),
        notes="Signed after the pilot. Ask for the new price list before the renewal.",
    )


def _tiers() -> Pricing:
    return Pricing(
        trade_volume_tiers=(
            VolumeTier(min_trades=0, max_trades=1_000, price_per_trade=Decimal("0.10")),
            VolumeTier(min_trades=1_001, max_trades=10_000, price_per_trade=Decimal("0.08")),
            VolumeTier(min_trades=10_001, price_per_trade=Decimal("0.05")),
        ),
        trade_value_tiers=(
            ValueTier(min_value=Decimal(0), max_value=Decimal(50_000), percentage_fee=Decimal("0.25")),
            ValueTier(min_value=Decimal(50_000), percentage_fee=Decimal("0.15")),
        ),
    )


def cookies(username: str, first: str, last: str, role: str) -> str:
    """What the browser of somebody with this role sends who has seen a page before."""
    user = User.objects.create_user(username, first_name=first, last_name=last)
    user.groups.add(Group.objects.get(name=role))
    browser = Client(SERVER_NAME="localhost")
    browser.force_login(user)
    browser.get("/contracts/")
    return "; ".join(f"{name}={cookie.value}" for name, cookie in browser.cookies.items())
