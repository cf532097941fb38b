"""Requests sent again under their Idempotency-Key."""

import uuid

import pymongo
import pytest

from contracts import repository, revisions
from tests.machines import errors_of
from tests.proxy import Proxy, through

NEW = {"template": "basic", "account_id": "acct-9"}
KEY = "0d4b7f9e-retry"


def test_a_contract_is_made_once(machine, mongo):
    first = machine.post("/contracts", NEW, Idempotency_Key=KEY)
    again = machine.post("/contracts", NEW, Idempotency_Key=KEY)
    assert (again.status_code, again.json(), again["ETag"]) == (201, first.json(), first["ETag"])
    assert again["Location"] == first["Location"]
    assert mongo.contract_revisions.count_documents({}) == 1


def test_a_change_is_made_once_though_its_tag_is_stale_by_then(machine, path, etag, contract):
    first = machine.patch(path, {"notes": "New."}, If_Match=etag, Idempotency_Key=KEY)
    again = machine.patch(path, {"notes": "New."}, If_Match=etag, Idempotency_Key=KEY)
    assert (again.status_code, again.json(), again["ETag"]) == (200, first.json(), first["ETag"])
    assert len(revisions.history(contract.contract_id)) == 2


def test_what_was_done_though_nobody_learned_of_it_is_not_done_again(machine, mongo, mongo_uri, settings):
    # Of the time that a request may spend on MongoDB, the last two seconds.
    with Proxy(mongo_uri) as proxy, through(proxy, settings), pymongo.timeout(2):
        proxy.hangs_after = b"commitTransaction"
        lost = machine.post("/contracts", NEW, Idempotency_Key=KEY)
    assert (lost.status_code, lost["Retry-After"]) == (503, "5")
    assert lost.json()["type"] == "urn:problem-type:counterpart:outcome-unknown"
    stored = repository.get_by_account("acct-9")
    again = machine.post("/contracts", NEW, Idempotency_Key=KEY)
    assert (again.status_code, again.json()["contract_id"]) == (201, stored.contract_id)
    assert (repository.count(), len(revisions.history(stored.contract_id))) == (1, 1)


def test_the_answer_is_the_same_after_others_changed_more(machine, path, etag):
    first = machine.patch(path, {"notes": "New."}, If_Match=etag, Idempotency_Key=KEY)
    machine.patch(path, {"notes": "Newer."}, If_Match=first["ETag"])
    again = machine.patch(path, {"notes": "New."}, If_Match=etag, Idempotency_Key=KEY)
    assert (again.json(), again["ETag"]) == (first.json(), first["ETag"])
    assert machine.get(path).json()["notes"] == "Newer."


def test_a_renewal_is_made_once(machine, path, etag):
    renewal = {"to": "active", "renew": True}
    first = machine.post(f"{path}/transitions", renewal, If_Match=etag, Idempotency_Key=KEY)
    again = machine.post(f"{path}/transitions", renewal, If_Match=etag, Idempotency_Key=KEY)
    assert again.json() == first.json()
    assert machine.get(path).json()["end_date"] == "2027-12-31"


def test_a_key_with_another_body_is_refused(machine, path, etag):
    first = machine.patch(path, {"notes": "New."}, If_Match=etag, Idempotency_Key=KEY)
    answer = machine.patch(path, {"notes": "Other."}, If_Match=first["ETag"], Idempotency_Key=KEY)
    assert answer.status_code == 422
    assert "Choose a new one" in errors_of(answer)["Idempotency-Key"]
    assert machine.get(path).json()["notes"] == "New."


def test_a_key_at_another_address_is_refused(machine, path, etag):
    machine.patch(path, {"notes": "New."}, If_Match=etag, Idempotency_Key=KEY)
    assert machine.post("/contracts", NEW, Idempotency_Key=KEY).status_code == 422
    assert repository.count() == 1


def test_the_order_of_names_makes_no_other_body(machine, path, etag):
    first = machine.patch(path, {"notes": "New.", "tags": []}, If_Match=etag, Idempotency_Key=KEY)
    again = machine.patch(path, {"tags": [], "notes": "New."}, If_Match=etag, Idempotency_Key=KEY)
    assert again.json() == first.json()


def test_a_key_belongs_to_its_token(machine, machine_with, path, etag):
    other = machine_with("contracts:write", name="crm")
    first = machine.patch(path, {"notes": "New."}, If_Match=etag, Idempotency_Key=KEY)
    assert other.patch(path, {"notes": "Other."}, If_Match=first["ETag"], Idempotency_Key=KEY).status_code == 200


@pytest.mark.parametrize("key", ["two words", "x" * 201, "é"])
def test_a_key_is_a_word(machine, mongo, key):
    answer = machine.post("/contracts", NEW, Idempotency_Key=key)
    assert list(errors_of(answer)) == ["Idempotency-Key"]


def test_an_empty_key_is_none(machine, mongo):
    answer = machine.post("/contracts", NEW, Idempotency_Key="")
    assert list(errors_of(answer)) == ["Idempotency-Key"]


def test_without_a_key_the_same_request_is_another_one(machine, path, etag):
    machine.patch(path, {"notes": "New."}, If_Match=etag)
    assert machine.patch(path, {"notes": "New."}, If_Match=etag).status_code == 412


def test_a_key_is_kept_as_a_digest_and_expires(machine, mongo):
    machine.post("/contracts", NEW, Idempotency_Key=str(uuid.uuid4()))
    (found,) = mongo.idempotency_keys.find()
    assert found.keys() == {"_id", "asked", "at"}
    assert mongo.idempotency_keys.index_information()["at_1"]["expireAfterSeconds"] == 24 * 60 * 60
