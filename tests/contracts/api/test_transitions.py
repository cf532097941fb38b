"""The life of a contract, step by step over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts import revisions, services
from tests.factories import MAYA, NOW, make_contract
from tests.machines import errors_of

TODAY = datetime.now(UTC).date()


def step(machine, path, etag, **asked):
    return machine.post(f"{path}/transitions", asked, If_Match=etag)


@pytest.fixture
def lasting(mongo):
    """The path of a contract that lasts, whenever this runs."""
    contract = services.create(make_contract(end_date=TODAY + timedelta(days=90)), actor=MAYA).contract
    return f"/contracts/{contract.contract_id}"


def test_a_contract_is_cancelled_with_its_last_day(machine, path, etag):
    answer = step(machine, path, etag, to="cancelled", reason="Moved away.", last_day="2026-12-15")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["end_date"]) == ("cancelled", "2026-12-15")
    revision = revisions.get(answer.json()["contract_id"], 2)
    assert (revision["action"], revision["reason"]) == ("status_changed", "Moved away.")


def test_a_contract_is_renewed_by_one_term(machine, path, etag):
    answer = step(machine, path, etag, to="active", renew=True)
    assert (answer.json()["end_date"], answer.json()["renewal_date"]) == ("2027-12-31", "2028-01-01")
    assert revisions.get(answer.json()["contract_id"], 2)["action"] == "renewed"


def test_the_answer_carries_the_tag_for_the_next_step(machine, lasting):
    waiting = step(machine, lasting, machine.get(lasting)["ETag"], to="pending_renewal")
    assert step(machine, lasting, waiting["ETag"], to="active").json()["status"] == "active"


def test_a_draft_comes_into_force(machine, mongo):
    draft = services.create(
        make_contract(status="draft", end_date=TODAY + timedelta(days=90)), actor=MAYA, now=NOW
    ).contract
    path = f"/contracts/{draft.contract_id}"
    answer = step(machine, path, machine.get(path)["ETag"], to="active")
    assert answer.json()["status"] == "active"


@pytest.mark.parametrize(
    ("asked", "name", "words"),
    [
        ({"to": "draft"}, "to", "cannot become"),
        ({"to": "active"}, "to", "already"),
        ({"to": "ended"}, "to", "Choose one of"),
        ({"to": None}, "to", "Choose one of"),
        ({}, "to", "Give this"),
        ({"to": "cancelled", "last_day": "2026-12-15"}, "reason", "Say why"),
        ({"to": "cancelled", "reason": " "}, "reason", "Say why"),
        ({"to": "cancelled", "reason": "x" * 501}, "reason", "500 characters"),
        ({"to": "cancelled", "reason": "x", "last_day": "2020-01-01"}, "last_day", "before the start"),
        ({"to": "cancelled", "reason": "x", "last_day": "soon"}, "last_day", "such as"),
        ({"to": "cancelled", "reason": "x", "last_day": 5}, "last_day", "such as"),
        ({"to": "cancelled", "renew": True}, "to", "becomes active"),
        ({"to": "active", "renew": True, "last_day": "2027-01-01"}, "last_day", "Leave this out"),
        ({"to": "active", "renew": "yes"}, "renew", "true or false"),
        ({"to": "expired", "when": "now"}, "when", "no such field"),
    ],
)
def test_a_step_that_cannot_be_taken_is_refused_by_name(machine, path, etag, asked, name, words):
    answer = step(machine, path, etag, **asked)
    assert answer.status_code == 422
    assert words in errors_of(answer)[name]
    assert machine.get(path)["ETag"] == etag


def test_what_has_not_ended_does_not_expire(machine, lasting):
    answer = step(machine, lasting, machine.get(lasting)["ETag"], to="expired")
    assert "is still to come" in errors_of(answer)["last_day"]


def test_a_contract_without_a_last_day_does_not_renew(machine, mongo):
    contract = services.create(make_contract(end_date=None, auto_renewal=False), actor=MAYA, now=NOW).contract
    path = f"/contracts/{contract.contract_id}"
    answer = step(machine, path, machine.get(path)["ETag"], to="active", renew=True)
    assert "does not renew" in errors_of(answer)["last_day"]


def test_without_a_tag_no_step_is_taken(machine, path):
    assert machine.post(f"{path}/transitions", {"to": "expired"}).status_code == 428


def test_with_a_stale_tag_no_step_is_taken(machine, path, etag):
    step(machine, path, etag, to="expired", last_day=str(TODAY))
    assert step(machine, path, etag, to="pending_renewal").status_code == 412
