"""Trades counted a second time, entry by entry in Python, to compare with what MongoDB counted."""

import re
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal

from bson import ObjectId

TRADE_TYPES = {"deposit", "withdrawal", "transfer", "crypto_order"}
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def expected(entries):
    """(account, day, currency) → [transactions, trades, value, largest, odd, {type: trades}]."""
    found = {}
    for first, last in _transactions(entries):
        currency = last.get("currency")
        key = (last["userId"], first["timestamp"].date(), currency if isinstance(currency, str) else "")
        row = found.setdefault(key, [0, 0, Decimal(0), None, 0, defaultdict(int)])
        row[0] += 1
        if not _is_trade(last):
            continue
        row[1] += 1
        row[5][last["type"]] += 1
        amount = _amount(last.get("amount"))
        if amount is None:
            row[4] += 1
        else:
            row[2] += amount
            row[3] = amount if row[3] is None else max(row[3], amount)
    return found


def _transactions(entries):
    """First and latest entry of each transaction."""
    groups = defaultdict(list)
    for entry in entries:
        moment = entry.get("timestamp")
        if isinstance(moment, datetime) and EARLIEST <= moment < LATEST and isinstance(entry.get("userId"), str):
            name = entry.get("transactionId")
            is_named = isinstance(name, str | int | float | ObjectId) and not isinstance(name, bool) and name != ""
            # A number and a text are two names; what has none stands for itself.
            groups[entry["userId"], is_named, name if is_named else id(entry)].append(entry)
    for group in groups.values():
        ordered = sorted(group, key=lambda entry: (entry["timestamp"], entry["_id"]))
        yield ordered[0], ordered[-1]


def _is_trade(entry):
    status = entry.get("status")
    is_done = isinstance(status, str) and status.lower() in ("completed", "succeeded", "settled")
    return is_done and isinstance(entry.get("type"), str) and entry["type"] in TRADE_TYPES


def _amount(value):
    if isinstance(value, str) and NUMBER.fullmatch(value):
        value = Decimal(value)
    elif isinstance(value, float):
        # MongoDB converts a double with fifteen digits.
        value = Decimal(f"{value:.14e}")
    elif isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    is_number = isinstance(value, Decimal) and value.is_finite() and abs(value) < Decimal("1E+34")
    return value if is_number else None


def shown(usage):
    """What `usage_for` answers, in the same shape, without the account."""
    return {
        (day.start, currency): [
            totals.transactions,
            totals.trades,
            totals.value,
            totals.largest,
            totals.odd,
            dict(totals.by_type),
        ]
        for day in usage.days
        for currency, totals in day.by_currency.items()
    }


def of_month(found, account, month, until=date.max):
    """The rows of `expected` that `usage_for` must answer for an account and month."""
    return {
        (day, currency): [*row[:5], dict(row[5])]
        for (name, day, currency), row in found.items()
        if name == account and day.replace(day=1) == month and day <= until
    }
