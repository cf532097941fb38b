"""Contracts changed over HTTP: merge patches of what was read."""

from dataclasses import replace
from decimal import Decimal

import pytest
from bson import Decimal128

from contracts import repository, services
from contracts.seen import seen_of
from tests.factories import TOM
from tests.machines import errors_of


def elsewhere(contract, **terms):
    """Somebody changes the contract on a page."""
    document = repository.document(contract.contract_id)
    services.update(replace(contract, **terms), contract_id=contract.contract_id, seen=seen_of(document), actor=TOM)


def test_a_patch_changes_what_it_names(machine, path, etag):
    before = machine.get(path).json()
    answer = machine.patch(path, {"base_monthly_fee": "320.50", "primary_contact": {"name": "Eva"}}, If_Match=etag)
    after = answer.json()
    assert answer.status_code == 200
    assert (after["base_monthly_fee"], after["version"]) == ("320.50", 2)
    assert after["primary_contact"] == {**before["primary_contact"], "name": "Eva"}
    assert after["usage_limits"] == before["usage_limits"]


def test_the_answer_is_the_contract_as_it_is_read_next(machine, path, etag):
    answer = machine.patch(path, {"notes": "New."}, If_Match=etag)
    read = machine.get(path)
    assert (read.json(), read["ETag"]) == (answer.json(), answer["ETag"])
    assert read["ETag"] != etag


def test_money_is_stored_exactly(machine, path, etag, mongo):
    machine.patch(path, {"base_monthly_fee": "0.10000000000000000000000001"}, If_Match=etag)
    raw = mongo.client.get_database(mongo.name).contracts.find_one()
    assert raw["base_monthly_fee"] == Decimal128("0.10000000000000000000000001")


def test_null_removes_what_may_be_absent(machine, path, etag):
    patch = {
        "end_date": None,
        "auto_renewal": None,
        "notes": None,
        "tags": None,
        "add_ons": None,
        "billing_contact": None,
        "usage_limits": {"max_trade_value": None},
    }
    after = machine.patch(path, patch, If_Match=etag).json()
    assert (after["end_date"], after["renewal_date"], after["auto_renewal"]) == (None, None, False)
    assert (after["notes"], after["tags"], after["add_ons"]) == ("", [], [])
    assert after["billing_contact"] == {"name": "", "email": "", "phone": ""}
    assert after["usage_limits"]["max_trade_value"] is None
    assert after["usage_limits"]["max_monthly_trades"] == 50_000


@pytest.mark.parametrize(
    "name", ["start_date", "base_monthly_fee", "currency", "notice_days", "renewal_term_months", "contract_type"]
)
def test_null_does_not_remove_what_a_contract_needs(machine, path, etag, name):
    answer = machine.patch(path, {name: None}, If_Match=etag)
    assert answer.status_code == 422
    assert name in errors_of(answer)


def test_a_list_replaces_the_whole_list(machine, path, etag):
    after = machine.patch(path, {"features": ["one"], "add_ons": []}, If_Match=etag).json()
    assert (after["features"], after["add_ons"]) == (["one"], [])


def test_an_empty_patch_changes_nothing(machine, path, etag):
    answer = machine.patch(path, {}, If_Match=etag)
    assert (answer.status_code, answer["ETag"], answer.json()["version"]) == (200, etag, 1)


def test_what_was_read_can_be_sent_back_whole(machine, path, etag):
    answer = machine.patch(path, machine.get(path).json(), If_Match=etag)
    assert (answer.status_code, answer["ETag"]) == (200, etag)


def test_what_was_read_can_be_sent_back_with_a_change(machine, path, etag):
    answer = machine.patch(path, {**machine.get(path).json(), "notes": "New."}, If_Match=etag)
    assert (answer.json()["notes"], answer.json()["version"]) == ("New.", 2)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("contract_id", "contract_other"),
        ("account_id", "acct-2"),
        ("account_id", None),
        ("status", "cancelled"),
        ("version", 7),
        ("created_at", "2020-01-01T00:00:00.000Z"),
        ("created_by", "root"),
        ("updated_at", None),
        ("last_modified_by", "root"),
        ("renewal_date", "2030-01-01"),
        ("oddities", [{"path": "x"}]),
    ],
)
def test_what_is_fixed_is_refused_by_name(machine, path, etag, name, value):
    answer = machine.patch(path, {name: value, "notes": "x"}, If_Match=etag)
    assert answer.status_code == 422
    assert "Leave it out" in errors_of(answer)[name]
    assert machine.get(path)["ETag"] == etag


@pytest.mark.parametrize(
    ("patch", "name"),
    [
        ({"nots": "x"}, "nots"),
        ({"$set": {"notes": "x"}}, "$set"),
        ({"usage_limits": {"burst": 1}}, "usage_limits.burst"),
        ({"add_ons": [{"name": "x", "monthly_fee": 1, "colour": "red"}]}, "add_ons.0.colour"),
        ({"_id": 1}, "_id"),
    ],
)
def test_what_no_contract_has_is_refused_by_name(machine, path, etag, patch, name):
    assert errors_of(machine.patch(path, patch, If_Match=etag))[name] == "There is no such field."


def test_fields_of_other_services_survive(machine, path, mongo):
    mongo.contracts.update_one({}, {"$set": {"crm": {"id": 7}, "usage_limits.burst": 3, "add_ons.0.sku": 1.5}})
    machine.patch(path, {"notes": "New."}, If_Match=machine.get(path)["ETag"])
    found = mongo.contracts.find_one()
    assert (found["crm"], found["usage_limits"]["burst"]) == ({"id": 7}, 3)
    assert found["add_ons"][0]["sku"] == 1.5


def test_what_another_service_keeps_in_a_row_can_be_sent_back(machine, path, mongo):
    extra = {"sku": 1.5, "since": repository.document(path.rpartition("/")[2])["created_at"], "note": None}
    mongo.contracts.update_one({}, {"$set": {f"add_ons.0.{name}": value for name, value in extra.items()}})
    read = machine.get(path)
    rows = [{"name": "First", "monthly_fee": "1"}, *read.json()["add_ons"]]
    answer = machine.patch(path, {"add_ons": rows}, If_Match=read["ETag"])
    assert answer.status_code == 200, answer.content
    stored = mongo.contracts.find_one()["add_ons"]
    assert stored == [
        {"name": "First", "monthly_fee": Decimal(1), "active": True},
        {"name": "Sandbox", "monthly_fee": Decimal("49.50"), "active": True, **extra},
    ]


def test_what_another_service_left_broken_keeps_nobody_from_changing_the_rest(machine, path, mongo):
    mongo.contracts.update_one({}, {"$set": {"currency": "BTC", "base_monthly_fee": "a lot"}})
    answer = machine.patch(path, {"notes": "New."}, If_Match=machine.get(path)["ETag"])
    assert answer.status_code == 200
    assert mongo.contracts.find_one()["base_monthly_fee"] == "a lot"


@pytest.mark.parametrize(
    "stored",
    [
        {"contract_type": "gold"},
        {"contract_type": ""},
        {"contract_type": 7},
        {"status": "paused"},
        {"currency": "BTC"},
    ],
)
def test_what_another_service_put_where_it_does_not_belong_can_be_sent_back(machine, path, mongo, stored):
    mongo.contracts.update_one({}, {"$set": stored})
    read = machine.get(path)
    answer = machine.patch(path, {**read.json(), "notes": "New."}, If_Match=read["ETag"])
    assert answer.status_code == 200, answer.content
    assert mongo.contracts.find_one().items() >= {**stored, "notes": "New."}.items()


@pytest.mark.parametrize("wanted", ["silver", "", None, 7])
def test_it_is_not_changed_to_something_else_that_does_not_belong_there(machine, path, mongo, wanted):
    mongo.contracts.update_one({}, {"$set": {"contract_type": "gold"}})
    answer = machine.patch(path, {"contract_type": wanted}, If_Match=machine.get(path)["ETag"])
    assert (answer.status_code, list(errors_of(answer))) == (422, ["contract_type"])


def test_without_a_tag_nothing_is_changed(machine, path):
    answer = machine.patch(path, {"notes": "x"})
    assert (answer.status_code, answer["Content-Type"]) == (428, "application/problem+json")


def test_with_another_tag_nothing_is_changed(machine, path, etag):
    answer = machine.patch(path, {"notes": "x"}, If_Match='"1-' + "0" * 64 + '"')
    assert (answer.status_code, answer.json()["type"]) == (412, "urn:problem-type:counterpart:contract-changed")
    assert machine.get(path)["ETag"] == etag


@pytest.mark.parametrize("tag", ['"1-abc"', "*", "1", '""', "{0}, {0}", "é"])
def test_what_is_no_tag_of_ours_is_refused_as_such(machine, path, etag, tag):
    answer = machine.patch(path, {"notes": "x"}, If_Match=tag.format(etag))
    assert "alone and as it is" in errors_of(answer)["If-Match"]
    assert (answer.status_code, machine.get(path)["ETag"]) == (422, etag)


def test_a_tag_that_compression_made_weak_is_taken(machine, path, etag):
    assert machine.patch(path, {"notes": "x"}, If_Match=f"W/{etag}").status_code == 200


def test_a_change_of_somebody_else_is_not_overwritten(machine, contract, path, etag):
    elsewhere(contract, notes="Theirs.")
    answer = machine.patch(path, {"notes": "Ours."}, If_Match=etag)
    assert (answer.status_code, answer.json()["type"]) == (412, "urn:problem-type:counterpart:contract-changed")
    assert machine.get(path).json()["notes"] == "Theirs."


def test_a_change_by_another_service_is_noticed_without_a_new_version(machine, path, etag, mongo):
    mongo.contracts.update_one({}, {"$set": {"notes": "Theirs."}})
    assert machine.patch(path, {"tags": []}, If_Match=etag).status_code == 412


def test_a_rule_that_would_be_broken_is_told_by_field(machine, path, etag):
    answer = machine.patch(path, {"end_date": "2025-01-01", "notice_days": 500}, If_Match=etag)
    assert errors_of(answer).keys() == {"end_date", "notice_days"}


def test_the_start_of_a_contract_in_force_never_moves(machine, path, etag):
    answer = machine.patch(path, {"start_date": "2026-02-01"}, If_Match=etag)
    assert "never moves" in errors_of(answer)["start_date"]


def test_a_contract_that_is_not_there_cannot_be_changed(machine, mongo, etag):
    assert machine.patch("/contracts/contract_none", {"notes": "x"}, If_Match=etag).status_code == 404


def test_a_contract_without_a_usable_id_can_only_be_read(machine, etag, mongo):
    own = mongo.contracts.insert_one({"contract_id": 5, "account_id": "acct-7"}).inserted_id
    read = machine.get(f"/contracts/~{own}")
    assert machine.patch(f"/contracts/~{own}", {"notes": "x"}, If_Match=read["ETag"]).status_code == 404


def test_plain_json_is_taken_for_a_patch_too(machine, path, etag):
    assert machine.send("PATCH", path, {"notes": "x"}, If_Match=etag).status_code == 200


def test_the_audit_trail_tells_of_the_token(machine, path, etag, mongo):
    machine.patch(path, {"notes": "x"}, If_Match=etag)
    entry = mongo.audit_trails.find_one({"action": "contract.edited"})
    assert (entry["userId"], entry["via"], entry["details"]["version"]) == ("token:billing", "api", 2)
