"""Entries as lines of a file: none is lost, none is a formula, and what was written can be brought in again."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from bson import Binary, Code, DBRef, Int64, MaxKey, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS
from pymongo.database import Database

from logs.exporting import OTHERS, ndjson, table
from logs.kinds import LOGS
from mongo import paging
from mongo.client import Document
from mongo.stretches import Query
from tests.commands import Command
from tests.logs.entries import AT, MADE, stored

NOW = datetime(2026, 11, 21, tzinfo=UTC)
# What other services may have put anywhere.
STRANGE = [
    None,
    True,
    1.5,
    float("nan"),
    float("-inf"),
    Int64(2**60),
    Decimal("-12.30"),
    Decimal("NaN"),
    b"\0\xff",
    UUID(int=7),
    Binary(b"x" * 16, 3),
    DatetimeMS(2**62),
    datetime(1, 1, 1, tzinfo=UTC),
    ObjectId("0" * 24),
    Regex("a", "i"),
    Code("f()"),
    Timestamp(1, 2),
    MaxKey(),
    DBRef("other", 1),
    [[1], {}],
    {"a": {"b": []}},
    "\u2028\x00\x85",
]


def rows(log: str, *documents: Document) -> list[dict[str, str]]:
    text = "".join(table(LOGS[log], documents))
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def nested(levels: int) -> Document:
    found: Any = "deep"
    for _ in range(levels):
        found = {"in": found}
    return found


def found(log: str) -> Iterator[Document]:
    """All entries of a log, read as a download reads them."""
    return paging.walk(LOGS[log].collection, Query(), now=NOW)


# NDJSON ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("log", LOGS)
def test_what_was_exported_is_brought_in_again_as_it_was(
    mongo: Database[Document], tmp_path: Path, log: str
) -> None:
    open_field = LOGS[log].open[0]
    stored(mongo, log, MADE[log]())
    stored(mongo, log, MADE[log](entryId="a-1", unknown=Int64(2**60), other=b"\0\xff"))
    stored(
        mongo, log, MADE[log](**{open_field: {"x": [1, 1.5, Decimal("1.50"), None, True, UUID(int=7), AT, "é\n"]}})
    )
    before = list(found(log))
    file = tmp_path / "entries.ndjson"
    file.write_text("".join(ndjson(LOGS[log], before)))
    mongo[LOGS[log].collection].delete_many({})
    Command("import_logs")(log, file)
    # That they were imported is an entry, too.
    assert [entry for entry in found(log) if entry.get("action") != "log.imported"] == before


@pytest.mark.parametrize("value", STRANGE, ids=lambda value: type(value).__name__)
def test_every_kind_of_value_is_one_line_of_json(value: object) -> None:
    (line,) = ndjson(LOGS["agents"], [{"_id": "text", "status": value, "output": {"x": [value]}}])
    assert line.endswith("\n") and line.count("\n") == 1
    assert json.loads(line)["_id"] == "text"


def test_two_hundred_levels_are_no_hindrance() -> None:
    (line,) = ndjson(LOGS["agents"], [{"_id": 1, "output": nested(200)}])
    assert line.count("in") == 200
    assert "deep" in rows("agents", {"_id": 1, "output": nested(200)})[0]["output"]


# CSV ------------------------------------------------------------------------------------------------------


def test_a_table_begins_with_the_time_and_ends_with_what_tells_the_entry() -> None:
    header = next(table(LOGS["audit"], [])).strip().split(",")
    assert header[:5] == ["timestamp", "userId", "action", "entity.type", "entity.id"]
    assert header[-4:] == ["createdAt", "entryId", "_id", OTHERS]


def test_a_row_holds_the_fields_as_texts_and_groups_as_json() -> None:
    entry = MADE["transactions"](amount=Decimal("29.33"))
    (row,) = rows("transactions", entry)
    assert (row["timestamp"], row["amount"]) == (f"{AT:%Y-%m-%d}T09:30:15.123Z", "29.33")
    assert json.loads(row["metadata"]) == entry["metadata"]
    assert (row["_id"], row["entryId"], row[OTHERS]) == (str(entry["_id"]), "", "")


def test_a_field_inside_a_group_has_a_column_of_its_own() -> None:
    (row,) = rows("audit", {"entity": {"type": "contract", "id": "c1"}})
    assert (row["entity.type"], row["entity.id"], row[OTHERS]) == ("contract", "c1", "")


@pytest.mark.parametrize(
    ("entity", "kind", "others"),
    [
        ("c1", "", '{"entity": "c1"}'),
        ({"type": "a", "more": 1}, "a", '{"entity": {"more": 1}}'),
        ([1], "", '{"entity": [1]}'),
        ({}, "", ""),
    ],
)
def test_what_has_no_column_stands_in_the_last(entity: object, kind: str, others: str) -> None:
    (row,) = rows("audit", {"entity": entity})
    assert (row["entity.type"], row[OTHERS]) == (kind, others)


def test_fields_that_nobody_knows_stand_in_the_last_column() -> None:
    (row,) = rows("agents", {"_id": 1, "=cmd()": "=cmd()"})
    assert json.loads(row[OTHERS]) == {"=cmd()": "=cmd()"}


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+1", "-1", "\t=1", "'=1", '=HYPERLINK("x")'])
def test_no_text_is_a_formula(text: str) -> None:
    (row,) = rows("agents", {"error": text, "status": text})
    assert row["error"] == row["status"] == f"'{text}"


@pytest.mark.parametrize(
    ("number", "cell"), [(Decimal("-12.30"), "-12.30"), (-5, "-5"), (1.5, "1.5"), (Int64(7), "7")]
)
def test_a_number_stays_one_that_can_be_added_up(number: object, cell: str) -> None:
    assert rows("transactions", {"amount": number})[0]["amount"] == cell


@pytest.mark.parametrize("value", STRANGE, ids=lambda value: type(value).__name__)
def test_every_kind_of_value_fits_a_cell(value: object) -> None:
    (row,) = rows("agents", {"status": value, "output": {"x": value}, "_id": value, "y": value})
    assert row["status"] == row["_id"]
    assert not row["status"].startswith(("=", "+", "@"))


def test_a_table_with_hostile_text_keeps_its_rows() -> None:
    texts = ['"', 'a","b', "two\r\nlines", ",,,", "<script>", "\x00", "\ufeff"]
    assert [row["error"] for row in rows("agents", *({"error": text} for text in texts))] == texts
