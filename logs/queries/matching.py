"""From a filter of a log to the query that pages and counts are made of."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from logs.domain.filters import LogFilter, Values
from logs.kinds import Log
from mongo.client import Document
from mongo.codec import canonical_json
from mongo.cursors import mark_of
from mongo.expressions import is_of, text_of
from mongo.stretches import Query

# What is no text, as somebody writes it who looks for it.
CONSTANTS = {"true": True, "false": False}
# A decimal number of MongoDB has no more.
MOST_DIGITS = 34
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


def query_of(log: Log, wanted: LogFilter) -> Query:
    """The query, led by the field that leaves the fewest entries."""
    leading, rest = _of_account(log, wanted.account)
    single = {name for name, values in wanted.fields.items() if len(values) == 1}
    leader = next((name for name in log.leading if name in single and not leading), None)
    for name, values in wanted.fields.items():
        if name == leader:
            leading = {name: values[0]}
        else:
            rest.append({name: {"$in": _alike(log, name, values)}})
    rest += [{name: {"$nin": _alike(log, name, values)}} for name, values in wanted.without.items()]
    if wanted.text:
        rest.append({"$or": list(_holding(log, wanted.text))})
    return Query(
        leading=leading,
        rest={"$and": rest} if rest else {},
        start=wanted.start,
        end=wanted.end,
        is_undated=wanted.is_undated,
    )


def _of_account(log: Log, account: str | None) -> tuple[Document, list[Document]]:
    """What keeps to the entries of an account: led by an index where one field alone can name it."""
    if account is None:
        return {}, []
    if len(log.of_account) == 1:
        return {log.of_account[0]: account}, []
    # An entry of a log that knows no accounts is nobody's.
    return {}, [{"$or": [{path: account} for path in log.of_account]} if log.of_account else {"$expr": False}]


def _alike(log: Log, name: str, values: Values) -> list[Any]:
    """The texts and, where writers choose what they write, the numbers and constants that look the same."""
    if name in log.filters:
        return list(values)
    return [one for value in values for one in _readings(value)]


def _readings(text: str) -> Iterator[Any]:
    yield text
    if text in CONSTANTS:
        yield CONSTANTS[text]
    elif NUMBER.fullmatch(text) and len(text) <= MOST_DIGITS:
        # A number finds those of all types that equal it; but a binary fraction seldom equals a decimal one.
        yield Decimal(text)
        yield float(text)


def _holding(log: Log, text: str) -> Iterator[Document]:
    """Conditions of which one holds where the text stands in what is searched, in letters of either case."""
    words = re.escape(text)
    for path in log.searched:
        yield {path: {"$regex": words, "$options": "i"}}
        if path in log.open:
            yield {"$expr": _inside(f"${path}", words)}


def _inside(path: str, words: str) -> Document:
    """Whether the words stand in a text that lies right below a path."""
    parts = {"$objectToArray": {"$cond": [is_of(path, "object"), path, {}]}}
    found = {"$regexMatch": {"input": text_of("$$part.v"), "regex": {"$literal": words}, "options": "i"}}
    return {"$anyElementTrue": [{"$map": {"input": parts, "as": "part", "in": found}}]}


def mark(log: Log, wanted: LogFilter) -> bytes:
    """What cursors of this list are recognised by."""
    return mark_of(
        canonical_json(
            {
                "log": log.name,
                "fields": _sorted(wanted.fields),
                "without": _sorted(wanted.without),
                "text": wanted.text,
                "account": wanted.account,
                "from": wanted.last or wanted.start,
                "to": wanted.end,
                "undated": wanted.is_undated,
            }
        )
    )


def _sorted(asked: Mapping[str, Values]) -> dict[str, list[str]]:
    return {name: sorted(values) for name, values in asked.items()}
