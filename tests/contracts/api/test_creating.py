"""Contracts made over HTTP, whole or from a template."""

from datetime import UTC, datetime

import pytest

from contracts import repository, revisions
from tests.machines import errors_of

pytestmark = pytest.mark.usefixtures("mongo")

WHOLE = {
    "account_id": "acct-9",
    "account_name": "Cedar Foods",
    "status": "active",
    "start_date": "2026-01-01",
    "end_date": "2098-12-31",
    "auto_renewal": True,
    "base_monthly_fee": "299.00",
    "add_ons": [{"name": "Sandbox", "monthly_fee": 49}],
    "usage_based_pricing": {
        "trade_volume_tiers": [
            {"min_trades": 0, "max_trades": 10, "price_per_trade": "0.10"},
            {"min_trades": 11, "max_trades": None, "price_per_trade": "1e-7"},
        ]
    },
    "usage_limits": {"max_monthly_trades": 50, "sla_threshold_seconds": "12.5"},
    "primary_contact": {"name": "Ana Ortiz"},
    "tags": ["vip"],
    "notes": None,
}


def test_a_whole_contract_is_stored(machine):
    answer = machine.post("/contracts", WHOLE)
    found = answer.json()
    assert answer.status_code == 201
    assert (found["version"], found["status"], found["base_monthly_fee"]) == (1, "active", "299.00")
    assert found["renewal_date"] == "2099-01-01"
    assert found["add_ons"] == [{"name": "Sandbox", "monthly_fee": "49", "active": True}]
    assert found["usage_limits"]["sla_threshold_seconds"] == "12.5"


def test_the_answer_says_where_it_is_and_how_it_can_be_changed(machine):
    answer = machine.post("/contracts", WHOLE)
    assert answer["Location"] == f"/api/v1/contracts/{answer.json()['contract_id']}"
    read = machine.get(answer["Location"].removeprefix("/api/v1"))
    assert (read.json(), read["ETag"]) == (answer.json(), answer["ETag"])


def test_the_history_tells_which_token_made_it(machine, mongo):
    contract_id = machine.post("/contracts", WHOLE).json()["contract_id"]
    assert revisions.get(contract_id, 1)["actor"] == {"id": "token:billing", "name": "billing", "via": "api"}
    entry = mongo.audit_trails.find_one({"action": "contract.created"})
    assert (entry["userId"], entry["via"]) == ("token:billing", "api")


def test_a_template_gives_its_terms_from_today(machine):
    found = machine.post("/contracts", {"template": "basic", "account_id": "acct-9"}).json()
    assert (found["contract_type"], found["status"], found["base_monthly_fee"]) == ("basic", "draft", "99.00")
    assert found["start_date"] == datetime.now(UTC).date().isoformat()


def test_terms_replace_those_of_the_template(machine):
    terms = {"start_date": "2026-02-01", "base_monthly_fee": "120", "usage_limits": {"max_trade_value": None}}
    found = machine.post("/contracts", {"template": "basic", "account_id": "acct-9", **terms}).json()
    assert (found["start_date"], found["base_monthly_fee"]) == ("2026-02-01", "120")
    assert found["usage_limits"]["max_trade_value"] is None
    assert found["usage_limits"]["max_monthly_trades"] == 10_000


@pytest.mark.parametrize(
    ("model", "field", "around"),
    [
        ("NewContract", "renewal_term_months", ""),
        ("NewContract", "notice_days", ""),
        ("NewContract", "anchor_day", ""),
        ("NewSlaTerms", "uptime_guarantee", "sla_terms"),
    ],
)
def test_whole_numbers_are_taken_exactly_as_far_as_is_described(machine, model, field, around):
    properties = machine.get("/openapi.json").json()["components"]["schemas"][model]["properties"]
    bounds = next(kind for kind in kinds_of(properties[field]) if kind["type"] == "integer")
    # No term is longer than this one, which has three leap days.
    longest = WHOLE | {"start_date": "2024-01-01", "renewal_term_months": 120}
    for number in (bounds["minimum"] - 1, bounds["minimum"], bounds["maximum"], bounds["maximum"] + 1):
        given = {around: {field: number}} if around else {field: number}
        answer = machine.post("/contracts", longest | {"account_id": f"acct{number}"} | given)
        if bounds["minimum"] <= number <= bounds["maximum"]:
            assert answer.status_code == 201
        else:
            assert [path.rpartition(".")[2] for path in errors_of(answer)] == [field]


def kinds_of(schema):
    """The plain schemas that a value may follow."""
    return [plain for one in schema["anyOf"] for plain in kinds_of(one)] if "anyOf" in schema else [schema]


def test_an_id_of_ones_own_is_kept(machine):
    found = machine.post("/contracts", {"template": "basic", "account_id": "a", "contract_id": "c:1@x"})
    assert found.json()["contract_id"] == "c:1@x"
    assert found["Location"] == "/api/v1/contracts/c:1@x"


def test_an_account_has_one_contract(machine):
    machine.post("/contracts", WHOLE)
    answer = machine.post("/contracts", WHOLE)
    assert (answer.status_code, list(errors_of(answer))) == (409, ["account_id"])
    assert answer.json()["type"] == "urn:problem-type:counterpart:taken"


def test_an_id_is_not_given_twice(machine):
    machine.post("/contracts", {**WHOLE, "contract_id": "c-1"})
    answer = machine.post("/contracts", {**WHOLE, "account_id": "b", "contract_id": "c-1"})
    assert (answer.status_code, list(errors_of(answer))) == (409, ["contract_id"])


@pytest.mark.parametrize(
    ("terms", "path", "words"),
    [
        ({"account_id": None}, "account_id", "text"),
        ({"account_id": " "}, "account_id", "Give the account id"),
        ({"account_id": {"$ne": None}}, "account_id", "text"),
        ({"account_id": "x" * 101}, "account_id", "100 characters"),
        ({"start_date": None}, "start_date", "Give the start"),
        ({"start_date": "2026-02-30"}, "start_date", "no day"),
        ({"start_date": "0000-01-01"}, "start_date", "no day"),
        ({"start_date": "20260101"}, "start_date", "such as"),
        ({"start_date": "2026-01-01T00:00:00Z"}, "start_date", "such as"),
        ({"start_date": {"$date": "2026-01-01T00:00:00Z"}}, "start_date", "such as"),
        ({"start_date": "1899-12-31"}, "start_date", "1900"),
        ({"end_date": "2025-12-31"}, "end_date", "before the start"),
        ({"base_monthly_fee": 299.0}, "base_monthly_fee", '"299.0"'),
        ({"base_monthly_fee": -1}, "base_monthly_fee", "zero or more"),
        ({"base_monthly_fee": "-0.01"}, "base_monthly_fee", "zero or more"),
        ({"base_monthly_fee": "NaN"}, "base_monthly_fee", "decimal number"),
        ({"base_monthly_fee": "1,5"}, "base_monthly_fee", "decimal number"),
        ({"base_monthly_fee": "1e400"}, "base_monthly_fee", "34 digits"),
        ({"base_monthly_fee": "1e9999"}, "base_monthly_fee", "decimal number"),
        ({"base_monthly_fee": "9" * 35}, "base_monthly_fee", "decimal number"),
        ({"base_monthly_fee": "9" * 81}, "base_monthly_fee", "decimal number"),
        ({"base_monthly_fee": True}, "base_monthly_fee", "decimal number"),
        ({"base_monthly_fee": {"$numberDecimal": "1"}}, "base_monthly_fee", "decimal number"),
        ({"notice_days": "30"}, "notice_days", "whole number"),
        ({"notice_days": 2**53}, "notice_days", "9,007,199,254,740,991"),
        ({"notice_days": 400}, "notice_days", "shorter"),
        ({"renewal_term_months": 0}, "renewal_term_months", "1 to 120"),
        ({"auto_renewal": "true"}, "auto_renewal", "true or false"),
        ({"auto_renewal": 1}, "auto_renewal", "true or false"),
        ({"currency": "usd"}, "currency", "ISO 4217"),
        ({"currency": None}, "currency", "text"),
        ({"status": "Active"}, "status", "Choose one of"),
        ({"contract_type": "gold"}, "contract_type", "Choose one of"),
        ({"tags": "vip"}, "tags", "list of texts"),
        ({"tags": ["vip", "vip"]}, "tags", "twice"),
        ({"tags": [1]}, "tags", "list of texts"),
        ({"features": [str(n) for n in range(201)]}, "features", "200"),
        ({"notes": "x" * 10_001}, "notes", "10,000 characters"),
        ({"notes": 5}, "notes", "text"),
        ({"primary_contact": "Ana"}, "primary_contact", "object"),
        ({"primary_contact": {"email": "ana"}}, "primary_contact.email", "e-mail"),
        ({"primary_contact": {"nick": "A"}}, "primary_contact.nick", "no such field"),
        ({"add_ons": [{"name": "x", "monthly_fee": 1.5}]}, "add_ons.0.monthly_fee", '"1.5"'),
        ({"add_ons": [{"name": "x", "monthly_fee": 1, "note": "y"}]}, "add_ons.0.note", "no such field"),
        ({"add_ons": [{"monthly_fee": 1}]}, "add_ons.0.name", "name"),
        ({"add_ons": [7]}, "add_ons.0", "object"),
        ({"add_ons": {"name": "x"}}, "add_ons", "list"),
        ({"add_ons": [{"name": str(n), "monthly_fee": 1} for n in range(201)]}, "add_ons", "200"),
        (
            {"usage_based_pricing": {"trade_volume_tiers": [{"min_trades": 5, "price_per_trade": 1}]}},
            "usage_based_pricing.trade_volume_tiers.0.min_trades",
            "starts at 0 or 1",
        ),
        ({"usage_limits.max_monthly_trades": 5}, "usage_limits.max_monthly_trades", "no such field"),
        ({"_id": "x"}, "_id", "no such field"),
        ({"__proto__": {}}, "__proto__", "no such field"),
        ({"version": 1}, "version", "no such field"),
        ({"created_by": "maya"}, "created_by", "no such field"),
        ({"renewal_date": "2027-01-01"}, "renewal_date", "no such field"),
        ({"contract_id": "new"}, "contract_id", "Choose another id"),
        ({"contract_id": "a/b"}, "contract_id", "letters"),
        ({"contract_id": "stats"}, "contract_id", "Choose another id"),
        ({"template": "gold"}, "template", "Choose one of"),
    ],
)
def test_what_breaks_a_rule_is_refused_by_name_and_nothing_is_stored(machine, mongo, terms, path, words):
    answer = machine.post("/contracts", {**WHOLE, **terms})
    assert answer.status_code == 422
    assert words in errors_of(answer)[path]
    assert mongo.contracts.count_documents({}) == 0


def test_every_problem_is_told_at_once(machine):
    answer = machine.post("/contracts", {"account_id": "a", "currency": "xxx", "notice_days": -1})
    assert errors_of(answer).keys() == {"start_date", "base_monthly_fee", "currency", "notice_days"}


@pytest.mark.parametrize("body", [[], "text", 5, None])
def test_a_body_that_is_no_object_is_refused(machine, body):
    assert machine.send("POST", "/contracts", b"null" if body is None else body).status_code == 422


def test_an_empty_body_is_refused(machine):
    assert errors_of(machine.send("POST", "/contracts")) == {"": "Send JSON in the body."}


def test_a_contract_sent_as_it_was_read_makes_an_equal_one(machine):
    first = machine.post("/contracts", WHOLE).json()
    kept = ("contract_id", "renewal_date", "created_at", "created_by", "updated_at", "last_modified_by", "version")
    terms = {name: value for name, value in first.items() if name not in (*kept, "oddities")}
    again = machine.post("/contracts", {**terms, "account_id": "acct-10"}).json()
    assert {name: again[name] for name in terms} == {**terms, "account_id": "acct-10"}
    assert repository.count() == 2
