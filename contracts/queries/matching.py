"""Which contracts match: a list's filter as a query.

Text from people becomes an escaped pattern or a value to compare with, never an operator.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from math import prod
from typing import Any

from contracts.domain import lifecycle
from contracts.domain.filters import ContractFilter
from contracts.domain.limits import FULL
from contracts.queries.prices import USUAL_CURRENCY, is_price
from mongo.expressions import EARLIEST, LATEST, Expression, end_of, midnight, text_of

Query = dict[str, Any]

SEARCHED = (
    "account_name",
    "contract_id",
    "account_id",
    "primary_contact.name",
    "primary_contact.email",
    "primary_contact.phone",
    "billing_contact.name",
    "billing_contact.email",
    "billing_contact.phone",
    "tags",
)
IN_FORCE = {"status": {"$in": list(lifecycle.IN_FORCE)}}
DEFAULT_NOTICE_DAYS = 30
# Beyond this, other services' values are not taken for a number of days.
MOST_NOTICE_DAYS = 3_650
MOST_SPELLINGS = 16
NO_LIST: Query = {"$not": {"$type": "array"}}


def matching(wanted: ContractFilter, today: date) -> Query:
    """The filter as a query."""
    parts: list[Query] = []
    if wanted.q:
        parts.append(holding(wanted.q))
    for name in ("contract_type", "account_manager"):
        if value := getattr(wanted, name):
            parts.append({name: {"$eq": value}})
    if wanted.currency:
        parts.append(of_currency(wanted.currency))
    if wanted.tag:
        parts.append({"tags": {"$eq": wanted.tag}})
    if wanted.status:
        parts.append({"status": {"$eq": wanted.status}})
    if wanted.in_force:
        parts.append(IN_FORCE)
    if wanted.odd_fee:
        parts.append(IN_FORCE | {"$expr": {"$not": [is_price("$base_monthly_fee")]}})
    parts += _of_days(wanted, today)
    return {"$and": parts} if parts else {}


def of_currency(currency: str) -> Query:
    """Contracts in a currency; one that names none is in the usual one."""
    return {"currency": {"$in": [currency, None]} if currency == USUAL_CURRENCY else {"$eq": currency}}


def _of_days(wanted: ContractFilter, today: date) -> Iterator[Query]:
    """What is asked of last days and of the age of drafts; a list of dates, inside which a query looks, is none."""
    ends: list[Query] = []
    if wanted.ends is not None:
        ends.append(ending(today, wanted.ends))
    if wanted.notice is not None:
        ends.append(needing_notice(today, wanted.notice))
    if wanted.expired is not None:
        since = midnight(today - timedelta(days=wanted.expired))
        ends.append({"status": "expired", "end_date": {"$gte": since, "$lte": end_of(today)}})
    if wanted.overdue:
        ends.append(IN_FORCE | {"end_date": {"$lt": midnight(today)}})
    if ends:
        yield from (*ends, {"end_date": NO_LIST})
    if wanted.drafts is not None:
        yield {"status": "draft", "created_at": {"$lt": midnight(today - timedelta(days=wanted.drafts)), **NO_LIST}}


def holding(text: str) -> Query:
    """Contracts that hold the text in one of the fields searched, in upper or lower case."""
    # $toLower knows ASCII alone, so any other letter is looked for in both cases.
    letters = [{letter} if letter.isascii() else {letter, letter.upper()} for letter in text.lower()]
    known = max(size for size in range(len(letters) + 1) if prod(map(len, letters[:size])) <= MOST_SPELLINGS)
    # Looking for bytes is many times faster than trying a pattern on each field.
    spellings = [{"$literal": "".join(word)} for word in product(*letters[:known])]
    found = [{"$gte": [{"$indexOfBytes": ["$$text", spelling]}, 0]} for spelling in spellings]
    begins = {"$expr": {"$let": {"vars": {"text": {"$toLower": _searched_text()}}, "in": {"$or": found}}}}
    if known == len(letters):
        return begins
    # What begins like the text is few enough for a pattern.
    pattern = {"$regex": re.escape(text), "$options": "i"}
    return {"$and": [begins, {"$or": [{field: pattern} for field in SEARCHED]}]}


def _searched_text() -> Expression:
    """All fields searched in one text, a line each; what cannot be a text is an empty line."""
    single = [f"${field}" for field in SEARCHED if field != "tags"]
    tags = {"$cond": [{"$isArray": "$tags"}, "$tags", ["$tags"]]}
    line = text_of("$$this")
    lines = {"$concatArrays": [single, tags]}
    return {"$reduce": {"input": lines, "initialValue": "", "in": {"$concat": ["$$value", "\n", line]}}}


def ending(today: date, days: int) -> Query:
    """In force, with the last day from today to `days` days ahead."""
    return IN_FORCE | {"end_date": {"$gte": midnight(today), "$lte": end_of(today + timedelta(days=days))}}


def needing_notice(today: date, days: int) -> Query:
    """Active and not ended, with the notice date past or at most `days` days ahead."""
    return {
        "status": "active",
        "end_date": {"$gte": midnight(today)},
        "$expr": {"$lte": [notice_date(), end_of(today + timedelta(days=days))]},
    }


def used_as_much(usage: int) -> Query:
    """In force, with `share` as much as the filter of this name asks for."""
    return IN_FORCE | {"share": {"$gt": FULL} if usage == FULL else {"$gte": usage}}


def notice_date() -> Expression:
    """The notice date; a day beyond all others where the end is no date, since ill-typed fields must not fail."""
    is_day = {
        "$and": [
            {"$eq": [{"$type": "$end_date"}, "date"]},
            {"$gte": ["$end_date", EARLIEST]},
            {"$lt": ["$end_date", LATEST]},
        ]
    }
    notice = {
        "$convert": {
            "input": "$notice_days",
            "to": "long",
            "onError": DEFAULT_NOTICE_DAYS,
            "onNull": DEFAULT_NOTICE_DAYS,
        }
    }
    amount = {"$max": [0, {"$min": [notice, MOST_NOTICE_DAYS]}]}
    subtracted = {"$dateSubtract": {"startDate": "$end_date", "unit": "day", "amount": amount}}
    return {"$cond": [is_day, subtracted, LATEST]}
