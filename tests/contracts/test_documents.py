"""Documents become contracts and back, whoever wrote them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import bson
import pytest
from bson import Code, Decimal128, Int64, ObjectId
from bson.datetime_ms import DatetimeMS
from hypothesis import given
from hypothesis import strategies as st
from pymongo.database import Database

from contracts import presentation, repository, revisions, seen, services
from contracts.documents import describe, flat, from_document, from_flat, to_document
from contracts.domain import diff, fields, lifecycle, rules
from contracts.domain.fields import Field
from contracts.domain.model import Contract, Oddity
from contracts.seen import SeenUnreadable, seen_of
from mongo import codec
from mongo.client import Document
from tests.factories import MAYA, NOW, TODAY, make_contract
from tests.strategies import DOCUMENTS, PLAIN, VALUES, as_read, contracts, quick, served

KINDS: dict[str, Any] = {
    fields.TEXT: str,
    fields.CHOICE: str,
    fields.DATE: date | None,
    fields.MOMENT: datetime | None,
    fields.FLAG: bool,
    fields.WHOLE: int | None,
    fields.NUMBER: int | Decimal | None,
    fields.DECIMAL: Decimal | None,
    fields.LINES: tuple,
    fields.ROWS: tuple,
}
SINGLE = [field for field in fields.ALL if not field.columns]


def holding(path: str, value: Any) -> Document:
    """A document with nothing but a value at a path."""
    group, _, name = path.rpartition(".")
    return {group: {name: value}} if group else {name: value}


def read(path: str, value: Any) -> tuple[Any, list[Oddity]]:
    """What a field becomes that holds the value, and what is odd about it."""
    contract = from_document(holding(path, value))
    return contract.at(path), list(contract.oddities)


@quick
@given(contracts())
def test_a_contract_survives_its_document(contract: Contract) -> None:
    assert from_document(to_document(contract)) == contract
    assert from_document(to_document(contract)).oddities == ()


@quick
@given(contracts())
def test_a_contract_survives_mongodb(contract: Contract) -> None:
    assert from_document(as_read(to_document(contract))) == contract


@quick
@given(contracts(), contracts())
def test_a_flat_state_carries_everything_that_is_compared(one: Contract, other: Contract) -> None:
    assert diff.changes(flat(from_flat(one, flat(other))), flat(other)) == ()


@quick
@given(contracts())
def test_fields_can_be_read_a_few_at_a_time(contract: Contract) -> None:
    document = to_document(contract)
    few = from_document(document, repository.LISTED)
    assert all(few.at(field.path) == contract.at(field.path) for field in repository.LISTED)


@quick
@given(DOCUMENTS)
def test_any_document_is_read_and_every_value_is_of_its_kind(document: Document) -> None:
    contract = from_document(as_read(document))
    assert [path for path, value, kind in values_of(contract) if not isinstance(value, KINDS[kind])] == []


def values_of(contract: Contract) -> Iterator[tuple[str, Any, str]]:
    """Path, value and kind of every field and of every cell that is not empty."""
    for field in fields.ALL:
        value = contract.at(field.path)
        yield field.path, value, field.kind
        for row in value if field.columns else ():
            cells = ((column, getattr(row, column.name)) for column in field.columns)
            yield from ((f"{field.path}.{column.name}", cell, column.kind) for column, cell in cells)


@quick
@given(DOCUMENTS)
def test_whatever_was_read_can_be_judged_reckoned_and_compared(document: Document) -> None:
    contract = from_document(as_read(document))
    rules.problems(contract)
    lifecycle.in_notice_window(contract, TODAY)
    assert contract.recurring_fee.is_finite()
    assert str(contract.title)
    presentation.lines(diff.changes(flat(contract), flat(make_contract())))


@quick
@given(DOCUMENTS)
def test_whatever_was_read_can_be_stored_as_what_was_there_before(document: Document) -> None:
    changed = diff.changes(flat(from_document(as_read(document))), flat(make_contract()))
    stored = codec.stored({"changes": [change.as_document() for change in changed]})
    assert codec.digest(as_read(stored)) == codec.digest(stored)


@quick
@given(st.sampled_from(fields.ALL), VALUES)
def test_what_is_odd_about_a_field_names_it(field: Field, value: Any) -> None:
    found, oddities = read(field.path, value)
    assert all(f"{oddity.path}.".startswith(f"{field.path}.") for oddity in oddities)
    if found in (None, Contract().at(field.path)) and value not in (None, "", [], {}) and not oddities:
        assert value == found


@quick
@given(st.sampled_from(["usage_limits", "sla_terms", "primary_contact", "usage_based_pricing"]), VALUES)
def test_a_group_that_is_no_group_is_odd(group: str, value: Any) -> None:
    paths = [oddity.path for oddity in from_document({group: value}).oddities]
    assert group in paths or value is None or isinstance(value, dict)


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        ("account_name", 7, "7"),
        ("account_name", True, "True"),
        ("account_name", Code("a"), "a"),
        ("account_id", ObjectId("5f43a1b2c3d4e5f6a7b8c9d0"), "5f43a1b2c3d4e5f6a7b8c9d0"),
        ("base_monthly_fee", 299.5, Decimal("299.5")),
        ("base_monthly_fee", 0.1, Decimal("0.1")),
        ("base_monthly_fee", " 299.00 ", Decimal("299.00")),
        ("end_date", "2026-12-31", date(2026, 12, 31)),
        ("end_date", "2026-12-31T23:30:00-02:00", date(2027, 1, 1)),
        ("created_at", "2026-12-31", datetime(2026, 12, 31, tzinfo=UTC)),
        ("auto_renewal", "true", True),
        ("auto_renewal", 0, False),
        ("notice_days", 30.0, 30),
        ("notice_days", "30", 30),
        ("notice_days", Decimal("3E+1"), 30),
        ("usage_limits.sla_threshold_seconds", "2.5", Decimal("2.5")),
        ("tags", "vip", ("vip",)),
    ],
)
def test_a_value_of_another_kind_is_understood_where_that_is_safe(path: str, value: Any, found: Any) -> None:
    understood, (oddity,) = read(path, value)
    assert (understood, type(understood)) == (found, type(found))
    assert (oddity.path, oddity.is_understood) == (path, True)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("account_name", ["a"]),
        ("account_name", {"first": "a"}),
        ("base_monthly_fee", "ten"),
        ("base_monthly_fee", True),
        ("base_monthly_fee", float("nan")),
        ("base_monthly_fee", Decimal("Infinity")),
        ("base_monthly_fee", Decimal("sNaN")),
        ("base_monthly_fee", "1e9999999"),
        ("base_monthly_fee", "9" * 35),
        ("version", "1e9999999"),
        ("version", Decimal("9E+6144")),
        ("version", "9" * 5_000),
        ("notice_days", 30.5),
        ("notice_days", True),
        ("usage_limits.sla_threshold_seconds", "1e9999999"),
        ("usage_limits.sla_threshold_seconds", "soon"),
        ("end_date", DatetimeMS(2**60)),
        ("end_date", 20261231),
        ("end_date", "9999-12-31T23:59-14:00"),
        ("auto_renewal", "yes"),
        ("auto_renewal", 2),
        ("tags", {"0": "vip"}),
        ("add_ons", "Sandbox"),
        ("add_ons", b"Sandbox"),
        ("usage_based_pricing.trade_volume_tiers", {"0": {}}),
    ],
)
def test_a_value_that_cannot_be_understood_is_left_out_and_named(path: str, value: Any) -> None:
    found, (oddity,) = read(path, value)
    assert found == Contract().at(path)
    assert (oddity.path, oddity.is_understood) == (path, False)


@pytest.mark.parametrize("field", SINGLE, ids=lambda field: field.path)
def test_nothing_is_not_odd(field: Field) -> None:
    assert read(field.path, None) == (Contract().at(field.path), [])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("base_monthly_fee", 299),
        ("base_monthly_fee", Int64(299)),
        ("usage_limits.sla_threshold_seconds", 2.5),
        ("usage_limits.max_monthly_trades", Int64(7)),
    ],
)
def test_kinds_that_mean_the_same_are_not_odd(path: str, value: Any) -> None:
    assert read(path, value)[1] == []


def test_a_row_that_is_no_row_and_a_cell_that_is_odd_are_named() -> None:
    document = {"add_ons": [{"name": "Sandbox", "monthly_fee": "free"}, "Reports", {"name": 7, "label": "x"}]}
    contract = from_document(document)
    assert [oddity.path for oddity in contract.oddities] == ["add_ons.0.monthly_fee", "add_ons.1", "add_ons.2.name"]
    assert [(row.name, row.monthly_fee, row.extra) for row in contract.add_ons] == [
        ("Sandbox", None, {}),
        ("7", None, {"label": "x"}),
    ]


def test_a_line_that_is_no_text_is_described() -> None:
    lines, (oddity,) = read("features", ["api", 7, None])
    assert lines == ("api", "“7” (whole number)", "“None” (NoneType)")
    assert not oddity.is_understood


@quick
@given(VALUES)
def test_any_value_is_described_in_a_few_words(value: Any) -> None:
    assert len(describe(value)) < 120


@quick
@given(DOCUMENTS)
def test_what_an_editor_saw_comes_back_as_it_was(document: Document) -> None:
    live = as_read(document)
    back = seen.unpack(seen.pack(live))
    assert codec.digest(back) == codec.digest(live)
    assert seen_of(back) == seen_of(live)


@pytest.mark.parametrize("name", ["$date", "$oid", "$numberDecimal", "$binary"])
def test_a_field_that_extended_json_would_read_as_a_value_comes_back(name: str) -> None:
    live = {"crm": {"a": 1, name: "soon"}, "other": {name: "soon"}}
    assert seen.unpack(seen.pack(live)) == live


@pytest.mark.parametrize("text", ["", "x", "a:b:c", "é", "\0"])
def test_what_this_site_did_not_make_is_not_read(text: str) -> None:
    with pytest.raises(SeenUnreadable):
        seen.unpack(text)


def test_a_touched_record_of_what_was_seen_is_not_read() -> None:
    packed = seen.pack({"a": 1})
    with pytest.raises(SeenUnreadable):
        seen.unpack(packed[:-1] + ("A" if packed[-1] != "A" else "B"))


@served
@given(st.dictionaries(st.sampled_from(["crm", "notes", "features", "usage_limits", "tags"]), PLAIN))
def test_history_holds_whatever_another_service_wrote(mongo: Database[Document], written: Document) -> None:
    mongo.contracts.delete_many({})
    mongo.contract_revisions.delete_many({})
    contract = services.create(make_contract(auto_renewal=False), actor=MAYA, now=NOW).contract
    mongo.contracts.update_one({}, {"$set": written} if written else {"$unset": {"notes": 1}})
    live = repository.document(contract.contract_id)
    wanted = from_flat(from_document(live), {"account_name": "Renamed", "features": [], "tags": [], "notes": ""})
    services.update(wanted, contract_id=contract.contract_id, seen=seen_of(live), actor=MAYA, now=NOW)
    assert list(revisions.breaks()) == []
    assert revisions.get(contract.contract_id, 2)["action"] == "adopted"


@served
@given(PLAIN)
def test_a_hash_is_the_same_when_it_is_read_again(mongo: Database[Document], value: Any) -> None:
    revision = codec.stored({"contract_id": "C-1", "at": NOW, "document": {"crm": value, "fee": Decimal("1.10")}})
    _id = mongo.hashed.insert_one({**revision, "hash": revisions.hash_of(revision)}).inserted_id
    found = mongo.hashed.find_one({"_id": _id})
    assert found["hash"] == revisions.hash_of(found)


def test_money_is_written_as_a_decimal_and_days_as_midnight() -> None:
    document = to_document(make_contract())
    assert as_read(document)["base_monthly_fee"] == Decimal("299.00")
    raw = bson.decode(bson.encode(document, codec_options=codec.CODEC_OPTIONS))
    assert raw["base_monthly_fee"] == Decimal128("299.00")
    assert document["start_date"] == datetime(2026, 1, 1, tzinfo=UTC)
