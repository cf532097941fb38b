"""Requests sent again under their Idempotency-Key."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pymongo
import pytest
from django.db import connections

from contracts import repository, revisions
from tests import meanwhile
from tests.machines import Machine, errors_of
from tests.proxy import Proxy, through
from users.models import ApiToken

TIMES = 12
CHANGE = ("PATCH", "", {"notes": "New."})
RENEWAL = ("POST", "/transitions", {"to": "active", "renew": True})
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


@pytest.mark.parametrize(
    "others",
    [{"base_monthly_fee": "200.00"}, {"base_monthly_fee": "200.00", "tags": ["other"]}],
    ids=["the same field", "more fields"],
)
def test_a_new_tag_makes_no_new_request_of_it(machine, path, etag, others):
    change = {"base_monthly_fee": "150.00"}
    first = machine.patch(path, change, If_Match=etag, Idempotency_Key=KEY)
    newer = machine.patch(path, others, If_Match=first["ETag"])
    again = machine.patch(path, change, If_Match=newer["ETag"], Idempotency_Key=KEY)
    assert (again.status_code, again.json(), again["ETag"]) == (200, first.json(), first["ETag"])
    assert (again.json()["base_monthly_fee"], machine.get(path)["ETag"]) == ("150.00", newer["ETag"])


def test_a_step_sent_again_with_a_new_tag_is_answered_as_before(machine, path, etag):
    step = {"to": "cancelled", "reason": "Moved away.", "last_day": "2026-12-15"}
    first = machine.post(f"{path}/transitions", step, If_Match=etag, Idempotency_Key=KEY)
    again = machine.post(f"{path}/transitions", step, If_Match=first["ETag"], Idempotency_Key=KEY)
    assert (again.status_code, again.json()) == (200, first.json())


def test_a_renewal_is_made_once(machine, path, etag):
    renewal = {"to": "active", "renew": True}
    first = machine.post(f"{path}/transitions", renewal, If_Match=etag, Idempotency_Key=KEY)
    again = machine.post(f"{path}/transitions", renewal, If_Match=etag, Idempotency_Key=KEY)
    assert again.json() == first.json()
    assert machine.get(path).json()["end_date"] == "2027-12-31"


@pytest.mark.parametrize("request_", [CHANGE, RENEWAL], ids=["change", "renewal"])
@pytest.mark.parametrize(
    ("command", "collection"),
    [("findAndModify", "idempotency_keys"), ("find", "contracts"), ("find", "contract_revisions")],
)
def test_a_first_try_that_is_done_meanwhile_is_answered_for(
    machine, path, etag, contract, request_, command, collection
):
    method, step, body = request_

    def send():
        return machine.send(method, path + step, body, If_Match=etag, Idempotency_Key=KEY)

    firsts = []
    with meanwhile.after(command, collection, lambda: firsts.append(send())):
        again = send()
    assert (again.status_code, again.json(), again["ETag"]) == (200, firsts[0].json(), firsts[0]["ETag"])
    assert len(revisions.history(contract.contract_id)) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("request_", [CHANGE, RENEWAL], ids=["change", "renewal"])
def test_a_storm_of_the_same_request_is_one_change_and_one_answer(machine, path, etag, contract, request_):
    method, step, body = request_
    together = threading.Barrier(TIMES)

    def send(_):
        together.wait()
        try:
            one = Machine(machine.secret)
            answer = one.send(method, path + step, body, If_Match=etag, Idempotency_Key="storm")
            return answer.status_code, answer.content
        finally:
            connections.close_all()

    with ThreadPoolExecutor(TIMES) as pool:
        answers = set(pool.map(send, range(TIMES)))
    assert [status for status, _ in answers] == [200]
    assert len(revisions.history(contract.contract_id)) == 2


def test_what_changed_nothing_is_asked_anew(machine, path, etag):
    first = machine.patch(path, {}, If_Match=etag, Idempotency_Key=KEY)
    assert (first.status_code, machine.patch(path, {}, If_Match=etag, Idempotency_Key=KEY).content) == (
        200,
        first.content,
    )
    machine.patch(path, {"notes": "Theirs."}, If_Match=etag)
    assert machine.patch(path, {}, If_Match=etag, Idempotency_Key=KEY).status_code == 412


def test_a_change_is_answered_for_after_its_contract_was_deleted(machine, path, etag):
    first = machine.patch(path, {"notes": "New."}, If_Match=etag, Idempotency_Key=KEY)
    machine.delete(path, If_Match=first["ETag"])
    assert machine.patch(path, {"notes": "New."}, If_Match=etag, Idempotency_Key=KEY).content == first.content


def test_a_token_of_the_same_number_is_another_one(machine, machine_with, mongo):
    """A new SQL database counts from 1 again, while MongoDB stays."""
    first = machine.post("/contracts", NEW, Idempotency_Key=KEY)
    machine.delete(f"/contracts/{first.json()['contract_id']}", If_Match=first["ETag"])
    number = ApiToken.objects.get().pk
    ApiToken.objects.all().delete()
    other = machine_with("contracts:write")
    ApiToken.objects.update(id=number)
    assert other.post("/contracts", NEW, Idempotency_Key=KEY).json()["contract_id"] != first.json()["contract_id"]


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
