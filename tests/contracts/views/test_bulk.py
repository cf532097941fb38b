"""Bulk changes begin: who may, which contracts are taken, and what is to be done with them."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.template.loader import render_to_string

from contracts import revisions
from contracts.bulk import beginning, rows
from contracts.bulk import repository as runs
from contracts.bulk.beginning import TooManyContracts
from contracts.bulk.model import LIFETIME, MOST_CONTRACTS, UNUSED
from contracts.bulk.repository import RunNotFound
from contracts.forms.bulk import NOBODY
from tests.conftest import client_for
from tests.contracts.views.bulk_runs import (
    BULK,
    PRICES,
    TAGS,
    begun,
    carry_out,
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
from tests.meanwhile import after

PLAIN = "Write it in digits with a point, such as 3.5 or -2."

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]


def test_ticks_survive_a_session_that_ended(client, manager):
    one, _ = made(1), made(2)
    client.force_login(manager)
    form = text(client.get("/contracts/")).partition('class="ticks"')[2].partition("<table")[0]
    assert f'name="form_user" value="{manager.username}"' in form
    entries = {"form_user": manager.username, "scope": "ticked", "id": [one.contract_id]}
    client.logout()
    assert client.post(BULK, entries).status_code == 302
    client.force_login(manager)
    response = client.get(BULK)
    assert found(response.url.removesuffix("choose/")).contracts == 1
    assert client.get(BULK).status_code == 200


# Who may -------------------------------------------------------------------------------------------------


def test_who_may_only_look_is_offered_no_ticks(viewer_client):
    made()
    assert 'type="checkbox" name="id"' not in text(viewer_client.get("/contracts/"))
    assert viewer_client.get(BULK).status_code == 403
    assert viewer_client.post(BULK, {"scope": "all"}).status_code == 403


def test_whoever_may_change_contracts_can_tick_them(manager_client):
    contract = made()
    page = text(manager_client.get("/contracts/?status=active"))
    assert f'name="id" value="{contract.contract_id}" aria-label="Tick Account 0001"' in page
    assert 'name="query" value="status=active"' in page


def test_a_contract_that_nobody_can_reach_has_no_tick(manager_client, mongo):
    mongo.contracts.insert_one({"_id": "a/b", "account_id": "odd"})
    assert 'type="checkbox" name="id"' not in text(manager_client.get("/contracts/"))


def test_nobody_sees_the_run_of_somebody_else(manager_client, django_user_model, manager):
    run = begun(manager_client, made())
    choose(manager_client, run, **TAGS)
    other = django_user_model.objects.create_user("other")
    other.groups.set(manager.groups.all())
    browser = client_for(other)
    asked = [browser.get(run), browser.get(f"{run}choose/")]
    sent = [
        browser.post(f"{run}{name}/") for name in ("choose", "go-on", "start", "stop", "resume", "retry", "undo")
    ]
    assert {response.status_code for response in (*asked, *sent)} == {404}
    assert "No bulk changes yet" in text(browser.get(BULK))


def test_an_administrator_sees_a_run_of_somebody_else_but_does_not_go_on_with_it(manager_client, admin_client):
    run = begun(manager_client, made())
    manager_client.post(f"{run}choose/", TAGS)
    page = text(admin_client.get(run))
    assert "It goes on while manager has it open." in page
    assert 'id="running"' not in page
    assert admin_client.post(f"{run}go-on/").status_code == 404
    assert "by manager" not in text(admin_client.get(BULK))
    assert " · manager" in text(admin_client.get(BULK))


def test_an_administrator_may_undo_what_somebody_else_did(manager_client, admin_client):
    contract = made()
    run = done(manager_client, contract, **TAGS)
    undone(admin_client, run)
    assert live(contract).tags == contract.tags
    assert revisions.get(contract.contract_id, 3)["actor"]["id"] == "admin"


@pytest.mark.parametrize("address", ["bulk/not-a-run/", "bulk/0b5f8a5e-7d19-4b52-a0fb-3c1ed8f5d2aa/"])
def test_a_run_that_there_is_not_is_not_found(manager_client, address):
    assert manager_client.get(f"/contracts/{address}").status_code == 404


# Which contracts -----------------------------------------------------------------------------------------


def test_nothing_ticked_leads_back_to_the_same_list(manager_client):
    response = manager_client.post(BULK, {"scope": "ticked", "query": "status=active&q=a+b"})
    assert response.url == "/contracts/?status=active&q=a+b"
    assert messages_of(response) == ["Tick the contracts to change first."]


def test_what_was_deleted_since_is_told(manager_client, mongo):
    kept, gone = made(1), made(2)
    mongo.contracts.delete_one({"contract_id": gone.contract_id})
    response = manager_client.post(BULK, {"scope": "ticked", "id": [kept.contract_id, gone.contract_id]})
    assert messages_of(response) == ["1 of the contracts ticked are no longer there."]
    assert found(response.url.removesuffix("choose/")).contracts == 1


def test_all_that_match_are_taken_in_the_order_of_the_list(manager_client):
    for number in range(4):
        made(number, status="draft" if number == 2 else "active")
    run = begun(manager_client, scope="all", query="status=active&sort=-name&page=7")
    choose(manager_client, run, **TAGS)
    assert [row["title"] for row in rows.page(found(run).run_id, "changed", 0)] == [
        "Account 0003",
        "Account 0001",
        "Account 0000",
    ]


def test_more_than_ten_thousand_are_not_taken(mongo):
    with pytest.raises(TooManyContracts, match="10,001 contracts match; 10,000 at most are changed at once"):
        beginning.prepare(range(10_001), user=1, who="manager")
    assert (mongo.bulk_runs.count_documents({}), mongo.bulk_rows.count_documents({})) == (0, 0)


@pytest.mark.parametrize(
    ("query", "message"), [("ends=soon", "Ends within days"), ("q=nobody", "No contract matches")]
)
def test_a_filter_that_leads_nowhere_is_told(manager_client, query, message):
    made()
    response = manager_client.post(BULK, {"scope": "all", "query": query})
    assert message in messages_of(response)[0]


def let_pass(mongo, time):
    """As if so much time had gone since anybody did anything."""
    for run in list(mongo.bulk_runs.find()):
        earlier = {name: run[name] - time for name in ("created_at", "used_at")}
        mongo.bulk_runs.update_one({"_id": run["_id"]}, {"$set": earlier})


def test_runs_that_were_never_carried_out_go_a_week_after_their_last_step(manager_client, mongo):
    run = begun(manager_client, made(1))
    kept = done(manager_client, made(2), **TAGS)
    let_pass(mongo, UNUSED + timedelta(minutes=1))
    begun(manager_client, made(3))
    assert found(kept).saved == 1
    with pytest.raises(RunNotFound):
        found(run)
    assert mongo.bulk_rows.count_documents({"run": run.split("/")[-2]}) == 0


def test_a_run_stays_while_somebody_goes_on_with_it(manager_client, mongo):
    run = begun(manager_client, made(1))
    for _ in range(3):
        let_pass(mongo, UNUSED - timedelta(hours=1))
        choose(manager_client, run, **TAGS)
    begun(manager_client, made(2))
    assert found(run).contracts == 1


def test_a_run_that_is_started_while_unused_ones_are_forgotten_stays_whole(manager_client, manager, mongo):
    run = begun(manager_client, made(1))
    choose(manager_client, run, **TAGS)
    plan = plan_of(manager_client, run)["plan"]
    let_pass(mongo, UNUSED + timedelta(minutes=1))
    with after("find", "bulk_runs", lambda: runs.begin(found(run), plan)):
        runs.forget_unused(manager.pk, datetime.now(UTC))
    finish(manager_client, run)
    assert found(run).saved == 1


def test_what_was_typed_for_a_run_that_is_gone_comes_back(manager_client, mongo):
    run = begun(manager_client, made(1))
    mongo.bulk_runs.delete_many({})
    response = manager_client.post(f"{run}choose/", TAGS | {"reason": "As agreed in May"})
    page = words_of(response)
    assert (response.status_code, "for a week after their last step" in page) == (404, True)
    assert "As agreed in May" in text(response)
    assert "Go on to the preview" not in page


def test_after_thirty_days_a_run_is_not_found(manager_client, mongo):
    run = done(manager_client, made(), **TAGS)
    mongo.bulk_runs.update_many({}, {"$set": {"created_at": datetime.now(UTC) - LIFETIME}})
    assert manager_client.get(run).status_code == 404


# What to do ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({}, "Choose what to do."),
        ({"what": "explode"}, "Select a valid choice."),
        ({"what": "prices", "parts": ["base"]}, "Give a percentage other than 0."),
        ({"what": "prices", "percent": "0.0", "parts": ["base"]}, "Give a percentage other than 0."),
        ({"what": "prices", "percent": "a lot", "parts": ["base"]}, PLAIN),
        ({"what": "prices", "percent": "NaN", "parts": ["base"]}, PLAIN),
        ({"what": "prices", "percent": "1_0", "parts": ["base"]}, PLAIN),
        ({"what": "prices", "percent": "٣", "parts": ["base"]}, PLAIN),
        ({"what": "prices", "percent": "10,5", "parts": ["base"]}, PLAIN),
        ({"what": "prices", "percent": "-100", "parts": ["base"]}, "greater than or equal to -99.99"),
        ({"what": "prices", "percent": "1001", "parts": ["base"]}, "less than or equal to 1000"),
        ({"what": "prices", "percent": "1.00001", "parts": ["base"]}, "no more than 4 decimal places"),
        ({"what": "prices", "percent": "1"}, "Tick at least one of the prices."),
        ({"what": "tags"}, "Give a tag to add, or one to remove."),
        ({"what": "tags", "add": "a\nb", "remove": "b"}, "“b” is to be added, too."),
        ({"what": "notice"}, "Give the notice in days; 0 for none."),
        ({"what": "notice", "days": "-1"}, "greater than or equal to 0"),
        ({"what": "auto_renewal"}, "Choose on or off."),
        ({"what": "manager", "manager": "nobody-known"}, "Select a valid choice."),
        ({"what": "manager", "manager": ""}, "Choose the account manager, or nobody."),
        ({"what": "status", "to": "exploded"}, "Select a valid choice."),
        ({"what": "cancel", "reason": "Over"}, "Give the last day."),
        ({"what": "cancel", "last_day": "2026-12-31"}, "Say why the contracts are cancelled."),
        ({"what": "notice", "days": "30", "reason": "x" * 501}, "at most 500 characters"),
    ],
)
def test_an_order_that_cannot_be_meant_is_told_beside_its_field(manager_client, entries, message):
    run = begun(manager_client, made())
    response = manager_client.post(f"{run}choose/", entries)
    assert (response.status_code, message in text(response).replace("&#x27;", "'")) == (422, True)
    assert found(run).order is None


def test_nobody_is_chosen_as_account_manager_only_by_choosing_nobody(manager_client):
    run = begun(manager_client, made())
    page = text(manager_client.get(f"{run}choose/"))
    options = re.findall(r'<option value="([^"]*)"( selected)?>', page.split('name="manager"')[1])
    assert options[:2] == [("", " selected"), (NOBODY, "")]
    choose(manager_client, run, what="manager", manager=NOBODY)
    assert found(run).order.username == ""
    assert re.search(rf'value="{re.escape(NOBODY)}" selected', text(manager_client.get(f"{run}choose/")))


def test_what_stands_in_the_fields_of_another_choice_does_not_matter(manager_client):
    run = begun(manager_client, made())
    choose(manager_client, run, what="notice", days="60", percent="a lot", last_day="soon", to="x")
    assert found(run).order.days == 60


def test_the_order_can_become_another_one_before_it_is_carried_out(manager_client):
    contract = made()
    run = begun(manager_client, contract)
    choose(manager_client, run, **PRICES, reason="New price list")
    page = text(manager_client.get(f"{run}choose/"))
    assert 'value="prices" id="id_what_0" checked' in page.replace("required ", "").replace(" required", "")
    assert "New price list" in page
    choose(manager_client, run, **TAGS)
    carry_out(manager_client, run)
    assert live(contract) == replace(live(contract), base_monthly_fee=contract.base_monthly_fee)
    assert live(contract).tags == (*contract.tags, "new")


def test_what_is_carried_out_cannot_become_another_order(manager_client):
    run = done(manager_client, made(), **TAGS)
    response = manager_client.post(f"{run}choose/", PRICES)
    assert messages_of(response) == ["This change is being carried out already, so it cannot become another one."]
    assert manager_client.get(f"{run}choose/").url == run


def test_an_outage_loses_nothing_of_what_was_ticked(manager_client, away):
    one, _ = made(1), made(2)
    with away():
        response = manager_client.post(BULK, {"scope": "ticked", "id": [one.contract_id], "query": "status=active"})
    page = text(response)
    assert (response.status_code, "Try again with the 1 ticked" in words_of(response)) == (503, True)
    entries = dict(re.findall(r'name="(scope|id|query)" value="([^"]*)"', page))
    assert entries == {"scope": "ticked", "id": one.contract_id, "query": "status=active"}
    assert found(manager_client.post(BULK, entries).url.removesuffix("choose/")).contracts == 1


def test_an_outage_loses_nothing_of_what_was_chosen(manager_client, away):
    run = begun(manager_client, made())
    with away():
        response = manager_client.post(f"{run}choose/", TAGS | {"reason": "As agreed"})
    page = text(response)
    assert (response.status_code, "As agreed" in page, "Nothing was changed" in page) == (503, True, True)
    choose(manager_client, run, **TAGS)


@pytest.mark.parametrize(("total", "is_offered"), [(MOST_CONTRACTS, True), (MOST_CONTRACTS + 1, False)])
def test_no_more_contracts_are_offered_than_a_run_takes(total, is_offered):
    bar = render_to_string("contracts/bulk/_bar.html", {"total": total, "shown": 50, "most": MOST_CONTRACTS})
    limit = "10,000 at most are changed at once. Filter the list for fewer."
    assert ("Change all" in bar, limit in bar) == (is_offered, not is_offered)


def test_all_that_match_are_offered_where_there_are_more_than_the_page_shows(manager_client, mongo):
    many(mongo, 60)
    assert "Change all 60 that match…" in text(manager_client.get("/contracts/"))
