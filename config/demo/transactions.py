"""A year of transactions of the demo's accounts: entries month by month, in the order of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from bson import Decimal128

from config.demo import terms
from config.demo.accounts import ONE_DAY, Account
from config.demo.chance import draws
from contracts.domain.lifecycle import add_months

Entry = dict[str, Any]

MONTHS = 12
DAYS = 365
# Monday to Sunday, and the hours of a day between which most trades fall.
WEEKDAYS = (1.0, 1.05, 1.1, 1.05, 0.95, 0.3, 0.2)
TYPES = ("deposit", "withdrawal", "transfer", "crypto_order")
MIXES = ((45, 25, 25, 5), (20, 20, 50, 10), (15, 15, 10, 60), (60, 30, 10, 0))
CHANNELS = ("api", "api", "web", "batch")
ASSETS = ("BTC", "ETH", "SOL", "USDC")
# What a completed trade went through, by how often.
COMPLETED = (
    (("pending", "completed"), 66),
    (("completed",), 18),
    (("pending", "completed", "settled"), 14),
    (("pending", "succeeded"), 2),
)
NOT_COMPLETED = (
    (("pending", "failed"), 70),
    (("pending", "completed", "reversed"), 18),
    (("pending",), 12),
)
SHARE_NOT_COMPLETED = 0.09
FAILURES = ("insufficient_funds", "limit_exceeded", "account_closed", "declined_by_bank", "timeout")
MEDIAN, SPREAD = 380.0, 1.05
GROWTH_A_MONTH = 0.025
ODD_SHARE = 0.006


@dataclass(frozen=True, slots=True)
class Trader:
    """Who trades: `first` and `last` are days, `monthly` about how many trades are completed a month, of late."""

    account_id: str
    currency: str
    first: date
    last: date
    monthly: float
    mix: tuple[int, ...]


def traders(accounts: Sequence[Account], today: date, seed: int) -> list[Trader]:
    """The accounts that trade, and two that do so without a contract."""
    yesterday = today - ONE_DAY
    found = []
    for account in accounts:
        if account.trades and account.standing != "draft":
            last = min(account.end or yesterday, yesterday)
            code = account.draft.currency
            found.append(Trader(account.id, code, account.start, last, account.trades, _mix(account.id, seed)))
    strangers = [f"acct_gone{number}" for number in (1, 2)]
    return [*found, *(Trader(name, "USD", date.min, yesterday, 2.5, _mix(name, seed)) for name in strangers)]


def _mix(account_id: str, seed: int) -> tuple[int, ...]:
    return draws(seed, "mix", account_id).choice(MIXES)


def months(found: Sequence[Trader], today: date, seed: int) -> Iterator[list[Entry]]:
    """The entries of each month of the year before today, and of today's month so far."""
    for ago in range(MONTHS, -1, -1):
        first = add_months(today.replace(day=1), -ago)
        days = [first + timedelta(days=n) for n in range((add_months(first, 1) - first).days)]
        earliest = today - timedelta(days=DAYS)
        entries: list[Entry] = []
        for trader in found:
            rng = draws(seed, "trades", trader.account_id, first)
            entries += _month(trader, days, earliest, ago, rng)
        entries.sort(key=lambda entry: entry["createdAt"])
        yield entries


def _month(trader: Trader, days: Sequence[date], earliest: date, ago: int, rng: Random) -> Iterator[Entry]:
    """The entries of one trader's month; trades are spread over its days, so that a part of it is a fair share."""
    # The last two months are as agreed; before, trade was slower and less even.
    wanted = trader.monthly * (1 - GROWTH_A_MONTH * ago) * (rng.uniform(0.85, 1.12) if ago > 1 else 1)
    weights = [WEEKDAYS[day.weekday()] for day in days]
    reached, told = rng.random(), 0
    for day, weight in zip(days, weights, strict=True):
        reached += wanted * weight / sum(weights)
        count, told = int(reached) - told, int(reached)
        if max(trader.first, earliest) <= day <= trader.last:
            for _ in range(count):
                yield from _trade(trader, day, COMPLETED, rng)
                if rng.random() < SHARE_NOT_COMPLETED:
                    yield from _trade(trader, day, NOT_COMPLETED, rng)


def _trade(trader: Trader, day: date, ways: Sequence[tuple[tuple[str, ...], int]], rng: Random) -> Iterator[Entry]:
    """The entries of one transaction, one for each status that it had."""
    statuses = rng.choices([way for way, _ in ways], [share for _, share in ways])[0]
    kind = rng.choices(TYPES, trader.mix)[0]
    amount = terms.money(rng.lognormvariate(0, SPREAD) * MEDIAN, trader.currency)
    moment = datetime.combine(day, time(), UTC) + timedelta(seconds=_second_of_day(rng))
    common = {
        "transactionId": f"tx_{rng.getrandbits(48):012x}",
        "userId": trader.account_id,
        "type": kind,
        "amount": Decimal128(amount),
        "currency": trader.currency,
    }
    metadata = _metadata(kind, rng)
    for status in statuses:
        told = metadata | ({"reason": rng.choice(FAILURES)} if status == "failed" else {})
        stored = moment + timedelta(milliseconds=rng.randint(3, 900))
        entry = {**common, "status": status, "metadata": told, "timestamp": moment, "createdAt": stored}
        yield _odd(entry, rng) if rng.random() < ODD_SHARE else entry
        moment += timedelta(milliseconds=round(rng.lognormvariate(9.5, 1.2)))


def _second_of_day(rng: Random) -> int:
    """Mostly office hours; never so late that the last entry of a transaction falls on the next day."""
    hour = rng.uniform(0, 22) if rng.random() < 0.08 else rng.triangular(6.5, 21.5, 13.5)
    return int(hour * 3600)


def _metadata(kind: str, rng: Random) -> Entry:
    found: Entry = {"channel": rng.choice(CHANNELS), "reference": f"INV-{rng.randrange(10_000, 99_999)}"}
    if kind == "crypto_order":
        found |= {"asset": rng.choice(ASSETS), "side": rng.choice(("buy", "sell"))}
    return found


def _odd(entry: Entry, rng: Random) -> Entry:
    """The entry as a service would write it that knows nothing of our rules."""
    amount, moment = entry["amount"].to_decimal(), entry["timestamp"]
    other = "EUR" if entry["currency"] != "EUR" else "USD"
    changes: tuple[Entry, ...] = (
        {"currency": other, "amount": Decimal128(terms.money(float(amount) / 2, other))},
        {"amount": str(amount)},
        {"amount": float(amount)},
        {"status": entry["status"].upper()},
        {"timestamp": moment.isoformat()},
        {"timestamp": None},
    )
    odd = entry | rng.choice(changes)
    return {name: value for name, value in odd.items() if value is not None}
