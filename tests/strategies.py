"""Contracts and documents for property tests: every valid contract, and whatever other services may write."""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Context, Decimal, localcontext
from itertools import pairwise
from typing import Any

import bson
from bson import Binary, Code, DBRef, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from contracts.domain import currency, fields
from contracts.domain.model import (
    STATUSES,
    TYPES,
    AddOn,
    BillingContact,
    Contract,
    Pricing,
    PrimaryContact,
    SlaTerms,
    UsageLimits,
    ValueTier,
    VolumeTier,
)
from contracts.domain.rules import EARLIEST, LATEST, MOST_COUNT, MOST_DIGITS
from contracts.domain.usage import Day, Usage, days_of
from mongo.codec import CODEC_OPTIONS

# `make prove` asks for many more.
EXAMPLES = int(os.environ.get("EXAMPLES", "30"))
quick = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Against a server: what a fixture gave lasts from one example to the next.
served = settings(quick, max_examples=EXAMPLES * 2 // 3, suppress_health_check=list(HealthCheck))

EXACT = Context(prec=2 * MOST_DIGITS)
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
# What people paste and other services write, and what a page may change by merely showing it.
AWKWARD = (
    " outside ",
    "two\r\nlines",
    "two\rlines",
    "\n\nlate",
    "end\n",
    "tab\t",
    "<b>&amp;\"'</textarea>",
    "a\u2028b",
    "a\x0bb",
    "\x85x",
    "é😀\u202e",
)
# Texts that look like numbers, dates and flags, some of them beyond every bound.
TEMPTING = (
    "299.00 1e9999999 -1e-9999999 1E+6145 NaN sNaN Infinity 1_000 ١٢ 0x10 true FALSE 2026-12-31 2026-12-31T10:00Z "
    "0001-01-01T00:00+14:00 9999-12-31T23:59-14:00 2026-W53-7 20261"
).split()
BEYOND = ("9" * 40, "9" * 5_000, "0." + "3" * 60, "", " 7 ", "\0")

TEXTS = st.text(CHARACTERS, max_size=40) | st.sampled_from(AWKWARD)
NAMES = TEXTS.filter(lambda text: any(letter.isprintable() and not letter.isspace() for letter in text))
ACCOUNT_IDS = NAMES.map(lambda text: "".join(filter(str.isprintable, text)).strip()).filter(
    lambda text: text not in ("", ".", "..")
)
LINES = st.lists(TEXTS, unique=True, max_size=3).map(tuple)
COUNTS = st.integers(0, MOST_COUNT)
EMAILS = st.sampled_from(["", "ana@example.com", "a+b@mail.example.org"])
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)


@st.composite
def amounts(draw: st.DrawFn) -> Decimal:
    """Zero or more, in as many digits as may be stored, on either side of the point."""
    exponent = draw(EXPONENTS)
    return Decimal(draw(st.integers(0, 10 ** (MOST_DIGITS - max(exponent, 0)) - 1))).scaleb(exponent, EXACT)


EXPONENTS = st.just(-2) | st.integers(-MOST_DIGITS, MOST_DIGITS - 1)
AMOUNTS = amounts()
SECONDS = COUNTS | AMOUNTS


def as_read(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document as it comes back from MongoDB."""
    return bson.decode(bson.encode(document, codec_options=CODEC_OPTIONS), codec_options=CODEC_OPTIONS)


_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.integers(-(2**63), 2**63 - 1).map(Int64)
    | st.floats()
    | TEXTS
    | st.sampled_from((*TEMPTING, *BEYOND))
    | st.binary(max_size=8)
    | st.sampled_from(["NaN", "sNaN", "-Infinity", "9E+6144", "1E-6176", "-0", "1.10"]).map(Decimal128)
    | MOMENTS
    | st.integers(-(2**63), 2**63 - 1).map(DatetimeMS)
    | st.binary(min_size=12, max_size=12).map(ObjectId)
    | st.uuids()
    | st.builds(Binary, st.binary(max_size=4), st.sampled_from([0, 5, 128]))
    | st.builds(Timestamp, st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
    | st.sampled_from([MinKey(), MaxKey(), Regex("^a", "i"), Code("x"), Code("x", {"y": 1}), DBRef("a", 1)])
)


def _nested(names: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    nested = st.recursive(
        _LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=4,
    )
    return nested.map(lambda value: as_read({"value": value})["value"])


_NAMES = st.text(CHARACTERS, max_size=5).filter(lambda name: not name.startswith("$"))
# What the embedded server can hold, too.
PLAIN = _nested(_NAMES)
# Whatever MongoDB can hold, as it comes back from there: also names that Extended JSON gives a meaning of its own.
VALUES = _nested(_NAMES | st.sampled_from(["$date", "$oid", "$numberInt", "$numberDecimal"]))
# What other services keep in a row beside its columns.
EXTRAS = st.just({}) | st.dictionaries(st.sampled_from(["label", "origin", "extra", "x.y"]), VALUES, max_size=2)


@st.composite
def volume_tiers(draw: st.DrawFn) -> tuple[VolumeTier, ...]:
    ends = sorted(draw(st.sets(st.integers(2, MOST_COUNT - 1), max_size=2)))
    starts = [draw(st.sampled_from([0, 1])), *(end + 1 for end in ends)]
    bounds = zip(starts, [*ends, None], strict=True)
    return tuple(
        VolumeTier(min_trades=start, max_trades=end, price_per_trade=draw(AMOUNTS), extra=draw(EXTRAS))
        for start, end in bounds
    )


@st.composite
def value_tiers(draw: st.DrawFn) -> tuple[ValueTier, ...]:
    ends = sorted(draw(st.sets(AMOUNTS.filter(bool), max_size=2)))
    return tuple(
        ValueTier(min_value=start, max_value=end, percentage_fee=draw(AMOUNTS), extra=draw(EXTRAS))
        for start, end in pairwise([Decimal(0), *ends, None])
    )


ADD_ONS = st.builds(AddOn, name=NAMES, monthly_fee=AMOUNTS, active=st.booleans(), extra=EXTRAS)
TERMS = st.fixed_dictionaries(
    {
        "contract_id": st.sampled_from(["contract_20261121_120000_abcdef", "C-1", "a@b:c=d+e.f"]),
        "account_id": ACCOUNT_IDS,
        "account_name": TEXTS,
        "account_manager": TEXTS,
        "contract_type": st.sampled_from(TYPES),
        "status": st.sampled_from(STATUSES),
        "renewal_date": st.none() | st.dates(EARLIEST, LATEST),
        "anchor_day": st.none() | st.integers(1, 31),
        "auto_renewal": st.booleans(),
        "currency": st.sampled_from(sorted(currency.CODES)),
        "base_monthly_fee": AMOUNTS,
        "usage_based_pricing": st.builds(
            Pricing,
            trade_volume_tiers=st.just(()) | volume_tiers(),
            trade_value_tiers=st.just(()) | value_tiers(),
        ),
        "usage_limits": st.builds(
            UsageLimits,
            max_monthly_trades=st.none() | COUNTS,
            max_trade_value=st.none() | AMOUNTS,
            max_concurrent_trades=st.none() | COUNTS,
            sla_threshold_seconds=st.none() | SECONDS,
        ),
        "primary_contact": st.builds(PrimaryContact, name=TEXTS, email=EMAILS, phone=TEXTS, role=TEXTS),
        "billing_contact": st.builds(BillingContact, name=TEXTS, email=EMAILS, phone=TEXTS),
        "features": LINES,
        "add_ons": st.lists(ADD_ONS, max_size=2).map(tuple),
        "sla_terms": st.builds(
            SlaTerms,
            uptime_guarantee=st.none() | AMOUNTS.filter(lambda percent: percent <= 100),
            response_time_guarantee=st.none() | SECONDS,
            penalty_terms=TEXTS,
        ),
        "tags": LINES,
        "notes": TEXTS,
        "created_at": st.none() | MOMENTS,
        "updated_at": st.none() | MOMENTS,
        "created_by": TEXTS,
        "last_modified_by": TEXTS,
        "version": st.integers(1, MOST_COUNT),
    }
)


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """Any contract that breaks no rule."""
    terms = draw(TERMS)
    start = draw(st.dates(EARLIEST, LATEST))
    end = draw(st.none() | st.dates(start, LATEST))
    months = draw(st.integers(1, 120))
    if end is None:
        terms["auto_renewal"] = False
        terms["status"] = terms["status"].replace("cancelled", "draft")
    return Contract(
        start_date=start,
        end_date=end,
        renewal_term_months=months,
        notice_days=draw(st.integers(0, 28 * months - 1)),
        **terms,
    )


def _group(prefix: str) -> dict[str, st.SearchStrategy[Any]]:
    """What may lie under each name: anything, and in a table also rows that hold anything."""
    found = {}
    for field in fields.ALL:
        group, _, name = field.path.rpartition(".")
        if group == prefix:
            cells = dict.fromkeys([*(column.name for column in field.columns), "label"], VALUES)
            rows = st.lists(VALUES | st.fixed_dictionaries({}, optional=cells), max_size=3)
            found[name] = VALUES | rows if field.columns else VALUES
    return found


_GROUPS = sorted({field.path.rpartition(".")[0] for field in fields.ALL} - {""})
# Documents in which any field, group, table, row and cell may be missing or hold anything.
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "crm": VALUES,
        **_group(""),
        **{
            name: VALUES | st.fixed_dictionaries({}, optional={**_group(name), "burst": VALUES}) for name in _GROUPS
        },
    },
)


# Numbers as other services may leave them in tiers, fees and limits, within all that MongoDB holds.
NUMBERS = (
    st.none()
    | st.integers(-20, 20)
    | st.floats()
    | st.sampled_from(["NaN", "-Infinity", "9E+6144", "-9E+6144", "1E-6176", "-0", "1.10"]).map(Decimal128)
)
_PRICES = {
    "currency": st.sampled_from(["USD", "JPY", "KWD", "usd", "", "BTC", None]),
    "base_monthly_fee": NUMBERS,
    "add_ons": st.lists(st.fixed_dictionaries({"monthly_fee": NUMBERS}, optional={"active": st.booleans()})),
    "usage_limits": st.fixed_dictionaries(dict.fromkeys([field.name for field in fields.LIMITS], NUMBERS)),
    "usage_based_pricing": st.fixed_dictionaries(
        {
            table.name: st.lists(st.fixed_dictionaries({column.name: NUMBERS for column in table.columns}))
            for table in (fields.VOLUME_TIERS, fields.VALUE_TIERS)
        }
    ),
}
# Documents whose prices and limits are numbers, in any disorder.
PRICED = st.fixed_dictionaries({}, optional=_PRICES)


@st.composite
def usages(draw: st.DrawFn, month: date) -> Usage:
    """What an account may have used in a month: any days of it, whose figures sum up to the month's."""
    counts = st.integers(0, 40) | COUNTS
    found = draw(st.dictionaries(st.integers(1, days_of(month)), st.tuples(counts, AMOUNTS, AMOUNTS), max_size=4))
    days = tuple(
        Day(day=month.replace(day=day), trades=trades, value=value, largest=largest if trades else None)
        for day, (trades, value, largest) in found.items()
    )
    with localcontext(EXACT):
        value = sum((day.value for day in days), Decimal(0))
    amounts = [day.largest for day in days if day.largest is not None]
    return Usage(trades=sum(day.trades for day in days), value=value, largest=max(amounts, default=None), days=days)
