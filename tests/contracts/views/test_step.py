"""The steps of a contract's life: offered by the table, shown first, done once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from contracts import repository, revisions, services
from contracts.domain.model import Contract, UsageLimits
from contracts.seen import seen_of
from contracts.shown.steps import STEPS, leading
from tests.factories import MAYAS_FILE, NOW, TOM, make_contract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

TODAY = datetime.now(UTC).date()
FORM = "step-form"
LATER = TODAY + timedelta(days=200)


def made(**terms):
    terms = {"start_date": TODAY - timedelta(days=165), "end_date": LATER, **terms}
    return services.create(make_contract(**terms), actor=MAYAS_FILE, now=NOW).contract


def address(contract, step):
    return f"/contracts/{contract.contract_id}/{step}/"


def live(contract):
    return repository.get(contract.contract_id)


def posted(client, contract, step):
    """Send a step's form with a last day of its own, whatever its page says."""
    digest = seen_of(repository.document(contract.contract_id)).digest
    entries = {"reason": "x", "last_day": str(LATER + timedelta(days=9)), "confirm": contract.contract_id}
    return client.post(address(contract, step), entries | {"digest": digest})


def take(client, contract, step, form_data, **entries):
    """Open the step's page and send its form with these entries."""
    url = address(contract, step)
    return client.post(url, form_data(client.get(url), FORM) | entries)


@pytest.mark.parametrize(
    ("terms", "offered"),
    [
        ({"status": "draft"}, ["activate", "cancel"]),
        ({"status": "active"}, ["renew", "wait", "expire", "cancel"]),
        ({"status": "active", "end_date": None, "auto_renewal": False}, ["expire", "cancel"]),
        ({"status": "pending_renewal"}, ["renew", "resume", "expire", "cancel"]),
        ({"status": "expired"}, ["renew", "resume"]),
        ({"status": "cancelled"}, ["reopen"]),
    ],
)
def test_a_contract_offers_the_steps_of_the_table_alone(manager_client, terms, offered):
    contract = made(**terms)
    page = manager_client.get(f"/contracts/{contract.contract_id}/").content.decode()
    assert [step.name for step in STEPS if f"/{step.name}/" in page] == offered


def test_who_may_only_look_is_offered_no_step(viewer_client):
    contract = made()
    assert "/renew/" not in viewer_client.get(f"/contracts/{contract.contract_id}/").content.decode()
    assert viewer_client.get(address(contract, "renew")).status_code == 403
    assert viewer_client.post(address(contract, "renew")).status_code == 403


@pytest.mark.parametrize("step", [step.name for step in STEPS])
def test_a_step_that_the_table_does_not_allow_is_not_taken(manager_client, step):
    contract = made(status="cancelled" if step != "reopen" else "active")
    page = manager_client.get(address(contract, step)).content.decode()
    assert f"This contract is {contract.status}" in page
    assert posted(manager_client, contract, step).status_code == 409
    assert live(contract) == contract


@pytest.mark.parametrize(
    ("terms", "step", "why", "open_to_it"),
    [
        ({"status": "cancelled"}, "renew", "“Renew” is not open to it.", ["reopen"]),
        ({"status": "active"}, "activate", "That is done already.", ["renew", "wait", "expire", "cancel"]),
        (
            {"status": "active", "end_date": None, "auto_renewal": False},
            "wait",
            "it has no last day, so no other term can follow.",
            ["expire", "cancel"],
        ),
    ],
)
def test_a_step_that_is_not_open_says_how_the_contract_stands_and_what_is_open(
    manager_client, terms, step, why, open_to_it
):
    contract = made(**terms)
    response = manager_client.get(address(contract, step))
    page = response.content.decode()
    assert (response.status_code, why in page) == (409, True)
    assert f"This contract is {contract.status}" in page
    assert [one.name for one in STEPS if f'href="{address(contract, one.name)}"' in page] == open_to_it


@pytest.mark.parametrize(("status", "step"), [("active", "resume"), ("draft", "resume"), ("expired", "activate")])
def test_a_step_that_leads_to_the_same_status_by_another_way_is_not_taken(manager_client, status, step):
    contract = made(status=status)
    assert posted(manager_client, contract, step).status_code == 409
    assert live(contract) == contract


def test_a_draft_is_activated(manager_client, form_data):
    contract = made(status="draft")
    response = take(manager_client, contract, "activate", form_data, reason="Signed")
    assert response.status_code == 302
    assert live(contract).status == "active"
    assert revisions.get(contract.contract_id, 2)["reason"] == "Signed"


def test_what_a_draft_lacks_is_told_before_it_is_activated(manager_client, mongo):
    contract = made(status="draft")
    mongo.contracts.update_one({"contract_id": contract.contract_id}, {"$unset": {"base_monthly_fee": 1}})
    page = manager_client.get(address(contract, "activate")).content.decode()
    assert "Give the base fee a month." in page
    assert "Activate the contract</button>" not in page


def test_a_draft_that_ended_is_not_activated(manager_client):
    contract = made(status="draft", end_date=TODAY - timedelta(days=1))
    page = manager_client.get(address(contract, "activate")).content.decode()
    assert "The last day has passed. Give a later one first." in page


def test_what_most_contracts_have_is_asked_for_without_being_a_rule(manager_client, form_data):
    bare = {"account_manager": "", "usage_limits": UsageLimits(), "end_date": None, "auto_renewal": False}
    contract = made(status="draft", **bare)
    page = manager_client.get(address(contract, "activate")).content.decode()
    assert "No account manager" in page
    assert "No last day, so it runs until somebody ends it." in page
    assert take(manager_client, contract, "activate", form_data).status_code == 302


def test_renewing_shows_the_new_term_and_the_price_first(manager_client, form_data):
    contract = made(start_date=date(2026, 1, 1), end_date=date(2026, 12, 31))
    page = manager_client.get(address(contract, "renew")).content.decode()
    assert 'datetime="2027-01-01"' in page
    assert 'datetime="2027-12-31"' in page
    assert "348.50" in page
    assert live(contract) == contract


def test_a_renewal_before_its_notice_window_says_so_and_does_not_lead(manager_client):
    contract = made()
    page = manager_client.get(address(contract, "renew")).content.decode()
    assert "It is early for a renewal" in page
    assert f'datetime="{LATER - timedelta(days=30)}"' in page
    assert leading(contract, TODAY)[0] is None


def test_a_renewal_within_its_notice_window_leads(manager_client):
    contract = made(end_date=TODAY + timedelta(days=30))
    assert "It is early for a renewal" not in manager_client.get(address(contract, "renew")).content.decode()
    assert leading(contract, TODAY)[0].name == "renew"


def test_a_contract_is_renewed_by_one_term(manager_client, form_data):
    contract = made(start_date=date(2026, 1, 1), end_date=date(2026, 12, 31))
    response = take(manager_client, contract, "renew", form_data)
    assert response.status_code == 302
    assert (live(contract).end_date, live(contract).renewal_date) == (date(2027, 12, 31), date(2028, 1, 1))
    assert revisions.get(contract.contract_id, 2)["action"] == "renewed"


def test_pressed_twice_a_contract_is_renewed_once(manager_client, form_data):
    contract = made()
    url = address(contract, "renew")
    data = form_data(manager_client.get(url), FORM)
    assert [manager_client.post(url, data).status_code for _ in range(2)] == [302, 302]
    assert live(contract).version == 2


def test_a_renewal_sent_again_tells_how_the_contract_stands_since(manager_client, form_data):
    contract = made()
    url = address(contract, "renew")
    data = form_data(manager_client.get(url), FORM)
    manager_client.post(url, data)
    by_tom(live(contract), end_date=LATER + timedelta(days=1))
    page = manager_client.post(url, data, follow=True).content.decode()
    assert "That was done already, so nothing was done again." in page
    assert f"Northwind Logistics is active until {LATER + timedelta(days=1):%-d %B %Y}." in page


def test_a_step_sent_twice_that_is_open_no_more_is_recognised(manager_client, form_data):
    contract = made(status="draft")
    url = address(contract, "activate")
    data = form_data(manager_client.get(url), FORM)
    assert [manager_client.post(url, data).status_code for _ in range(2)] == [302, 302]
    assert live(contract).version == 2


def test_what_waits_without_a_last_day_is_put_back_without_one(manager_client, form_data):
    contract = made(status="pending_renewal", end_date=None, auto_renewal=False)
    assert take(manager_client, contract, "resume", form_data).status_code == 302
    assert (live(contract).status, live(contract).end_date) == ("active", None)


def test_what_expired_without_a_last_day_comes_back_with_one_alone(manager_client, form_data, mongo):
    contract = made(status="expired", end_date=None, auto_renewal=False)
    refused = take(manager_client, contract, "resume", form_data)
    assert (refused.status_code, "Give the last day." in refused.content.decode()) == (422, True)
    assert take(manager_client, contract, "resume", form_data, last_day=str(LATER)).status_code == 302
    assert (live(contract).status, live(contract).end_date) == ("active", LATER)


@pytest.mark.parametrize(
    ("end", "proposed"),
    [(None, TODAY), (LATER, TODAY), (TODAY, TODAY), (TODAY - timedelta(days=3), TODAY - timedelta(days=3))],
)
def test_expiring_proposes_today_or_the_last_day_that_has_passed(manager_client, form_data, mongo, end, proposed):
    contract = made(end_date=LATER, auto_renewal=False)
    stored = end and datetime.combine(end, datetime.min.time())
    mongo.contracts.update_one({"contract_id": contract.contract_id}, {"$set": {"end_date": stored}})
    page = manager_client.get(address(contract, "expire"))
    assert form_data(page, FORM)["last_day"] == [str(proposed)]


@pytest.mark.parametrize("end", [None, LATER])
def test_an_expired_contract_has_a_last_day_and_is_in_the_worklist(manager_client, form_data, end):
    contract = made(end_date=end, auto_renewal=False)
    assert take(manager_client, contract, "expire", form_data).status_code == 302
    found = live(contract)
    assert (found.status, found.end_date, found.renewal_date) == ("expired", TODAY, TODAY + timedelta(days=1))
    assert contract.contract_id in manager_client.get("/contracts/?expired=30").content.decode()


@pytest.mark.parametrize(
    ("last_day", "message"),
    [
        ("", "Give the last day."),
        (str(TODAY + timedelta(days=1)), "is still to come. Give the day on which the contract ended"),
        ("2020-01-01", "The last day lies before the start."),
    ],
)
def test_a_last_day_on_which_nothing_can_have_ended_is_refused(manager_client, form_data, last_day, message):
    contract = made(end_date=None, auto_renewal=False)
    response = take(manager_client, contract, "expire", form_data, last_day=last_day, reason="They left")
    assert (response.status_code, message in response.content.decode()) == (422, True)
    assert form_data(response, FORM)["reason"] == ["They left"]
    assert live(contract) == contract


def test_what_the_daily_job_would_undo_is_refused_beside_its_field(manager_client, form_data):
    contract = made(status="pending_renewal", end_date=TODAY + timedelta(days=20))
    response = take(manager_client, contract, "resume", form_data, reason="They stay")
    assert response.status_code == 422
    assert "Give a later last day, or renew the contract." in response.content.decode()
    assert form_data(response, FORM)["reason"] == ["They stay"]


def test_an_expired_contract_comes_back_with_a_later_last_day(manager_client, form_data):
    contract = made(status="expired", end_date=TODAY - timedelta(days=40), auto_renewal=False)
    refused = take(manager_client, contract, "resume", form_data)
    assert (refused.status_code, "The last day has passed." in refused.content.decode()) == (422, True)
    assert take(manager_client, contract, "resume", form_data, last_day=str(LATER)).status_code == 302
    assert (live(contract).status, live(contract).end_date) == ("active", LATER)


def test_a_contract_whose_next_term_has_passed_too_is_not_renewed(manager_client):
    contract = made(status="expired", start_date=date(2019, 1, 1), end_date=date(2019, 12, 31))
    page = manager_client.get(address(contract, "renew")).content.decode()
    assert "One term leads to 2020-12-31, which has passed, too." in page


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"reason": ""}, "Say why the contract is cancelled."),
        ({"last_day": ""}, "Give the last day."),
        ({"last_day": "soon"}, "Enter a valid date."),
        ({"last_day": "2020-01-01"}, "The last day lies before the start."),
        ({"confirm": ""}, "Type the contract’s id to confirm."),
        ({"confirm": "acct-1"}, "That is not the contract’s id."),
        ({"reason": "x" * 501}, "Ensure this value has at most 500 characters"),
    ],
)
def test_cancelling_asks_for_reason_last_day_and_id(manager_client, form_data, entries, message):
    contract = made()
    whole = {"reason": "Moved away", "last_day": str(LATER), "confirm": contract.contract_id}
    response = take(manager_client, contract, "cancel", form_data, **(whole | entries))
    assert (response.status_code, message in response.content.decode()) == (422, True)
    assert live(contract) == contract


def test_a_contract_is_cancelled_with_its_last_day(manager_client, form_data):
    contract = made()
    entries = {"reason": "Moved away", "last_day": str(TODAY), "confirm": contract.contract_id}
    assert take(manager_client, contract, "cancel", form_data, **entries).status_code == 302
    found = live(contract)
    assert (found.status, found.end_date, found.renewal_date) == ("cancelled", TODAY, TODAY + timedelta(days=1))


@pytest.mark.parametrize("step", ["cancel", "expire"])
def test_what_ends_a_contract_says_until_when_it_is_invoiced(manager_client, step):
    page = manager_client.get(address(made(), step)).content.decode()
    assert "It is invoiced up to the last day below" in page


@pytest.mark.parametrize(("status", "is_shown"), [("active", True), ("cancelled", False), ("expired", False)])
def test_what_is_over_has_no_day_for_notice(manager_client, status, is_shown):
    contract = made(status=status)
    page = manager_client.get(f"/contracts/{contract.contract_id}/").content.decode()
    assert ("Notice from" in page) == is_shown


def test_a_cancelled_contract_is_reopened_as_a_draft(manager_client, form_data):
    contract = made(status="cancelled")
    assert take(manager_client, contract, "reopen", form_data).status_code == 302
    assert live(contract).status == "draft"


def by_tom(contract, **terms) -> Contract:
    seen = seen_of(repository.document(contract.contract_id))
    wanted = replace(contract, **terms)
    return services.update(wanted, contract_id=contract.contract_id, seen=seen, actor=TOM).contract


def test_a_contract_that_changed_meanwhile_is_shown_again(manager_client, form_data):
    contract = made()
    url = address(contract, "renew")
    data = form_data(manager_client.get(url), FORM) | {"reason": "As every year"}
    by_tom(contract, base_monthly_fee=Decimal(500))
    response = manager_client.post(url, data)
    page = response.content.decode()
    assert (response.status_code, "Somebody changed the contract" in page) == (409, True)
    assert "As every year" in page
    again = form_data(response, FORM)
    # Over another document it is another form: its save must not pass for one made from the first.
    assert again["form_id"] != data["form_id"]
    assert manager_client.post(url, again).status_code == 302


def test_an_outage_loses_no_entry_and_says_that_nothing_was_done(manager_client, form_data, away):
    contract = made()
    url = address(contract, "cancel")
    entries = {"reason": "Moved away", "last_day": str(LATER), "confirm": contract.contract_id}
    data = form_data(manager_client.get(url), FORM) | entries
    with away():
        response = manager_client.post(url, data)
    assert response.status_code == 503
    assert form_data(response, FORM)["reason"] == ["Moved away"]
    assert live(contract) == contract
    assert manager_client.post(url, form_data(response, FORM)).status_code == 302


def test_a_contract_deleted_meanwhile_leads_to_its_history(manager_client, form_data):
    contract = made()
    url = address(contract, "renew")
    data = form_data(manager_client.get(url), FORM)
    services.delete(contract_id=contract.contract_id, seen=seen_of(repository.document(contract.contract_id)))
    response = manager_client.post(url, data, follow=True)
    assert response.redirect_chain == [(f"/contracts/{contract.contract_id}/history/", 302)]
    assert "Somebody deleted the contract while this page was open" in response.content.decode()


def test_a_step_that_nobody_knows_is_not_found(manager_client):
    assert manager_client.get(address(made(), "explode")).status_code == 404
    assert manager_client.get("/contracts/nope/renew/").status_code == 404


def test_entries_survive_a_session_that_ended(client, manager, form_data):
    contract = made()
    url = address(contract, "cancel")
    client.force_login(manager)
    data = form_data(client.get(url), FORM) | {"reason": "Moved away"}
    client.logout()
    assert client.post(url, data).status_code == 302
    client.force_login(manager)
    assert form_data(client.get(url), FORM)["reason"] == ["Moved away"]
