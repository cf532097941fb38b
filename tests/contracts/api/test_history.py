"""Histories of contracts read over HTTP, whatever other services put into them."""

import math
from decimal import Decimal

import pytest
from bson import ObjectId

from tests.factories import NOW
from tests.machines import errors_of

pytestmark = pytest.mark.usefixtures("mongo")

NOBODY = {"id": "", "name": "", "via": ""}
BARE = {
    "contract_id": "c-1",
    "account_id": "",
    "version": 1,
    "at": None,
    "actor": NOBODY,
    "action": "",
    "reason": "",
    "changes": [],
}
EMPTY = {"path": "", "before": None, "after": None}
NO_NUMBER = {"path": "notes", "before": None, "after": {"$numberDouble": "NaN"}}


def test_the_history_is_told_newest_first(machine, path, etag):
    machine.patch(path, {"end_date": None, "auto_renewal": False, "notes": "Open."}, If_Match=etag)
    found = machine.get(f"{path}/revisions").json()
    assert [one["version"] for one in found["items"]] == [2, 1]
    newest = found["items"][0]
    assert newest["actor"] == {"id": "token:billing", "name": "billing", "via": "api"}
    assert {"path": "end_date", "before": "2026-12-31", "after": None} in newest["changes"]


def test_the_history_is_walked_page_by_page(machine, path, etag):
    machine.patch(path, {"notes": "1"}, If_Match=etag)
    first = machine.get(f"{path}/revisions?limit=1").json()
    rest = machine.get(f"{path}/revisions?limit=1&after={first['next']}").json()
    assert ([one["version"] for one in rest["items"]], rest["next"]) == ([1], None)


def test_money_in_the_history_is_text(machine, path):
    changes = machine.get(f"{path}/revisions").json()["items"][0]["changes"]
    after = {one["path"]: one["after"] for one in changes}
    assert after["base_monthly_fee"] == "299.00"
    assert after["add_ons"] == [{"name": "Sandbox", "monthly_fee": "49.50", "active": True}]


def test_the_history_of_a_deleted_contract_stays(machine, path, etag):
    machine.delete(path, If_Match=etag)
    assert [one["action"] for one in machine.get(f"{path}/revisions").json()["items"]] == ["deleted", "created"]


def test_a_contract_without_a_history_has_an_empty_one(machine, mongo):
    mongo.contracts.insert_one({"contract_id": "c-1", "account_id": "a"})
    assert machine.get("/contracts/c-1/revisions").json() == {"items": [], "next": None}


def test_what_never_was_has_no_history(machine):
    assert machine.get("/contracts/c-1/revisions").status_code == 404


@pytest.mark.parametrize("after", ["x", "1", "1.5", "٣", "9" * 30])
def test_a_cursor_of_the_history_is_one_of_ours(machine, path, after):
    assert "after" in errors_of(machine.get(f"{path}/revisions?after={after}"))


def test_a_cursor_belongs_to_the_history_that_it_came_with(machine, path, etag):
    machine.patch(path, {"notes": "1"}, If_Match=etag)
    cursor = machine.get(f"{path}/revisions?limit=1").json()["next"]
    assert "another filter" in errors_of(machine.get(f"/contracts/c-2/revisions?after={cursor}"))["after"]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ({}, {}),
        (dict.fromkeys(("account_id", "at", "actor", "action", "reason", "changes", "document")), {}),
        ({"at": "soon", "actor": "maya", "action": 7, "changes": "all"}, {"action": "7"}),
        ({"at": NOW, "actor": {"name": 5}}, {"at": "2026-11-21T12:00:00.123Z", "actor": {**NOBODY, "name": "5"}}),
        ({"changes": ["x", None, {}, {"path": "notes", "after": math.nan}]}, {"changes": [EMPTY, NO_NUMBER]}),
        ({"account_id": ["a"], "reason": {"why": 1}}, {"account_id": "['a']", "reason": "{'why': 1}"}),
    ],
)
def test_what_another_service_put_into_the_history_is_told_as_far_as_it_goes(machine, mongo, stored, shown):
    mongo.contract_revisions.insert_one({"contract_id": "c-1", "version": 1, **stored})
    answer = machine.get("/contracts/c-1/revisions")
    assert (answer.status_code, answer.json()["items"]) == (200, [{**BARE, **shown}])


@pytest.mark.parametrize(
    ("version", "shown"),
    [(2.5, None), ("two", None), (None, None), (True, None), (-1, None), (math.nan, None), (7, 7)],
)
def test_a_version_that_is_no_number_of_ours_is_null(machine, mongo, version, shown):
    mongo.contract_revisions.insert_one({"contract_id": "c-1", "version": version})
    assert [one["version"] for one in machine.get("/contracts/c-1/revisions").json()["items"]] == [shown]


def test_a_history_is_walked_to_its_end_whatever_its_versions_are(machine, mongo):
    versions = [1, 2.5, Decimal("3.5"), 4, math.inf, math.nan, "two", None, True, {"a": 1}, NOW, ObjectId(), b"x"]
    kinds = {str(number): version for number, version in enumerate(versions)}
    for action, version in kinds.items():
        mongo.contract_revisions.insert_one({"contract_id": "c-1", "version": version, "action": action})
    found, after = [], ""
    for _ in versions:
        page = machine.get(f"/contracts/c-1/revisions?limit=1{after}").json()
        found += [one["action"] for one in page["items"]]
        after = f"&after={page['next']}"
    assert (sorted(found, key=int), page["next"]) == (list(kinds), None)


def test_a_list_for_a_version_keeps_nobody_from_walking_on(machine, mongo):
    for version in (1, [2, 9], 5):
        mongo.contract_revisions.insert_one({"contract_id": "c-1", "version": version})
    first = machine.get("/contracts/c-1/revisions?limit=1").json()
    rest = machine.get(f"/contracts/c-1/revisions?after={first['next']}").json()
    assert [one["version"] for page in (first, rest) for one in page["items"]] == [5, 1]
