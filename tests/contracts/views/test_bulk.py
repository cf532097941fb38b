"""Bulk changes: ticked in the list, previewed, carried out in slices, reported, tried again and undone."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages

from contracts import repository, revisions, services
from contracts.bulk import beginning, rows, running
from contracts.bulk import repository as runs
from contracts.bulk.beginning import TooManyContracts
from contracts.bulk.model import LIFETIME, RUNNING, Run
from contracts.bulk.repository import RunNotFound
from contracts.seen import seen_of
from tests.conftest import client_for
from tests.factories import MAYA, NOW, TOM, make_contract
from users.actor import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

BULK = "/contracts/bulk/"
TODAY = datetime.now(UTC).date()
LATER = TODAY + timedelta(days=300)
TAGS = {"what": "tags", "add": "new"}
PRICES = {"what": "prices", "percent": "10", "parts": ["base"]}


def made(number=1, **terms):
    names = {"account_id": f"acct-{number}", "account_name": f"Account {number:04}"}
    dates = {"start_date": TODAY - timedelta(days=65), "end_date": LATER}
    return services.create(make_contract(**(names | dates | terms)), actor=MAYA, now=NOW).contract


def many(mongo, number):
    """That many contracts as another service would write them: quickly, and without a history."""
    whole = repository.document(made(0).contract_id)
    del whole["_id"]
    mongo.contracts.delete_many({})
    names = (
        {"contract_id": f"c-{n}", "account_id": f"a-{n}", "account_name": f"Account {n:04}"} for n in range(number)
    )
    mongo.contracts.insert_many([whole | name for name in names])


def live(contract):
    return repository.get(contract.contract_id)


def changed(contract, **terms):
    """The contract after somebody else has changed it."""
    seen = seen_of(repository.document(contract.contract_id))
    wanted = replace(live(contract), **terms)
    return services.update(wanted, contract_id=contract.contract_id, seen=seen, actor=TOM).contract


def begun(client, *contracts, **more):
    """Tick contracts, or whatever `more` says; the address of the run that waits for its order."""
    response = client.post(BULK, {"scope": "ticked", "id": [one.contract_id for one in contracts], **more})
    assert response.status_code == 302
    return response.url.removesuffix("choose/")


def choose(client, run, **entries):
    response = client.post(f"{run}choose/", entries)
    assert response.status_code == 302, messages_of(response)
    return finish(client, run)


def finish(client, run):
    """Ask for slices as the page does, until there is nothing to do; the page then."""
    for _ in range(200):
        page = client.get(run)
        if b'id="running"' not in page.content:
            return page
        assert client.post(f"{run}go-on/").status_code == 302
    raise AssertionError("The run does not end.")


def carry_out(client, run, **entries):
    assert client.post(f"{run}start/", plan_of(client, run) | entries).status_code == 302
    return finish(client, run)


def plan_of(client, run):
    return {"plan": re.search(r'name="plan" value="([^"]+)"', text(client.get(run)))[1]}


def done(client, *contracts, **entries):
    """A run from the ticks to the result; its address."""
    run = begun(client, *contracts)
    choose(client, run, **entries)
    carry_out(client, run)
    return run


def text(response):
    return response.content.decode()


def words_of(response):
    """What the page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def messages_of(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def found(run) -> Run:
    return runs.find(run.split("/")[-2], None)


def undone(client, run):
    """Undo a run, from the press to the result; the address of the run that did it."""
    back = client.post(f"{run}undo/").url
    finish(client, back)
    carry_out(client, back)
    return back


def test_ticks_survive_a_session_that_ended(client, manager):
    one, _ = made(1), made(2)
    client.force_login(manager)
    page = text(client.get("/contracts/"))
    assert f'name="form_user" value="{manager.username}"' in page.partition('class="ticks"')[2].partition("<table")[0]
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


def test_runs_that_were_never_carried_out_go_after_a_day(manager_client, mongo):
    run = begun(manager_client, made(1))
    kept = done(manager_client, made(2), **TAGS)
    mongo.bulk_runs.update_many({}, {"$set": {"created_at": datetime.now(UTC) - timedelta(days=2)}})
    begun(manager_client, made(3))
    assert found(kept).saved == 1
    with pytest.raises(RunNotFound):
        found(run)
    assert mongo.bulk_rows.count_documents({"run": run.split("/")[-2]}) == 0


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
        ({"what": "prices", "percent": "a lot", "parts": ["base"]}, "Enter a number."),
        ({"what": "prices", "percent": "NaN", "parts": ["base"]}, "Enter a number."),
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


def test_an_outage_loses_nothing_of_what_was_chosen(manager_client, away):
    run = begun(manager_client, made())
    with away():
        response = manager_client.post(f"{run}choose/", TAGS | {"reason": "As agreed"})
    page = text(response)
    assert (response.status_code, "As agreed" in page, "Nothing was changed" in page) == (503, True, True)
    choose(manager_client, run, **TAGS)


# Preview -------------------------------------------------------------------------------------------------


def test_the_preview_says_per_contract_what_changes_and_what_is_refused_and_why(manager_client, mongo):
    made(1)
    made(2, status="cancelled")
    made(3, base_monthly_fee=Decimal("0.00"))
    mongo.contracts.insert_one({"_id": "own", "account_id": "without", "account_name": "Nameless"})
    run = begun(manager_client, scope="all")
    page = words_of(choose(manager_client, run, **PRICES))
    assert "Changes 1 Unchanged 1 Refused 2" in page
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


# Carrying out --------------------------------------------------------------------------------------------


def test_each_contract_gets_a_revision_and_an_audit_entry_of_its_own(manager_client, mongo):
    contracts = [made(number) for number in range(3)]
    run = begun(manager_client, *contracts)
    choose(manager_client, run, **PRICES, reason="New price list")
    page = words_of(carry_out(manager_client, run))
    assert "3 contracts are changed" in page
    for contract in contracts:
        revision = revisions.get(contract.contract_id, 2)
        assert (revision["actor"]["id"], revision["actor"]["via"]) == ("manager", "bulk")
        assert (revision["action"], revision["reason"]) == ("edited", "New price list")
        assert live(contract).base_monthly_fee == Decimal("328.90")
    assert mongo.audit_trails.count_documents({"action": "contract.edited"}) == 3


@pytest.mark.parametrize(
    ("terms", "entries", "after", "action"),
    [
        ({}, {"what": "tags", "add": "new", "remove": "vip"}, {"tags": ("emea", "new")}, "edited"),
        ({}, {"what": "notice", "days": "60"}, {"notice_days": 60}, "edited"),
        ({}, {"what": "auto_renewal", "renews": "no"}, {"auto_renewal": False}, "edited"),
        ({}, {"what": "manager", "manager": "manager"}, {"account_manager": "manager"}, "edited"),
        ({}, {"what": "manager", "manager": ""}, {"account_manager": ""}, "edited"),
        ({}, {"what": "status", "to": "expired"}, {"status": "expired"}, "status_changed"),
        ({"status": "draft"}, {"what": "status", "to": "active"}, {"status": "active"}, "status_changed"),
        ({"status": "cancelled"}, {"what": "status", "to": "draft"}, {"status": "draft"}, "status_changed"),
    ],
)
def test_every_order_does_what_it_says(manager_client, terms, entries, after, action):
    contract = made(**terms)
    done(manager_client, contract, **entries)
    assert {name: getattr(live(contract), name) for name in after} == after
    assert revisions.get(contract.contract_id, 2)["action"] == action


def test_renewing_gives_each_contract_its_own_next_term(manager_client):
    start = TODAY.replace(month=1, day=1)
    end = start.replace(year=start.year + 1) - timedelta(days=1)
    yearly = made(1, start_date=start, end_date=end)
    monthly = made(2, start_date=start, end_date=end, renewal_term_months=1, notice_days=5)
    done(manager_client, yearly, monthly, what="renewal")
    assert live(yearly).end_date == end.replace(year=end.year + 1)
    assert live(monthly).end_date == (end + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    assert revisions.get(yearly.contract_id, 2)["action"] == "renewed"


def test_prices_of_every_kind_are_revised(manager_client):
    contract = made()
    done(manager_client, contract, what="prices", percent="-2", parts=["base", "add_ons", "trades"])
    after = live(contract)
    assert (after.base_monthly_fee, after.add_ons[0].monthly_fee) == (Decimal("293.02"), Decimal("48.51"))
    prices = [tier.price_per_trade for tier in after.usage_based_pricing.trade_volume_tiers]
    assert prices == [Decimal("0.098"), Decimal("0.0784")]


def test_cancelling_asks_for_the_number_of_contracts(manager_client):
    contracts = [made(number) for number in range(3)] + [made(9, status="expired")]
    run = begun(manager_client, *contracts)
    page = words_of(choose(manager_client, run, what="cancel", last_day=str(TODAY), reason="The service ends"))
    assert "Type 3 to confirm" in page
    assert "cannot be undone" in page
    for typed in ("", "4", "three"):
        response = manager_client.post(f"{run}start/", plan_of(manager_client, run) | {"confirm": typed})
        assert response.status_code == 422
    assert live(contracts[0]) == contracts[0]
    carry_out(manager_client, run, confirm="3")
    assert [(live(one).status, live(one).end_date) for one in contracts[:3]] == [("cancelled", TODAY)] * 3
    assert live(contracts[3]).status == "expired"


def test_a_contract_that_changed_after_the_preview_is_left_alone(manager_client):
    mine, theirs = made(1), made(2)
    run = begun(manager_client, mine, theirs)
    choose(manager_client, run, **TAGS)
    other = changed(theirs, notes="Called on Monday.")
    page = words_of(carry_out(manager_client, run))
    assert "Somebody changed the contract after the preview, so it was left alone." in page
    assert (live(theirs), live(mine).version) == (other, 2)
    assert (found(run).saved, found(run).failed) == (1, 1)


def test_a_contract_that_was_deleted_after_the_preview_is_told(manager_client, mongo):
    kept, gone = made(1), made(2)
    run = begun(manager_client, kept, gone)
    choose(manager_client, run, **TAGS)
    mongo.contracts.delete_one({"contract_id": gone.contract_id})
    assert "Somebody deleted the contract after the preview." in words_of(carry_out(manager_client, run))
    assert live(kept).version == 2


def test_one_that_breaks_a_rule_meanwhile_does_not_stop_the_others(manager_client, mongo):
    contracts = [made(number) for number in range(5)]
    run = begun(manager_client, *contracts)
    choose(manager_client, run, **TAGS)
    row = {"run": found(run).run_id, "number": 3}
    mongo.bulk_rows.update_one(row, {"$set": {"changes.0.after": ["twice", "twice"]}})
    page = words_of(carry_out(manager_client, run))
    assert "4 contracts are changed" in page
    assert "“twice” stands here twice." in page
    assert [live(one).version for one in contracts] == [2, 2, 1, 2, 2]


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
    assert runs.claim(found(run).run_id, found(run).user, "another window").state == RUNNING
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


def forget(mongo, run, counts):
    """As if the process had ended after saving, before anything was noted."""
    run_id = found(run).run_id
    mongo.bulk_runs.update_one({"_id": run_id}, {"$set": {"state": RUNNING, "at": 0, "counts": counts}})
    mongo.bulk_rows.update_many({"run": run_id}, {"$set": {"outcome": "changed"}, "$unset": {"version": 1}})


def test_three_hundred_contracts_are_changed_slice_by_slice(manager_client, manager, mongo):
    many(mongo, 300)
    run = begun(manager_client, scope="all")
    choose(manager_client, run, **TAGS)
    manager_client.post(f"{run}start/", plan_of(manager_client, run))
    actor = Actor(id="manager", name="manager", via="bulk")
    running.go_on(found(run).run_id, manager.pk, actor=actor, seconds=0.2)
    part = found(run)
    assert 0 < part.saved < 300
    assert mongo.contracts.count_documents({"tags": "new"}) == part.saved
    finish(manager_client, run)
    assert (found(run).saved, mongo.contracts.count_documents({"tags": "new"})) == (300, 300)
    assert mongo.contract_revisions.count_documents({"actor.via": "bulk"}) == 300


def test_a_closed_tab_goes_on_where_it_stopped(manager_client, manager, mongo):
    many(mongo, 60)
    run = begun(manager_client, scope="all")
    choose(manager_client, run, **TAGS)
    manager_client.post(f"{run}start/", plan_of(manager_client, run))
    running.go_on(found(run).run_id, manager.pk, actor=MAYA, seconds=0.05)
    assert f'href="{run}"' in text(manager_client.get(BULK))
    finish(client_for(manager), run)
    assert found(run).saved == 60


def test_a_run_is_stopped_and_goes_on_later(manager_client, manager, mongo):
    many(mongo, 120)
    run = begun(manager_client, scope="all")
    choose(manager_client, run, **TAGS)
    manager_client.post(f"{run}start/", plan_of(manager_client, run))
    running.go_on(found(run).run_id, manager.pk, actor=MAYA, seconds=0.05)
    manager_client.post(f"{run}stop/")
    manager_client.post(f"{run}go-on/")
    saved = found(run).saved
    page = words_of(manager_client.get(run))
    assert 0 < saved < 120
    assert f"Still to do {120 - saved}" in page
    manager_client.post(f"{run}resume/")
    finish(manager_client, run)
    assert found(run).saved == 120


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


# Result --------------------------------------------------------------------------------------------------


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
        {"what": "manager", "manager": ""},
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


def test_an_undo_can_be_undone(manager_client):
    contract = made()
    back = undone(manager_client, done(manager_client, contract, **TAGS))
    undone(manager_client, back)
    assert live(contract).tags == (*contract.tags, "new")


@pytest.mark.parametrize("entries", [{"what": "status", "to": "expired"}, {"what": "renewal"}])
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


def test_every_run_keeps_to_the_size_of_a_document(manager_client, mongo):
    contract = made()
    mongo.contracts.update_one(
        {"contract_id": contract.contract_id}, {"$set": {"add_ons.0.extra": "x" * (1 << 20)}}
    )
    run = begun(manager_client, contract)
    choose(manager_client, run, what="prices", percent="1", parts=["add_ons"])
    assert "too large to be shown" in words_of(manager_client.get(f"{run}?show=refused"))
