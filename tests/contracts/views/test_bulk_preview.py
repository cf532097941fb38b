"""The preview of a bulk change: per contract what changes, what is refused and why."""

from datetime import timedelta
from decimal import Decimal

import pytest

from contracts.bulk import running
from tests.contracts.views.bulk_runs import (
    PRICES,
    TAGS,
    TODAY,
    begun,
    carry_out,
    changed,
    choose,
    done,
    finish,
    found,
    live,
    made,
    many,
    words_of,
)
from tests.factories import MAYA

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

OPEN = {"end_date": None, "auto_renewal": False}
WAITING = {"status": "pending_renewal", "end_date": TODAY + timedelta(days=20)}


def test_the_preview_says_per_contract_what_changes_and_what_is_refused_and_why(manager_client, mongo):
    made(1)
    made(2, status="cancelled")
    made(3, base_monthly_fee=Decimal("0.00"))
    mongo.contracts.insert_one({"_id": "own", "account_id": "without", "account_name": "Nameless"})
    run = begun(manager_client, scope="all")
    page = words_of(choose(manager_client, run, **PRICES))
    assert "Changes 1 Unchanged 1 Refused 2" in page
    # Nobody wants a fee of zero, it just stays one.
    assert "1 has no price that this changes" in page
    assert "328.90" in page
    refused = words_of(manager_client.get(f"{run}?show=refused"))
    assert "The contract is cancelled, so its prices stay as they were agreed." in refused
    assert "without a usable id" in refused
    assert "Account 0003" in words_of(manager_client.get(f"{run}?show=unchanged"))


def test_the_preview_saves_nothing(manager_client):
    contract = made()
    choose(manager_client, begun(manager_client, contract), **PRICES)
    assert live(contract) == contract


@pytest.mark.parametrize(
    ("terms", "entries", "reason"),
    [
        ({"end_date": None, "auto_renewal": False}, {"what": "auto_renewal", "renews": "yes"}, "does not renew"),
        ({}, {"what": "notice", "days": "400"}, "The notice must be shorter than the renewal term."),
        ({"status": "draft"}, {"what": "status", "to": "expired"}, "draft cannot become expired."),
        (OPEN, {"what": "status", "to": "expired"}, "It has none, so it would be invoiced for ever."),
        ({}, {"what": "status", "to": "expired"}, "is still to come. Give the day on which the contract ended"),
        (OPEN, {"what": "status", "to": "pending_renewal"}, "there is no renewal to wait for."),
        (OPEN | {"status": "expired"}, {"what": "status", "to": "active"}, "Nothing tells until when it goes on."),
        (WAITING, {"what": "status", "to": "active"}, "Give a later last day, or renew the contract."),
        ({"status": "draft"}, {"what": "renewal"}, "A contract that is draft does not renew."),
        ({}, {"what": "cancel", "last_day": "2001-01-01", "reason": "Over"}, "The last day lies before the start."),
        ({"tags": tuple(map(str, range(200)))}, {"what": "tags", "add": "new"}, "Give 200 at most"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_it(manager_client, terms, entries, reason):
    page = words_of(choose(manager_client, begun(manager_client, made(**terms)), **entries))
    assert "No contract would change" in page
    assert reason in page


def test_what_another_service_left_unreadable_is_not_written_over(manager_client, mongo):
    contract = made()
    mongo.contracts.update_one({"contract_id": contract.contract_id}, {"$set": {"tags": [{"a": 1}]}})
    run = begun(manager_client, contract)
    choose(manager_client, run, **TAGS)
    assert "Mend it in the contract first." in words_of(manager_client.get(f"{run}?show=refused"))


def test_a_contract_deleted_before_the_preview_is_refused(manager_client, mongo):
    contract = made()
    run = begun(manager_client, contract)
    mongo.contracts.delete_many({})
    choose(manager_client, run, **TAGS)
    assert "Somebody deleted the contract." in words_of(manager_client.get(f"{run}?show=refused"))


def test_three_hundred_contracts_are_shown_in_pages(manager_client, mongo):
    many(mongo, 300)
    run = begun(manager_client, scope="all")
    page = words_of(choose(manager_client, run, **TAGS))
    assert "300 contracts will change" in page
    assert "1–50 of 300" in page
    assert "251–300 of 300" in words_of(manager_client.get(f"{run}?show=changed&page=6"))


def test_what_is_so_already_is_as_wanted(manager_client):
    run = begun(manager_client, made(1, tags=("new",)), made(2))
    assert "1 is as wanted already" in words_of(choose(manager_client, run, **TAGS))


def test_a_preview_goes_on_contract_by_contract_where_there_is_no_time(manager_client, manager, mongo):
    many(mongo, 3)
    run = begun(manager_client, scope="all")
    manager_client.post(f"{run}choose/", TAGS)
    for done_with in (1, 2):
        running.go_on(found(run).run_id, manager.pk, actor=MAYA, seconds=0)
        assert found(run).progress == (done_with, 3)
    assert "3 contracts will change" in words_of(finish(manager_client, run))


def test_the_preview_of_an_undo_reads_the_history_of_many_at_once(manager_client, manager, mongo, counted):
    many(mongo, 12)
    run = begun(manager_client, scope="all")
    choose(manager_client, run, **TAGS)
    carry_out(manager_client, run)
    back = manager_client.post(f"{run}undo/").url
    run_id = found(back).run_id
    with counted() as commands:
        running.go_on(run_id, manager.pk, actor=MAYA)
    assert (commands.count("find"), commands.count("aggregate")) == (3, 0)
    assert found(back).counts == {"changed": 12}


def test_a_contract_that_has_had_many_versions_since_is_not_undone(manager_client):
    contract = made()
    run = done(manager_client, contract, **TAGS)
    for note in ("Called.", "Called again."):
        changed(contract, notes=note)
    back = manager_client.post(f"{run}undo/").url
    assert "Somebody changed the contract since." in words_of(finish(manager_client, back))


def test_a_preview_with_nothing_to_do_does_not_speak_of_undoing_it(manager_client):
    run = begun(manager_client, made(1, tags=("new",)))
    page = words_of(choose(manager_client, run, **TAGS))
    assert ("No contract would change" in page, "undone" in page) == (True, False)
