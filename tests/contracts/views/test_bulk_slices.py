"""A bulk change goes on in slices: in two windows, after a closed tab, a stop and an outage."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.bulk import repository as runs
from contracts.bulk import running
from mongo import client as mongo_client
from mongo.claims import CLAIM
from mongo.errors import MongoUnavailable
from tests.conftest import client_for
from tests.contracts.views.bulk_runs import (
    BULK,
    PRICES,
    TAGS,
    begun,
    changed,
    choose,
    done,
    finish,
    forget,
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
from tests.factories import MAYA
from tests.proxy import Proxy
from users.actor import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]


def test_pressed_twice_and_in_two_windows_each_contract_is_saved_once(manager_client):
    contracts = [made(number) for number in range(3)]
    run = begun(manager_client, *contracts)
    choose(manager_client, run, **PRICES)
    plan = plan_of(manager_client, run)
    assert [manager_client.post(f"{run}start/", plan).status_code for _ in range(2)] == [302, 302]
    for _ in range(3):
        manager_client.post(f"{run}go-on/")
    manager_client.post(f"{run}start/", plan)
    finish(manager_client, run)
    assert [live(one).version for one in contracts] == [2, 2, 2]


def test_a_preview_that_was_made_anew_is_looked_at_first(manager_client):
    contract = made()
    run = begun(manager_client, contract)
    choose(manager_client, run, **PRICES)
    old = plan_of(manager_client, run)
    choose(manager_client, run, **TAGS)
    response = manager_client.post(f"{run}start/", old)
    assert "The preview was made anew in another window." in messages_of(response)[0]
    assert live(contract) == contract


def test_while_another_window_is_at_it_a_slice_only_tells_how_far_it_is(manager_client):
    contract = made()
    run = begun(manager_client, contract)
    choose(manager_client, run, **TAGS)
    manager_client.post(f"{run}start/", plan_of(manager_client, run))
    assert runs.claim(found(run).run_id, found(run).user)
    page = manager_client.post(f"{run}go-on/", headers={"HX-Request": "true"})
    assert ("0</b> of 1 contract" in text(page), 'hx-trigger="every 4s"' in text(page)) == (True, True)
    assert live(contract).version == 1


def test_a_slice_that_was_saved_but_not_noted_saves_nothing_twice(manager_client, mongo):
    contracts = [made(number) for number in range(3)]
    run = done(manager_client, *contracts, **PRICES)
    forget(mongo, run, counts={"changed": 3})
    theirs = changed(contracts[1], notes="Called on Monday.")
    finish(manager_client, run)
    assert (found(run).saved, found(run).failed) == (3, 0)
    assert [live(one).version for one in contracts] == [2, 3, 2]
    assert live(contracts[1]) == theirs


def test_more_than_one_batch_is_changed_slice_by_slice(manager_client, manager, mongo):
    many(mongo, 120)
    run = begun(manager_client, scope="all")
    choose(manager_client, run, **TAGS)
    manager_client.post(f"{run}start/", plan_of(manager_client, run))
    actor = Actor(id="manager", name="manager", via="bulk")
    running.go_on(found(run).run_id, manager.pk, actor=actor, seconds=0)
    assert (found(run).saved, mongo.contracts.count_documents({"tags": "new"})) == (1, 1)
    finish(manager_client, run)
    assert (found(run).saved, mongo.contracts.count_documents({"tags": "new"})) == (120, 120)
    assert mongo.contract_revisions.count_documents({"actor.via": "bulk"}) == 120


def test_a_closed_tab_goes_on_where_it_stopped(manager_client, manager, mongo):
    many(mongo, 60)
    run = begun(manager_client, scope="all")
    choose(manager_client, run, **TAGS)
    manager_client.post(f"{run}start/", plan_of(manager_client, run))
    running.go_on(found(run).run_id, manager.pk, actor=MAYA, seconds=0)
    assert f'href="{run}"' in text(manager_client.get(BULK))
    finish(client_for(manager), run)
    assert found(run).saved == 60


def test_a_run_is_stopped_and_goes_on_later(manager_client, manager, mongo):
    many(mongo, 60)
    run = begun(manager_client, scope="all")
    choose(manager_client, run, **TAGS)
    manager_client.post(f"{run}start/", plan_of(manager_client, run))
    running.go_on(found(run).run_id, manager.pk, actor=MAYA, seconds=0)
    manager_client.post(f"{run}stop/")
    manager_client.post(f"{run}go-on/")
    page = words_of(manager_client.get(run))
    assert ("1 contract is changed" in page, "Still to do 59" in page) == (True, True)
    manager_client.post(f"{run}resume/")
    finish(manager_client, run)
    assert found(run).saved == 60


def test_a_stopped_run_offers_nothing_before_its_last_slice_is_over(manager_client, mongo):
    run = half_done(manager_client, mongo)
    slice_under_way = runs.claim(found(run).run_id, found(run).user)
    manager_client.post(f"{run}stop/")
    page = text(manager_client.get(run))
    assert ("<h1>Stopping</h1>" in page, "/undo/" in page, "/resume/" in page, "/stop/" in page) == (
        True,
        False,
        False,
        False,
    )
    assert manager_client.post(f"{run}undo/").url == run
    waiting = manager_client.post(f"{run}go-on/", headers={"HX-Request": "true"})
    assert 'hx-trigger="every 4s"' in text(waiting)
    with slice_under_way.released():
        pass
    page = text(manager_client.get(run))
    assert ("<h1>Stopped</h1>" in page, "/undo/" in page, "/resume/" in page) == (True, True, True)


def half_done(client, mongo):
    """A run of two contracts that is under way, with one of them saved; its address."""
    many(mongo, 2)
    run = begun(client, scope="all")
    choose(client, run, **TAGS)
    client.post(f"{run}start/", plan_of(client, run))
    running.go_on(found(run).run_id, found(run).user, actor=MAYA, seconds=0)
    return run


def test_what_was_saved_and_not_noted_any_more_is_told_and_undone(manager_client, mongo):
    contracts = [made(number) for number in range(3)]
    run = done(manager_client, *contracts[:2], **PRICES)
    forget(mongo, run, counts={"changed": 2})
    # As after a process that was killed in the middle: nobody ends its claim.
    long_ago = datetime.now(UTC) - CLAIM - timedelta(seconds=1)
    assert runs.claim(found(run).run_id, found(run).user, now=long_ago)
    manager_client.post(f"{run}stop/")
    assert "2 contracts are changed" in words_of(manager_client.get(run))
    undone(manager_client, run)
    assert [live(one).base_monthly_fee for one in contracts] == [one.base_monthly_fee for one in contracts]


def test_an_undo_brings_back_what_was_not_noted_although_nobody_looked_before(manager_client, mongo):
    contract = made()
    run = done(manager_client, contract, **PRICES)
    forget(mongo, run, counts={"changed": 1})
    manager_client.post(f"{run}stop/")
    undone(manager_client, run)
    assert live(contract).base_monthly_fee == contract.base_monthly_fee


def test_one_that_cannot_be_saved_although_mongodb_is_there_does_not_keep_the_others(
    manager_client, manager, mongo, mongo_uri, settings
):
    contracts = [made(number) for number in range(3)]
    mongo.contracts.update_one({"contract_id": contracts[1].contract_id}, {"$set": {"extra": "x" * 200_000}})
    run = begun(manager_client, *contracts)
    choose(manager_client, run, **TAGS)
    manager_client.post(f"{run}start/", plan_of(manager_client, run))
    with Proxy(mongo_uri) as between:
        settings.MONGODB_URI = between.uri
        mongo_client.close()
        between.cuts_long_messages = True
        with pytest.raises(MongoUnavailable):
            running.go_on(found(run).run_id, manager.pk, actor=MAYA)
        assert (found(run).saved, found(run).progress) == (1, (1, 3))
        assert running.go_on(found(run).run_id, manager.pk, actor=MAYA)
        mongo_client.close()
    settings.MONGODB_URI = mongo_uri
    page = words_of(finish(manager_client, run))
    assert ("2 contracts are changed" in page, "did not answer when this contract was saved" in page) == (
        True,
        True,
    )
    assert [live(one).version for one in contracts] == [2, 1, 2]


def test_an_outage_in_the_middle_is_told_and_the_run_goes_on_afterwards(manager_client, away, mongo):
    many(mongo, 60)
    run = begun(manager_client, scope="all")
    choose(manager_client, run, **TAGS)
    manager_client.post(f"{run}start/", plan_of(manager_client, run))
    with away():
        part = manager_client.post(f"{run}go-on/", headers={"HX-Request": "true"})
        whole = manager_client.post(f"{run}go-on/")
    assert (part.headers["HX-Retarget"], "It has stopped for the moment" in text(part)) == ("#stalled", True)
    assert whole.status_code == 503
    finish(manager_client, run)
    assert found(run).saved == 60
