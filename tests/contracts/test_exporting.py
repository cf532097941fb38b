"""Contracts in a file: exact, complete, and the same when they are brought in again."""

import csv
import io
import json
import string
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from bson import ObjectId
from bson.datetime_ms import DatetimeMS
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import importing, planning, repository, services
from contracts.documents import from_document, to_document
from contracts.domain import rules
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
from contracts.exporting import CSV, EXTENDED, PLAIN, lines
from contracts.files import ndjson, table
from contracts.planning import Mode
from mongo import codec
from tests.factories import MAYA, NOW, make_contract

READERS = {PLAIN: ndjson.rows, EXTENDED: ndjson.rows, CSV: table.rows}
in_every_form = pytest.mark.parametrize("form", READERS)


def rows_of(documents, form):
    """The rows that documents become in a file and out of it again."""
    text = "".join(line.text for line in lines(documents, form))
    return list(READERS[form](io.BytesIO(text.encode())))


def exported(document, form=PLAIN):
    return list(lines([document], form))[-1]


def as_json(document, form=PLAIN):
    return json.loads(exported(document, form).text)


def normal(contract):
    """A contract in normal form, digit for digit."""
    return codec.canonical_json(to_document(contract))


# Most texts are such as break a table, a line or a spreadsheet.
AWKWARD = st.text(st.sampled_from("'\"=+-@,;\t\r\n\x85\u2028\ufeff[{\\ aé😀0"), max_size=12)
TEXTS = AWKWARD | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
IDS = st.text(string.ascii_letters + string.digits, min_size=1, max_size=20)
DAYS = st.none() | st.dates(date(1900, 1, 1), date(2999, 12, 31))
MOMENTS = st.datetimes(datetime(1900, 1, 1), timezones=st.just(UTC)).map(codec.truncated)
COUNTS = st.none() | st.integers(0, 2**53 - 1)
DIGITS = st.lists(st.integers(0, 9), min_size=1, max_size=34).map(tuple)
EXACT = st.builds(lambda digits, places: Decimal((0, digits, -places)), DIGITS, st.integers(0, 33))
AMOUNTS = st.none() | EXACT
SECONDS = st.none() | st.integers(0, 10**6) | st.decimals("0.001", "0.999", places=3)
FOREIGN = st.dictionaries(
    TEXTS.filter(lambda name: not name.startswith("$") and name not in ("name", "monthly_fee", "active")),
    TEXTS | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | EXACT | MOMENTS,
    max_size=3,
)
VOLUME = st.builds(VolumeTier, min_trades=COUNTS, max_trades=COUNTS, price_per_trade=AMOUNTS)
VALUE = st.builds(ValueTier, min_value=AMOUNTS, max_value=AMOUNTS, percentage_fee=AMOUNTS)
ADD_ONS = st.builds(AddOn, name=TEXTS, monthly_fee=AMOUNTS, active=st.booleans(), extra=FOREIGN)


def tuples(of):
    return st.lists(of, max_size=3).map(tuple)


CONTRACTS = st.builds(
    Contract,
    contract_id=IDS,
    account_id=IDS,
    account_name=TEXTS,
    account_manager=TEXTS,
    contract_type=st.sampled_from(TYPES),
    status=st.sampled_from(STATUSES),
    start_date=DAYS,
    end_date=DAYS,
    renewal_date=DAYS,
    anchor_day=COUNTS,
    auto_renewal=st.booleans(),
    renewal_term_months=st.integers(1, 120),
    notice_days=st.integers(0, 400),
    base_monthly_fee=AMOUNTS,
    usage_based_pricing=st.builds(Pricing, trade_volume_tiers=tuples(VOLUME), trade_value_tiers=tuples(VALUE)),
    usage_limits=st.builds(
        UsageLimits, max_monthly_trades=COUNTS, max_trade_value=AMOUNTS, sla_threshold_seconds=SECONDS
    ),
    primary_contact=st.builds(PrimaryContact, name=TEXTS, email=TEXTS, phone=TEXTS, role=TEXTS),
    billing_contact=st.builds(BillingContact, name=TEXTS),
    features=tuples(TEXTS),
    add_ons=tuples(ADD_ONS),
    sla_terms=st.builds(SlaTerms, uptime_guarantee=AMOUNTS, penalty_terms=TEXTS),
    tags=tuples(TEXTS),
    notes=TEXTS,
    created_at=st.none() | MOMENTS,
    created_by=TEXTS,
    version=st.integers(0, 10**6),
)


@in_every_form
@settings(deadline=None)
@given(contracts=st.lists(CONTRACTS, max_size=3))
def test_contracts_come_back_from_a_file_as_they_were(form, contracts):
    rows = rows_of([to_document(contract) for contract in contracts], form)
    assert [row.problems for row in rows] == [()] * len(contracts)
    assert [normal(row.contract) for row in rows] == [normal(contract) for contract in contracts]


@in_every_form
def test_an_export_brought_into_an_empty_database_gives_equal_contracts(mongo, form):
    foreign = {"rate": Decimal("1.10"), "at": NOW, "id": ObjectId()}
    add_on = AddOn(name="+1", monthly_fee=Decimal("0.10"), extra=foreign)
    other = make_contract(account_id="b", notes='=1+1\r\n"two"', add_ons=(add_on,))
    for contract in (make_contract(), other):
        services.create(contract, actor=MAYA, now=NOW)
    before = [from_document(found) for found in repository.all_documents()]
    rows = rows_of(repository.all_documents(), form)
    mongo.contracts.delete_many({})
    mongo.contract_revisions.delete_many({})
    planned = list(importing.run(rows, Mode(), actor=MAYA, now=NOW))
    assert [row.outcome for row in planned] == ["new", "new"]
    assert [normal(from_document(found)) for found in repository.all_documents()] == [normal(old) for old in before]


@in_every_form
def test_an_export_brought_into_its_own_database_changes_nothing(mongo, form):
    services.create(make_contract(), actor=MAYA, now=NOW)
    rows = rows_of(repository.all_documents(), form)
    assert [row.outcome for row in planning.plan(rows, Mode(update=True), now=NOW)] == ["unchanged"]


def test_tiers_of_many_digits_keep_the_rules():
    bound = Decimal("1234567890123456789012345678.901234")
    tiers = (
        ValueTier(min_value=Decimal(0), max_value=bound, percentage_fee=Decimal("0.1")),
        ValueTier(min_value=bound, percentage_fee=Decimal("0.05")),
    )
    assert rules.problems(make_contract(usage_based_pricing=Pricing(trade_value_tiers=tiers))) == ()


# What the lines hold ----------------------------------------------------------------------------------------


def test_plain_json_holds_days_moments_and_money_as_text():
    found = as_json(to_document(replace(make_contract(), created_at=NOW)))
    assert (found["start_date"], found["created_at"]) == ("2026-01-01", "2026-11-21T12:00:00.123Z")
    assert (found["base_monthly_fee"], found["usage_limits"]["max_monthly_trades"]) == ("299.00", 50_000)


def test_extended_json_holds_mongodbs_types():
    found = as_json(to_document(make_contract()), EXTENDED)
    assert found["start_date"] == {"$date": "2026-01-01T00:00:00.000Z"}
    assert found["base_monthly_fee"] == {"$numberDecimal": "299.00"}


def test_csv_holds_a_column_for_every_field():
    text = "".join(line.text for line in lines([to_document(make_contract())], CSV))
    (found,) = csv.DictReader(io.StringIO(text, newline=""))
    assert (found["end_date"], found["auto_renewal"]) == ("2026-12-31", "true")
    assert found["usage_limits.max_monthly_trades"] == "50000"
    assert found["primary_contact.phone"] == "'+1 555 0100"
    assert json.loads(found["tags"]) == ["vip", "emea"]


# Documents of other services --------------------------------------------------------------------------------


@in_every_form
def test_what_is_understood_stands_in_normal_form(form):
    odd = {**to_document(make_contract()), "base_monthly_fee": 299.0, "end_date": "2026-12-31", "account_id": 5}
    line = exported(odd, form)
    assert line.as_found == ()
    row = rows_of([odd], form)[0]
    assert row.problems == ()
    assert (row.contract.end_date, row.contract.account_id) == (date(2026, 12, 31), "5")
    assert str(row.contract.base_monthly_fee) == "299.0"


ODDITIES = pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        ("end_date", "31.12.2026", "31.12.2026"),
        ("created_at", DatetimeMS(2**60), {"$date": {"$numberLong": str(2**60)}}),
        ("base_monthly_fee", float("nan"), {"$numberDouble": "NaN"}),
        ("notes", {"a": [1.5]}, {"a": [{"$numberDouble": "1.5"}]}),
        ("tags", ["a", 5], ["a", 5]),
        ("add_ons", ["Sandbox"], ["Sandbox"]),
        ("add_ons", [{"name": "Sandbox", "monthly_fee": "free"}], [{"name": "Sandbox", "monthly_fee": "free"}]),
        ("usage_limits", "none", "none"),
    ],
)


@ODDITIES
@pytest.mark.parametrize("form", [PLAIN, EXTENDED])
def test_what_is_not_understood_stands_as_it_was_found(path, value, shown, form):
    line = exported({**to_document(make_contract()), path: value}, form)
    assert json.loads(line.text)[path] == shown
    assert line.as_found == (path,)


@ODDITIES
@pytest.mark.parametrize("form", [PLAIN, EXTENDED])
def test_what_is_not_understood_is_refused_when_it_is_brought_in(path, value, shown, form):
    row = rows_of([{**to_document(make_contract()), path: value}], form)[0]
    assert {problem.path.partition(".")[0] for problem in row.problems} >= {path}


@pytest.mark.parametrize("path", ["end_date", "add_ons", "usage_limits.max_monthly_trades"])
def test_what_is_not_understood_stands_in_its_cell(path):
    document = to_document(make_contract())
    group, _, name = path.rpartition(".")
    (document[group] if group else document)[name] = "=many"
    text = "".join(line.text for line in lines([document], CSV))
    (found,) = csv.DictReader(io.StringIO(text, newline=""))
    assert found[path] == "'=many"


def test_a_field_in_a_group_stands_as_it_was_found():
    document = to_document(make_contract())
    document["usage_limits"]["max_monthly_trades"] = "many"
    assert as_json(document)["usage_limits"]["max_monthly_trades"] == "many"


def test_a_document_with_nothing_in_it_is_a_line_all_the_same():
    assert as_json({"_id": ObjectId()})["account_id"] == ""


# All documents ----------------------------------------------------------------------------------------------


def test_all_contracts_are_read_by_id_across_batches(mongo):
    ids = [f"c{number:04}" for number in range(repository.BATCH_SIZE * 2)]
    mongo.contracts.insert_many({"contract_id": name, "account_id": name} for name in reversed(ids))
    assert [found["contract_id"] for found in repository.all_documents()] == ids


def test_contracts_without_a_usable_id_are_read_too(mongo):
    odd = [{"account_id": "a"}, {"contract_id": 5, "account_id": "b"}, {"contract_id": NOW, "account_id": "c"}]
    mongo.contracts.insert_many([*odd, {"contract_id": "c1", "account_id": "d"}])
    assert next(found["account_id"] for found in repository.all_documents()) == "d"
    assert {found["account_id"] for found in repository.all_documents()} == {"a", "b", "c", "d"}


def test_a_number_that_another_service_wrote_below_zero_is_no_formula_and_comes_back():
    contract = make_contract(contract_id="c")
    document = to_document(contract) | {"base_monthly_fee": "-12"}
    cells = dict(zip(*csv.reader(io.StringIO("".join(line.text for line in lines([document], CSV)))), strict=True))
    assert cells["base_monthly_fee"] == "'-12"
    assert rows_of([document], CSV)[0].contract.base_monthly_fee == Decimal(-12)
