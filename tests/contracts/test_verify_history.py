"""`verify_history` finds what was done to a history, and tells it from what other services do to a contract."""

import io
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from contracts import repository, services
from contracts.seen import seen_of
from tests.factories import MAYA, NOW, make_contract


def verify():
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify_history", stdout=out, stderr=err)
    except CommandError as error:
        err.write(str(error))
    return out.getvalue().splitlines(), err.getvalue().splitlines()


@pytest.fixture
def contract(mongo):
    """A contract with three versions."""
    contract = services.create(make_contract(contract_id="c1"), actor=MAYA, now=NOW).contract
    for notes in ("second", "third"):
        seen = seen_of(repository.document("c1"))
        saved = services.update(replace(contract, notes=notes), contract_id="c1", seen=seen, actor=MAYA, now=NOW)
        contract = saved.contract
    return contract


def test_a_whole_history_holds_together(contract):
    assert verify() == (["3 revisions of 1 contracts hold together."], [])


def test_without_any_history_there_is_nothing_to_break(mongo):
    assert verify() == (["0 revisions of 0 contracts hold together."], [])


def test_the_first_break_is_named_with_contract_version_and_reason(contract, mongo):
    mongo.contract_revisions.update_one({"version": 2}, {"$set": {"reason": "tampered"}})
    _, told = verify()
    assert told[0] == "c1, version 2: its content does not agree with its hash"
    assert told[-1].startswith("Revisions that do not hold: 1. The first is c1, version 2:")


def test_a_revision_that_is_missing_is_a_break(contract, mongo):
    mongo.contract_revisions.delete_one({"version": 2})
    assert verify()[1][0] == "c1, version 3: it does not follow the revision before it"


@pytest.mark.parametrize("field", ["hash", "document", "contract_id"])
def test_a_revision_that_lost_a_field_is_a_break(contract, mongo, field):
    revision = mongo.contract_revisions.find_one_and_delete({"version": 2})
    del revision[field]
    mongo.contract_revisions.insert_one(revision)
    assert verify()[1][-1].startswith("Revisions that do not hold:")


def test_a_revision_of_no_contract_is_a_break(contract, mongo):
    mongo.contract_revisions.insert_one({"note": "slipped in"})
    assert verify()[1][0] == "None, version None: its contract or version is no such thing"


@pytest.mark.parametrize("wrote", [{"$set": {"notes": "foreign"}}, {"$set": {"crm": 7}}, {"$inc": {"version": 1}}])
def test_what_other_services_wrote_is_told_and_is_no_break(contract, mongo, wrote):
    mongo.contracts.update_one({}, wrote)
    told, errors = verify()
    assert told[0] == "1 contracts carry changes by other services that are not adopted yet."
    assert errors == []


def test_a_contract_that_never_had_a_history_is_not_adopted_yet(contract, mongo):
    mongo.contracts.insert_one({"contract_id": "c2", "account_id": "b"})
    assert verify()[0][0].startswith("1 contracts carry changes")


def test_a_deleted_contract_keeps_a_history_that_holds(contract):
    services.delete(contract_id="c1", seen=seen_of(repository.document("c1")), actor=MAYA, now=NOW)
    assert verify() == (["4 revisions of 1 contracts hold together."], [])
