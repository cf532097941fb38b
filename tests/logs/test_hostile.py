"""What other services and attackers write into the logs stays text, and breaks no page, file or fragment."""

import csv
import io
import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import bson
import pytest
from bson import ObjectId
from bson.raw_bson import RawBSONDocument
from django.test import Client
from pymongo.database import Database

from logs import exploring, ids
from logs.asking import read
from logs.kinds import LOGS
from mongo import codec
from mongo.client import Document
from tests.logs.entries import MADE, address, stored
from tests.logs.hostile import IDS, VALUES, filled, nested, of_type, with_names
from tests.logs.markup import content_of, foreign_in
from tests.logs.payloads import BREAKING_OUT, FORMULAS, MARKUP, PAYLOADS

PART = {"HX-Request": "true"}
ALL = "?last=all"
EVERY_LOG = pytest.mark.parametrize("log", LOGS)
# What stands on one page of a list.
PAGE = 40


def chunks(entries: Sequence[Document]) -> Iterator[Sequence[Document]]:
    for start in range(0, len(entries), PAGE):
        yield entries[start : start + PAGE]


def pages(client: Client, log: str, entries: Sequence[Document]) -> Iterator[tuple[str, Any]]:
    """The answers that tell of an entry by itself: its page and its panel."""
    for entry in entries:
        at = address(log, entry["_id"])
        yield f"{at} page", client.get(at)
        yield f"{at} panel", client.get(at, headers=PART)


def files(client: Client, log: str, entries: Sequence[Document]) -> Iterator[tuple[str, Any]]:
    """The answers that hold all of an entry, which are no pages."""
    for entry in entries:
        at = address(log, entry["_id"], "?as=json")
        yield at, client.get(at)


def lists(client: Client, log: str) -> Iterator[tuple[str, Any]]:
    """The answers that tell of many entries at once."""
    base = f"/logs/{log}/"
    yield "list", client.get(f"{base}{ALL}")
    yield "part of the list", client.get(f"{base}{ALL}", headers=PART)
    yield "undated", client.get(f"{base}undated/")
    yield "tail", client.get(f"{base}tail/{ALL}&since={cursor(log)}")
    for part in ("histogram/", "count/", *(f"values/{name}/" for name in LOGS[log].facets)):
        yield part, client.get(f"{base}{part}{ALL}", headers=PART)


def cursor(log: str) -> str:
    now = datetime.now(UTC)
    wanted = read({"last": ["all"]}, LOGS[log], now=now).wanted
    return exploring.cursor_at(LOGS[log], wanted, None, now=now - timedelta(hours=1))


def broken(answers: Iterator[tuple[str, Any]]) -> dict[str, Any]:
    """The answers that are none, and what a log has brought into the others."""
    found: dict[str, Any] = {}
    for name, response in answers:
        if response.status_code != 200:
            found[name] = response.status_code
        elif "html" in response["Content-Type"] and (foreign := foreign_in(response)):
            found[name] = foreign[:3]
    return found


@EVERY_LOG
def test_no_text_of_an_entry_becomes_a_part_of_its_page(
    admin_client: Client, mongo: Database[Document], log: str
) -> None:
    entries = [stored(mongo, log, filled(log, text)) for text in PAYLOADS]
    assert broken(pages(admin_client, log, entries)) == {}


@EVERY_LOG
def test_no_name_of_a_field_becomes_a_part_of_its_page(
    admin_client: Client, mongo: Database[Document], log: str
) -> None:
    entries = [stored(mongo, log, entry) for entry in with_names(log)]
    assert broken(pages(admin_client, log, entries)) == {}


@EVERY_LOG
def test_no_text_of_an_entry_becomes_a_part_of_a_list(
    admin_client: Client, mongo: Database[Document], log: str
) -> None:
    found: dict[str, Any] = {}
    for some in chunks([filled(log, text) for text in PAYLOADS]):
        mongo[LOGS[log].collection].delete_many({})
        mongo[LOGS[log].collection].insert_many(some)
        found |= broken(lists(admin_client, log))
    assert found == {}


@EVERY_LOG
def test_columns_and_filters_of_hostile_names_stay_text(
    admin_client: Client, mongo: Database[Document], log: str
) -> None:
    first = LOGS[log].open[0]
    names = [
        f"{first}.{text}"
        for text in (*MARKUP, *BREAKING_OUT)
        if "." not in text and "," not in text and len(text) < 40
    ][:12]
    for entry in with_names(log):
        stored(mongo, log, entry)
    asked = [("columns", ",".join(names)), *((name, "a value") for name in names[:3]), ("q", MARKUP[0])]
    answer = admin_client.get(f"/logs/{log}/{ALL}&{urlencode(asked)}")
    assert answer.status_code == 200
    assert foreign_in(answer) == []


@EVERY_LOG
def test_a_hostile_address_is_told_as_text(admin_client: Client, mongo: Database[Document], log: str) -> None:
    for text in (*MARKUP, *BREAKING_OUT):
        for name in ("last", "from", "zone", "order", "columns", "after", text):
            answer = admin_client.get(f"/logs/{log}/?{urlencode({name: text})}")
            assert answer.status_code in (200, 400), (name, text)
            assert foreign_in(answer) == [], (name, text)


@EVERY_LOG
@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_a_file_of_hostile_entries_holds_no_page(
    admin_client: Client, mongo: Database[Document], log: str, form: str
) -> None:
    mongo[LOGS[log].collection].insert_many([filled(log, text) for text in PAYLOADS])
    answer = admin_client.get(f"/logs/{log}/export.{form}{ALL}")
    assert answer.status_code == 200
    assert "html" not in answer["Content-Type"]
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert len(content_of(answer).splitlines()) >= len(PAYLOADS)


@EVERY_LOG
def test_no_cell_of_a_table_is_a_formula(admin_client: Client, mongo: Database[Document], log: str) -> None:
    mongo[LOGS[log].collection].insert_many([filled(log, text) for text in FORMULAS])
    answer = admin_client.get(f"/logs/{log}/export.csv{ALL}")
    cells = [cell for row in csv.reader(io.StringIO(content_of(answer))) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_a_transactions_page_takes_no_text_for_markup(admin_client: Client, mongo: Database[Document]) -> None:
    for text in PAYLOADS:
        stored(mongo, "transactions", filled("transactions", text))
        answer = admin_client.get(f"/logs/transactions/of/?{urlencode({'transactionId': text})}")
        assert answer.status_code in (200, 400, 404), text
        assert foreign_in(answer) == [], text


@EVERY_LOG
def test_a_value_of_any_type_in_every_field_breaks_no_page(
    admin_client: Client, mongo: Database[Document], log: str
) -> None:
    now = datetime.now(UTC)
    # A trail forgets what is stored long ago; a list may hold dates, too.
    undated = [of_type(log, value, createdAt=now) for value in VALUES.values()]
    dated = [of_type(log, value, createdAt=now, timestamp=now) for value in VALUES.values()]
    mongo[LOGS[log].collection].insert_many([*undated, *dated])
    assert broken(pages(admin_client, log, [*undated, *dated])) == {}
    assert broken(lists(admin_client, log)) == {}


@EVERY_LOG
def test_a_value_of_any_type_inside_of_an_open_field_breaks_no_page(
    admin_client: Client, mongo: Database[Document], log: str
) -> None:
    parts = [
        {"value": value, "list": [value], "changes": [value, {"path": "a", "after": value}]}
        for value in VALUES.values()
    ]
    entries = [stored(mongo, log, MADE[log](**dict.fromkeys(LOGS[log].open, part))) for part in parts]
    assert broken(pages(admin_client, log, entries)) == {}
    assert broken(files(admin_client, log, entries)) == {}


@EVERY_LOG
def test_an_entry_without_any_field_has_a_page(admin_client: Client, mongo: Database[Document], log: str) -> None:
    entry = stored(mongo, log, {"_id": ObjectId()})
    assert broken(pages(admin_client, log, [entry])) == {}
    assert broken(lists(admin_client, log)) == {}


@EVERY_LOG
def test_an_id_of_any_type_leads_to_its_entry(admin_client: Client, mongo: Database[Document], log: str) -> None:
    now = datetime.now(UTC)
    entries = [stored(mongo, log, MADE[log](_id=own, timestamp=now)) for own in IDS.values()]
    assert broken(pages(admin_client, log, entries)) == {}
    page = content_of(admin_client.get(f"/logs/{log}/"))
    assert [entry["_id"] for entry in entries if f'href="{address(log, entry["_id"])}"' not in page] == []


@EVERY_LOG
def test_an_id_too_long_for_an_address_breaks_no_list(
    admin_client: Client, mongo: Database[Document], log: str
) -> None:
    stored(mongo, log, MADE[log](_id="x" * 10_000, timestamp=datetime.now(UTC)))
    assert ids.written("x" * 10_000) is None
    assert broken(lists(admin_client, log)) == {}


@EVERY_LOG
@pytest.mark.parametrize("levels", [61, 180])
def test_what_is_nested_deeply_is_cut_and_whole_in_the_file(
    admin_client: Client, mongo: Database[Document], log: str, levels: int
) -> None:
    entry = stored(mongo, log, {**MADE[log](timestamp=datetime.now(UTC)), LOGS[log].open[0]: nested(levels)})
    assert broken(pages(admin_client, log, [entry])) == {}
    assert broken(lists(admin_client, log)) == {}
    assert "left out here" in content_of(admin_client.get(address(log, entry["_id"])))
    assert '"bottom": "reached"' in content_of(admin_client.get(address(log, entry["_id"], "?as=json")))


@EVERY_LOG
def test_long_texts_are_cut_and_whole_in_the_file(
    admin_client: Client, mongo: Database[Document], log: str
) -> None:
    entry = stored(mongo, log, filled(log, "<b>long</b>" * 30_000))
    page = content_of(admin_client.get(address(log, entry["_id"])))
    assert len(page) < 1_500_000
    assert broken(pages(admin_client, log, [entry])) == {}
    assert broken(lists(admin_client, log)) == {}
    assert len(content_of(admin_client.get(address(log, entry["_id"], "?as=json")))) > 1_500_000


@EVERY_LOG
def test_an_entry_of_15_megabytes_has_a_page(admin_client: Client, mongo: Database[Document], log: str) -> None:
    part = {str(number): "x" * 1_000 for number in range(14_500)}
    entry = stored(mongo, log, {**MADE[log](timestamp=datetime.now(UTC)), LOGS[log].open[0]: part})
    page = content_of(admin_client.get(address(log, entry["_id"])))
    assert len(page) < 6_000_000
    assert broken(lists(admin_client, log)) == {}


def test_many_values_are_cut_and_whole_in_the_file(admin_client: Client, mongo: Database[Document]) -> None:
    entry = stored(mongo, "agents", MADE["agents"](output=[{"n": number} for number in range(50_000)]))
    page = content_of(admin_client.get(address("agents", entry["_id"])))
    assert page.count('class="leaf"') < 2_100
    assert "left out here" in page


def with_bad_text() -> bytes:
    """An entry whose texts, and a name, are no UTF-8; our own server takes none, others' do."""
    bad = b"\xff\xfe<b>\x80"
    fields = (
        b"\x02status\0" + struct.pack("<i", len(bad) + 1) + bad + b"\0" + b"\x10na\xffme\0" + struct.pack("<i", 1)
    )
    content = b"\x07_id\0" + b"a" * 12 + fields + b"\0"
    return struct.pack("<i", len(content) + 4) + content


def test_bad_utf8_is_read_with_marks_in_its_place() -> None:
    assert codec.decoded(with_bad_text()) == {
        "_id": ObjectId(b"a" * 12),
        "status": "\ufffd\ufffd<b>\ufffd",
        "na\ufffdme": 1,
    }


def test_a_uuid_that_can_be_none_is_read_as_bytes() -> None:
    raw = bson.encode({"_id": 1, "user": VALUES["short UUID"]})
    assert codec.decoded(raw) == {"_id": 1, "user": VALUES["short UUID"]}


@EVERY_LOG
def test_a_name_that_stands_twice_breaks_no_page(admin_client: Client, mongo: Database[Document], log: str) -> None:
    own = ObjectId()
    twice = b"".join(b"\x10n\0" + struct.pack("<i", number) for number in (1, 2))
    content = b"\x07_id\0" + own.binary + twice + b"\0"
    mongo[LOGS[log].collection].insert_one(RawBSONDocument(struct.pack("<i", len(content) + 4) + content))
    assert broken(pages(admin_client, log, [{"_id": own}])) == {}
    assert broken(lists(admin_client, log)) == {}
