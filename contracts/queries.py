"""MongoDB's side of the questions about contracts: filters and pipelines built from plain values.

Text from people becomes an escaped pattern or a value to compare with, never an operator.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from math import prod
from typing import Any

from bson import ObjectId

from contracts.domain import lifecycle
from contracts.domain.fields import Field
from contracts.domain.filters import FULL, NEAR, WINDOWS, ContractFilter
from contracts.domain.model import is_addressable
from contracts.usage import beside
from mongo.expressions import text_of

Query = dict[str, Any]
Pipeline = list[dict[str, Any]]

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
_SORT_FIELDS = {
    "name": "account_name",
    "status": "status",
    "type": "contract_type",
    "usage": "share",
    "fee": "base_monthly_fee",
    "end": "end_date",
    "changed": "updated_at",
}
NEXT_FIELDS = ("contract_id", "account_id", "account_name", "end_date", "status")
DEFAULT_NOTICE_DAYS = 30
MOST_SPELLINGS = 16
# Beyond these, other services' values are not taken for a day or a price.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
MOST_NOTICE_DAYS = 3_650
NUMERIC = ["decimal", "double", "int", "long", "string", "missing", "null"]
INACTIVE = [False, 0, "false", "False", "FALSE"]
MOST_MONEY = Decimal("1E+34")
# Any use of a limit of zero, and what is beyond all reason.
MOST_SHARE = 999_999


def day(today: date | None) -> date:
    """The day given, else today in UTC."""
    return today or datetime.now(UTC).date()


def midnight(moment: date) -> datetime:
    return datetime.combine(moment, time(), UTC)


def matching(wanted: ContractFilter, today: date) -> Query:
    """The filter as a query."""
    parts: list[Query] = []
    if wanted.q:
        parts.append(_holding(wanted.q))
    for name in ("contract_type", "account_manager", "currency"):
        if value := getattr(wanted, name):
            parts.append({name: {"$eq": value}})
    if wanted.tag:
        parts.append({"tags": {"$eq": wanted.tag}})
    if wanted.status:
        parts.append({"status": {"$eq": wanted.status}})
    if wanted.ends is not None:
        parts.append(ending(today, wanted.ends))
    if wanted.notice is not None:
        parts.append(needing_notice(today, wanted.notice))
    return {"$and": parts} if parts else {}


def _holding(text: str) -> Query:
    """Contracts that hold the text in one of the fields searched, in upper or lower case."""
    # $toLower knows ASCII alone, so any other letter is looked for in both cases.
    letters = [{letter} if letter.isascii() else {letter, letter.upper()} for letter in text.lower()]
    if prod(map(len, letters)) > MOST_SPELLINGS:
        pattern = {"$regex": re.escape(text), "$options": "i"}
        return {"$or": [{field: pattern} for field in SEARCHED]}
    # Looking for bytes is many times faster than trying a pattern on each field.
    spellings = [{"$literal": "".join(word)} for word in product(*letters)]
    found = [{"$gte": [{"$indexOfBytes": ["$$text", spelling]}, 0]} for spelling in spellings]
    return {"$expr": {"$let": {"vars": {"text": {"$toLower": _searched_text()}}, "in": {"$or": found}}}}


def _searched_text() -> dict[str, Any]:
    """All fields searched in one text, a line each; what cannot be a text is an empty line."""
    single = [f"${field}" for field in SEARCHED if field != "tags"]
    tags = {"$cond": [{"$isArray": "$tags"}, "$tags", ["$tags"]]}
    line = text_of("$$this")
    lines = {"$concatArrays": [single, tags]}
    return {"$reduce": {"input": lines, "initialValue": "", "in": {"$concat": ["$$value", "\n", line]}}}


def ending(today: date, days: int) -> Query:
    """In force, with the last day from today to `days` days ahead."""
    return {
        "status": {"$in": list(lifecycle.IN_FORCE)},
        "end_date": {"$gte": midnight(today), "$lte": midnight(today + timedelta(days=days))},
    }


def needing_notice(today: date, days: int) -> Query:
    """Active and not ended, with the notice date past or at most `days` days ahead."""
    return {
        "status": "active",
        "end_date": {"$gte": midnight(today)},
        "$expr": {"$lte": [_notice_date(), midnight(today + timedelta(days=days))]},
    }


def _notice_date() -> dict[str, Any]:
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


def counts(wanted: ContractFilter, today: date) -> Pipeline:
    """How many match in each status with each account manager, whichever of both is wanted.

    It serves the tabs and the choice of managers in one pass; a `$facet` would use no index.
    """
    others = replace(wanted, status="", account_manager="")
    group = {"_id": {"status": "$status", "manager": "$account_manager"}, "n": {"$sum": 1}}
    return [{"$match": matching(others, today)}, *_used_as_much(wanted, today), {"$group": group}]


def page(wanted: ContractFilter, today: date, skip: int, limit: int, listed: Sequence[Field]) -> Pipeline:
    """The rows of one page, with `share` and when it was computed, `as_of`, beside them.

    Ties are broken by _id; an open end sorts as the latest, and what has no share as the least.
    """
    field, direction = _SORT_FIELDS[wanted.sort.lstrip("-")], -1 if wanted.sort.startswith("-") else 1
    order: dict[str, int] = {field: direction, "_id": 1}
    stages: Pipeline = [{"$match": matching(wanted, today)}, *_used_as_much(wanted, today)]
    if field == "share" and wanted.usage is None:
        stages += share(today)
    elif field == "end_date":
        stages.append({"$set": {"_open": {"$cond": [{"$gt": ["$end_date", None]}, 0, 1]}}})
        order = {"_open": direction, **order}
    stages += [{"$sort": order}, {"$skip": skip}, {"$limit": limit}]
    if field != "share" and wanted.usage is None:
        # The page's rows alone need it.
        stages += share(today)
    projection: dict[str, Any] = dict.fromkeys([*(listed_field.path for listed_field in listed), "share"], 1)
    return [*stages, {"$project": projection | {"as_of": "$used_month.computed_at"}}]


def _used_as_much(wanted: ContractFilter, today: date) -> Pipeline:
    """Only contracts in force whose tightest limit is used as much as is wanted."""
    if wanted.usage is None:
        return []
    bound = {"$gt": FULL} if wanted.usage == FULL else {"$gte": wanted.usage}
    in_force = {"status": {"$in": list(lifecycle.IN_FORCE)}}
    return [{"$match": in_force}, *share(today), {"$match": {"share": bound}}]


def share(today: date) -> Pipeline:
    """Stages that add `share`: percent of the tightest limit used in today's month, as computed last.

    A whole number, rounded down up to 100 and up beyond, so that it never says more or less than is true; null
    without a transaction in the month, and without a limit that is measured.
    """
    own = {"$filter": {"input": "$used_month.currencies", "cond": {"$eq": ["$$this.currency", _currency()]}}}
    # Without a trade nothing is used; trades without an amount in the contract's currency tell nothing.
    most = {"$max": {"$map": {"input": own, "in": "$$this.largest"}}}
    largest = {"$cond": [{"$eq": ["$used_month.trades", 0]}, 0, most]}
    shares = [
        _share_of(_whole(_limit("$usage_limits.max_monthly_trades")), "$used_month.trades"),
        _share_of(_limit("$usage_limits.max_trade_value"), largest),
    ]
    rounded = {"$cond": [{"$gt": ["$$most", FULL]}, {"$ceil": "$$most"}, {"$floor": "$$most"}]}
    whole = {"$toInt": {"$min": [rounded, MOST_SHARE]}}
    found = {"$cond": [{"$eq": ["$$most", None]}, None, whole]}
    return [
        *beside(today.replace(day=1)),
        {"$set": {"share": {"$let": {"vars": {"most": {"$max": shares}}, "in": found}}}},
    ]


def _share_of(limit: Any, used: Any) -> dict[str, Any]:
    """Percent of a limit; null without one, and where nothing is known of its use."""
    percent = {"$divide": [{"$multiply": [{"$max": ["$$used", 0]}, 100]}, "$$limit"]}
    of_nothing = {"$cond": [{"$gt": ["$$used", 0]}, MOST_SHARE, 0]}
    known = {"$and": [{"$isNumber": "$$used"}, {"$isNumber": "$$limit"}]}
    share = {"$cond": [{"$gt": ["$$limit", 0]}, percent, of_nothing]}
    return {"$let": {"vars": {"used": used, "limit": limit}, "in": {"$cond": [known, share, None]}}}


def _limit(path: str) -> dict[str, Any]:
    """The limit at a path, also in a text, below zero as zero; null where there is none, or no number."""
    text = {"$cond": [{"$eq": [{"$type": path}, "string"]}, {"$trim": {"input": text_of(path)}}, path]}
    number = {"$convert": {"input": text, "to": "decimal", "onError": None, "onNull": None}}
    # NaN is neither above nor below anything, and null is below every number.
    is_number = {"$and": [{"$gt": ["$$number", -MOST_MONEY]}, {"$lt": ["$$number", MOST_MONEY]}]}
    finite = {"$let": {"vars": {"number": number}, "in": {"$cond": [is_number, {"$max": ["$$number", 0]}, None]}}}
    return {"$cond": [{"$in": [{"$type": path}, NUMERIC]}, finite, None]}


def _whole(number: Any) -> dict[str, Any]:
    """The number, where it is a whole one; else null."""
    return {"$let": {"vars": {"n": number}, "in": {"$cond": [{"$eq": ["$$n", {"$trunc": "$$n"}]}, "$$n", None]}}}


def _currency() -> dict[str, Any]:
    return {"$ifNull": ["$currency", "USD"]}


def key_of(found: Mapping[str, Any], mark: str) -> str:
    contract_id = found.get("contract_id")
    # BSON's Code is a text to isinstance(), yet MongoDB would not find it as one.
    if type(contract_id) is str and is_addressable(contract_id):
        return contract_id
    own = found.get("_id")
    if isinstance(own, ObjectId) or (type(own) is str and is_addressable(own)):
        return f"{mark}{own}"
    return ""


def overview(today: date) -> Pipeline:
    """One document for the overview: counts, recurring fee per currency, what is due, what ends next."""
    in_force = {"$match": {"status": {"$in": list(lifecycle.IN_FORCE)}}}
    return [
        {
            "$facet": {
                "statuses": [{"$group": {"_id": "$status", "n": {"$sum": 1}}}],
                "types": [{"$group": {"_id": "$contract_type", "n": {"$sum": 1}}}],
                "fees": [in_force, *_fees()],
                "due": [in_force, _due(today)],
                "next": [
                    {"$match": ending(today, WINDOWS[-1])},
                    {"$sort": {"end_date": 1, "_id": 1}},
                    {"$limit": 8},
                    {"$project": dict.fromkeys(NEXT_FIELDS, 1)},
                ],
            }
        }
    ]


def standing(today: date, most: int) -> Pipeline:
    """One document: how many contracts in force are near a limit this month or over it, and those most so."""
    rows = {"$topN": {"n": most, "sortBy": {"share": -1, "_id": 1}, "output": _standing_row()}}
    near = {"$cond": [{"$gt": ["$share", FULL]}, 0, 1]}
    return [
        {"$match": {"status": {"$in": list(lifecycle.IN_FORCE)}}},
        *share(today),
        {"$match": {"share": {"$gte": NEAR}}},
        {"$group": {"_id": None, "near": {"$sum": near}, "all": {"$sum": 1}, "rows": rows}},
    ]


def _standing_row() -> dict[str, Any]:
    return {name: f"${name}" for name in ("_id", *NEXT_FIELDS, "share")}


def _fees() -> Pipeline:
    """Recurring fee per currency, largest first, and how many documents hold a fee that is no price."""
    add_ons = {"$cond": [{"$isArray": "$add_ons"}, "$add_ons", []]}
    active = {"$filter": {"input": add_ons, "as": "a", "cond": {"$not": [{"$in": ["$$a.active", INACTIVE]}]}}}
    fees = {"$map": {"input": active, "as": "a", "in": _price("$$a.monthly_fee")}}
    return [
        {
            "$group": {
                "_id": _currency(),
                "fee": {"$sum": {"$add": [_price("$base_monthly_fee"), {"$sum": fees}]}},
                "n": {"$sum": 1},
                "odd": {"$sum": {"$cond": [_is_price("$base_monthly_fee"), 0, 1]}},
            }
        },
        {"$sort": {"n": -1, "_id": 1}},
    ]


def _as_decimal(path: str) -> dict[str, Any]:
    """The number at a path, also in a text; a date or a boolean, which MongoDB would convert, is none."""
    number = {"$convert": {"input": path, "to": "decimal", "onError": Decimal(-1), "onNull": Decimal(0)}}
    return {"$cond": [{"$in": [{"$type": path}, NUMERIC]}, number, Decimal(-1)]}


def _is_price(path: str) -> dict[str, Any]:
    # NaN sorts below every number, so it falls out here like a negative one.
    return {"$and": [{"$gte": [_as_decimal(path), Decimal(0)]}, {"$lt": [_as_decimal(path), MOST_MONEY]}]}


def _price(path: str) -> dict[str, Any]:
    return {"$cond": [_is_price(path), _as_decimal(path), Decimal(0)]}


def _due(today: date) -> dict[str, Any]:
    """How many end, and how many need notice, within each window."""
    start = midnight(today)
    group: dict[str, Any] = {"_id": None}
    for days in WINDOWS:
        until = midnight(today + timedelta(days=days))
        ends = {"$and": [{"$gte": ["$end_date", start]}, {"$lte": ["$end_date", until]}]}
        notice = {
            "$and": [
                {"$eq": ["$status", "active"]},
                {"$gte": ["$end_date", start]},
                {"$lte": [_notice_date(), until]},
            ]
        }
        group[f"ends_{days}"] = {"$sum": {"$cond": [ends, 1, 0]}}
        group[f"notice_{days}"] = {"$sum": {"$cond": [notice, 1, 0]}}
    return {"$group": group}
