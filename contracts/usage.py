"""An account's usage beside the terms of its contract: where contracts ask the logs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from contracts.domain import limits, pricing
from contracts.domain.limits import LimitUse
from contracts.domain.model import Contract
from contracts.domain.pricing import Invoice
from contracts.domain.usage import Day, Usage, has_ended, projected
from logs import usage as logged

MONTHS = 12
# What the logs tell, for those who may not ask them themselves.
MonthOfTrades, Totals = logged.MonthOfTrades, logged.Totals
SECONDS, PATIENT_SECONDS = logged.SECONDS, logged.PATIENT_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountUsage:
    """A month of an account, measured by its contract.

    `usage` is None where nothing is logged in the whole year up to the month; amounts in it and in the invoice are
    in the contract's currency, and `others` holds every other one, "" for trades without. `expected` and its
    invoice follow a straight line to the month's end, None where there is none to draw. `months` are the year,
    oldest first.
    """

    month: date
    usage: Usage | None
    limits: tuple[LimitUse, ...]
    invoice: Invoice
    expected: Usage | None
    expected_invoice: Invoice | None
    others: Mapping[str, Totals]
    by_type: Mapping[str, int]
    odd: int
    months: tuple[MonthOfTrades, ...]
    as_of: datetime
    rolled_at: datetime | None

    @property
    def is_past(self) -> bool:
        """Whether the month has ended."""
        return has_ended(self.month, self.as_of)


def of_month(terms: Contract, month: date, *, now: datetime, seconds: float = SECONDS) -> AccountUsage:
    """What the account used in the month that a day lies in, by the terms given.

    Raises MongoSlow where it cannot be counted in `seconds` while MongoDB answers, and MongoError.
    """
    month = month.replace(day=1)
    found, months = logged.year_of_usage(terms.account_id, month, months=MONTHS, now=now, seconds=seconds)
    is_known = any(period.month.by_currency for period in months)
    by_currency = months[-1].month.by_currency
    usage = in_currency(found, by_currency, terms.currency) if is_known else None
    spent = usage or Usage()
    expected = projected(spent, terms=terms, month=month, as_of=now)
    return AccountUsage(
        month=month,
        usage=usage,
        limits=limits.measured(terms, usage, month=month, as_of=now),
        invoice=pricing.invoice(terms, spent, month),
        expected=expected,
        expected_invoice=pricing.invoice(terms, expected, month) if expected else None,
        others={code: totals for code, totals in by_currency.items() if code != terms.currency and totals.trades},
        by_type=sum((Counter(totals.by_type) for totals in by_currency.values()), Counter()),
        odd=sum(totals.odd for totals in by_currency.values()),
        months=months,
        as_of=now,
        rolled_at=found.rolled_at,
    )


def beside(month: date) -> list[dict[str, Any]]:
    """Stages for an aggregation of contracts: `used_month` is the account's month as computed last."""
    return logged.month_beside("$account_id", month)


def in_currency(found: logged.Usage, by_currency: Mapping[str, Totals], currency: str) -> Usage:
    """Usage as contracts measure it: trades of all currencies, amounts of one."""
    days = []
    for day in found.days:
        own = day.by_currency.get(currency, Totals())
        days.append(Day(day=day.start, trades=day.trades, value=own.value, largest=own.largest))
    whole = by_currency.get(currency, Totals())
    return Usage(trades=found.trades, value=whole.value, largest=whole.largest, days=tuple(days))
