"""What came of a bulk change: looked at, tried again, undone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from contracts import revisions
from contracts.bulk import beginning
from contracts.bulk import repository as runs
from contracts.domain.bulk import Notice
from contracts.forms.bulk import NOBODY
from contracts.views.bulk_run import TRIED
from tests.contracts.views.bulk_runs import (
    BULK,
    PRICES,
    TAGS,
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
    messages_of,
    plan_of,
    text,
    undone,
    words_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]


def test_what_was_left_alone_is_previewed_again(manager_client):
    mine, theirs = made(1), made(2)
    run = begun(manager_client, mine, theirs)
    choose(manager_client, run, **TAGS, reason="As agreed")
    changed(theirs, notes="Called on Monday.")
    carry_out(manager_client, run)
    again = manager_client.post(f"{run}retry/").url
    assert "1 contract will change" in words_of(finish(manager_client, again))
    carry_out(manager_client, again)
    assert (live(theirs).tags, live(theirs).notes) == (("vip", "emea", "new"), "Called on Monday.")
    assert (live(mine).version, found(again).reason) == (2, "As agreed")


def partly_done(client, mine, theirs, **entries):
    """A run that left one of two contracts alone, because somebody had changed it after the preview."""
    run = begun(client, mine, theirs)
    choose(client, run, **entries)
    changed(theirs, notes="Called on Monday.")
    carry_out(client, run)
    return run


def tried_again(client, run):
    """Retry a run, from the press to the result; the address of the run that did it."""
    again = client.post(f"{run}retry/").url
    finish(client, again)
    carry_out(client, again)
    return again


def test_what_was_tried_again_leads_there_instead_of_offering_another_retry(manager_client):
    mine, theirs = made(1), made(2)
    run = partly_done(manager_client, mine, theirs, **PRICES)
    again = tried_again(manager_client, run)
    page = text(manager_client.get(run))
    assert ("Retry the" in page, f'href="{again}"' in page) == (False, True)
    assert manager_client.post(f"{run}retry/").url == run
    assert live(theirs).base_monthly_fee == Decimal("328.90")


def test_a_second_retry_that_another_window_had_prepared_is_refused_when_it_is_started(manager_client):
    mine, theirs = made(1), made(2)
    run = partly_done(manager_client, mine, theirs, **PRICES)
    first, second = (manager_client.post(f"{run}retry/").url for _ in range(2))
    for again in (first, second):
        finish(manager_client, again)
    plan = plan_of(manager_client, second)
    carry_out(manager_client, first)
    answer = manager_client.post(f"{second}start/", plan)
    assert (answer.url, messages_of(answer)) == (run, [TRIED])
    assert found(second).state == "planned"
    assert live(theirs).base_monthly_fee == Decimal("328.90")


def test_what_a_retry_has_changed_counts_as_left_alone_no_longer(manager_client):
    mine, theirs = made(1), made(2)
    run = partly_done(manager_client, mine, theirs, **TAGS)
    assert "Left alone 1" in words_of(manager_client.get(run))
    tried_again(manager_client, run)
    page = words_of(manager_client.get(run))
    assert "1 was changed by a retry." in page
    assert ("Left alone 0" in page, "Changed by a retry 1" in page, "left alone" in page) == (True, True, False)
    assert "1 changed · 1 left alone" not in words_of(manager_client.get(BULK))


def test_a_retry_of_a_retry_counts_for_the_first_run_too(manager_client):
    mine, theirs = made(1), made(2)
    run = partly_done(manager_client, mine, theirs, **TAGS)
    again = manager_client.post(f"{run}retry/").url
    finish(manager_client, again)
    changed(theirs, notes="Called on Tuesday.")
    carry_out(manager_client, again)
    assert (found(run).failed, found(again).failed) == (1, 1)
    last = tried_again(manager_client, again)
    assert [found(one).failed for one in (run, again, last)] == [0, 0, 0]
    assert "Account 0002" in words_of(manager_client.get(f"{run}?show=retried"))


def test_where_nothing_was_left_alone_there_is_nothing_to_retry(manager_client):
    run = done(manager_client, made(), **TAGS)
    assert "Retry the" not in text(manager_client.get(run))
    assert manager_client.post(f"{run}retry/").url == run


@pytest.mark.parametrize(
    "entries",
    [
        {"what": "tags", "add": "new", "remove": "vip"},
        {"what": "notice", "days": "60"},
        {"what": "auto_renewal", "renews": "no"},
        {"what": "manager", "manager": NOBODY},
        {"what": "prices", "percent": "3.5", "parts": ["base", "add_ons", "trades"]},
    ],
)
def test_terms_are_as_before_once_a_run_is_undone(manager_client, entries):
    contract = made()
    back = undone(manager_client, done(manager_client, contract, **entries))
    after = live(contract)
    assert replace(after, version=1, updated_at=contract.updated_at, last_modified_by="maya") == contract
    assert revisions.get(contract.contract_id, 3)["action"] == "restored"
    assert "Undo: " in text(manager_client.get(back))


def test_undoing_leaves_alone_what_somebody_has_changed_since(manager_client):
    mine, theirs = made(1), made(2)
    run = done(manager_client, mine, theirs, **TAGS)
    other = changed(theirs, notes="Called on Monday.")
    back = undone(manager_client, run)
    assert (live(mine).tags, live(theirs)) == (mine.tags, other)
    assert "Somebody changed the contract since." in words_of(manager_client.get(f"{back}?show=refused"))


def test_undoing_notices_a_service_that_did_not_raise_the_version(manager_client, mongo):
    contract = made()
    run = done(manager_client, contract, **TAGS)
    mongo.contracts.update_one({"contract_id": contract.contract_id}, {"$set": {"notes": "Written elsewhere."}})
    back = manager_client.post(f"{run}undo/").url
    page = words_of(finish(manager_client, back))
    assert "No contract would change" in page
    assert live(contract).tags == (*contract.tags, "new")


def test_contracts_without_a_history_can_be_undone_too(manager_client, mongo):
    many(mongo, 3)
    run = begun(manager_client, scope="all")
    choose(manager_client, run, **TAGS)
    carry_out(manager_client, run)
    undone(manager_client, run)
    assert mongo.contracts.count_documents({"tags": "new"}) == 0


def test_what_is_undone_leads_to_its_undo_instead_of_offering_another(manager_client):
    contract = made()
    run = done(manager_client, contract, **TAGS)
    back = manager_client.post(f"{run}undo/").url
    finish(manager_client, back)
    # A preview alone takes nothing back.
    assert "Undo…" in text(manager_client.get(run))
    carry_out(manager_client, back)
    page = text(manager_client.get(run))
    assert ("Undo…" in page, f'href="{back}"' in page, "Undone by manager." in page) == (False, True, True)
    assert manager_client.post(f"{run}undo/").url == run
    assert live(contract).tags == contract.tags


def test_what_an_administrator_has_undone_names_them_without_a_way_to_their_run(manager_client, admin_client):
    run = done(manager_client, made(), **TAGS)
    back = undone(admin_client, run)
    page = text(manager_client.get(run))
    assert ("Undone by admin." in page, back in page) == (True, False)
    assert f'href="{back}"' in text(admin_client.get(run))


def test_what_was_undone_does_not_say_that_it_is_changed(manager_client):
    run = done(manager_client, made(), **TAGS)
    undone(manager_client, run)
    page = words_of(manager_client.get(run))
    assert ("1 contract was changed" in page, "1 contract is changed" in page) == (True, False)


def test_undoing_an_undo_is_called_doing_it_again(manager_client):
    contract = made()
    back = undone(manager_client, done(manager_client, contract, **TAGS))
    forth = undone(manager_client, back)
    assert "Do again: Add tag “new”" in words_of(manager_client.get(forth))
    assert revisions.get(contract.contract_id, 4)["reason"] == "Done again: Add tag “new”"
    undone(manager_client, forth)
    assert revisions.get(contract.contract_id, 5)["reason"] == "Undone: Add tag “new”"


def test_an_undo_can_be_undone(manager_client):
    contract = made()
    back = undone(manager_client, done(manager_client, contract, **TAGS))
    undone(manager_client, back)
    assert live(contract).tags == (*contract.tags, "new")


@pytest.mark.parametrize("entries", [{"what": "status", "to": "pending_renewal"}, {"what": "renewal"}])
def test_a_change_of_status_says_before_that_it_cannot_be_undone(manager_client, entries):
    contract = made()
    run = begun(manager_client, contract)
    assert "This cannot be undone." in words_of(choose(manager_client, run, **entries))
    assert "Undo…" not in text(carry_out(manager_client, run))
    after = live(contract)
    assert manager_client.post(f"{run}undo/").url == run
    assert live(contract) == after


def test_the_list_tells_of_each_run_what_it_does_and_how_far_it_is(manager_client):
    done(manager_client, made(1), **TAGS)
    choose(manager_client, begun(manager_client, made(2)), **PRICES)
    page = words_of(manager_client.get(BULK))
    assert "Revise base fee by +10 %" in page
    assert "Add tag “new”" in page
    assert "1 contract · 1 changed" in page


def test_the_list_has_pages(manager_client, manager):
    for number in range(runs.PAGE_SIZE + 1):
        run = beginning.prepare(
            ["own"], user=manager.pk, who="manager", now=datetime.now(UTC) + timedelta(minutes=number - 60)
        )
        beginning.order(run, Notice(number), "")
    page = words_of(manager_client.get(BULK))
    assert ("1–50 of 51" in page, "Set the notice to 50 days" in page, "to 0 days" in page) == (True, True, False)
    assert "Set the notice to 0 days" in words_of(manager_client.get(f"{BULK}?page=2"))


def test_every_run_keeps_to_the_size_of_a_document(manager_client, mongo):
    contract = made()
    mongo.contracts.update_one(
        {"contract_id": contract.contract_id}, {"$set": {"add_ons.0.extra": "x" * (1 << 20)}}
    )
    run = begun(manager_client, contract)
    choose(manager_client, run, what="prices", percent="1", parts=["add_ons"])
    assert "too large to be shown" in words_of(manager_client.get(f"{run}?show=refused"))
