"""Editing a contract through its form."""

import pytest

from contracts import repository, services
from contracts.domain.model import VolumeTier
from contracts.seen import seen_of
from tests.factories import MAYA, NOW, TOM, make_contract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]


@pytest.fixture
def contract():
    return services.create(make_contract(), actor=MAYA, now=NOW).contract


@pytest.fixture
def url(contract):
    return f"/contracts/{contract.contract_id}/edit/"


def by_tom(contract, **terms):
    """Tom changes the contract behind the editor's back."""
    live = repository.document(contract.contract_id)
    wanted = make_contract(**terms)
    return services.update(wanted, contract_id=contract.contract_id, seen=seen_of(live), actor=TOM).contract


def test_an_untouched_form_saves_nothing(manager_client, url, contract, form_data):
    response = manager_client.post(url, form_data(manager_client.get(url)), follow=True)
    assert "Nothing was different" in response.content.decode()
    assert repository.get(contract.contract_id) == contract


def test_a_changed_field_is_saved_and_told(manager_client, url, contract, form_data):
    data = form_data(manager_client.get(url)) | {"base_monthly_fee": "310.00", "reason": "New price list"}
    response = manager_client.post(url, data, follow=True)
    assert "is saved as version 2: Base fee a month." in response.content.decode()
    assert str(repository.get(contract.contract_id).base_monthly_fee) == "310.00"


def test_tiers_are_added_changed_and_removed(manager_client, url, contract, form_data):
    data = form_data(manager_client.get(url))
    data |= {
        "volume-TOTAL_FORMS": "3",
        "volume-1-max_trades": "5000",
        "volume-2-min_trades": "5001",
        "volume-2-price_per_trade": "0.05",
        "add_ons-0-DELETE": "on",
    }
    assert manager_client.post(url, data).status_code == 302
    saved = repository.get(contract.contract_id)
    tiers = saved.usage_based_pricing.trade_volume_tiers
    assert [(tier.min_trades, tier.max_trades) for tier in tiers] == [(0, 1000), (1001, 5000), (5001, None)]
    assert saved.add_ons == ()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("base_monthly_fee", "-1", "Give zero or more."),
        ("base_monthly_fee", "NaN", "Enter a number."),
        ("base_monthly_fee", "Infinity", "Enter a number."),
        ("base_monthly_fee", "1e99", "Use 34 digits at most."),
        ("base_monthly_fee", "1e999999999", "Use 34 digits at most."),
        ("base_monthly_fee", "0." + "1" * 35, "Use 34 digits at most."),
        ("base_monthly_fee", "", "Give the base fee a month."),
        ("base_monthly_fee", "ten", "Enter a number."),
        ("account_name", "x" * 5000, "Use 200 characters at most; this has 5,000."),
        ("account_name", "a\x00b", "Null characters are not allowed."),
        ("end_date", "2026-02-30", "Enter a valid date."),
        ("end_date", "2025-01-01", "The last day lies before the start."),
        ("end_date", "0001-01-01", "Give a day from 1900 to 2999."),
        ("end_date", "", "A contract without a last day does not renew."),
        ("currency", "XXX", "Give an ISO 4217 code"),
        ("notice_days", "400", "The notice must be shorter than the renewal term."),
        ("notice_days", "9" * 400, "Give 9,007,199,254,740,991 at most."),
        ("notice_days", "9" * 5000, "Enter a whole number."),
        ("renewal_term_months", "0", "Give 1 to 120 months."),
        ("anchor_day", "32", "Give a day of the month"),
        ("usage_limits__max_monthly_trades", str(2**63), "Give 9,007,199,254,740,991 at most."),
        ("usage_limits__sla_threshold_seconds", "1e999999999", "Use 34 digits at most."),
        ("sla_terms__uptime_guarantee", "101", "Give 100 percent at most."),
        ("primary_contact__email", "nobody", "Give an e-mail address"),
        ("tags", "vip\nvip", "stands here twice"),
        ("contract_type", "", "Choose one of basic"),
        ("volume-0-price_per_trade", "-0.1", "Give zero or more."),
        ("volume-0-price_per_trade", "", "Give the price; 0 if it is free."),
        ("volume-0-max_trades", "", "Only the last tier may be open."),
        ("volume-1-min_trades", "1003", "This leaves a gap after the tier above. Start at 1,001."),
        ("volume-1-min_trades", "900", "This overlaps the tier above. Start at 1,001."),
        ("volume-1-max_trades", "2000", "The last tier has no end."),
        ("volume-0-min_trades", "2", "The first tier starts at 0 or 1."),
        ("value-0-min_value", "1", "The first tier starts at 0."),
        ("value-1-min_value", "50001", "This leaves a gap after the tier above. Start at 50,000."),
        ("value-0-max_value", "0", "The tier holds nothing."),
        ("add_ons-0-name", "", "Give the add-on a name."),
        ("add_ons-0-monthly_fee", "", "Give the fee; 0 if it is free."),
    ],
)
def test_a_bad_value_is_refused_beside_its_field_and_kept(
    manager_client, url, contract, form_data, field, value, message
):
    data = form_data(manager_client.get(url)) | {field: value, "notes": "typed before"}
    response = manager_client.post(url, data)
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    sent = form_data(response)
    assert sent["notes"] == ["typed before"]
    assert sent.get(field, [value]) in ([value], ["active"])
    assert repository.get(contract.contract_id) == contract


def test_all_that_is_wrong_is_told_at_once(manager_client, url, form_data):
    bad = {"base_monthly_fee": "ten", "currency": "XXX", "notice_days": "400", "volume-0-min_trades": "2"}
    page = manager_client.post(url, form_data(manager_client.get(url)) | bad).content.decode()
    messages = ("Enter a number.", "Give an ISO 4217 code", "The notice must be shorter", "The first tier starts")
    assert all(message in page for message in messages)


def test_a_status_is_not_edited_but_changes_by_a_step(manager_client, url, contract, form_data):
    data = form_data(manager_client.get(url)) | {"status": "cancelled", "notes": "typed"}
    assert manager_client.post(url, data).status_code == 302
    assert repository.get(contract.contract_id).status == "active"


def test_without_javascript_a_row_is_added_and_nothing_typed_is_lost(manager_client, url, form_data):
    data = form_data(manager_client.get(url)) | {"notes": "half done", "base_monthly_fee": "oops", "add": "volume"}
    response = manager_client.post(url, data)
    sent = form_data(response)
    assert response.status_code == 200
    assert sent["volume-TOTAL_FORMS"] == ["3"]
    assert (sent["notes"], sent["base_monthly_fee"]) == (["half done"], ["oops"])
    assert "Nothing has been saved yet" not in response.content.decode()


def test_two_hundred_tiers_are_saved_and_more_are_refused(manager_client, url, contract, form_data):
    data = form_data(manager_client.get(url))
    for number in range(200):
        data[f"volume-{number}-min_trades"] = str(number * 10 + 1)
        data[f"volume-{number}-max_trades"] = str(number * 10 + 10) if number < 199 else ""
        data[f"volume-{number}-price_per_trade"] = "0.01"
    data["volume-TOTAL_FORMS"] = "200"
    assert manager_client.post(url, data).status_code == 302
    assert len(repository.get(contract.contract_id).usage_based_pricing.trade_volume_tiers) == 200
    data = form_data(manager_client.get(url))
    data |= {"volume-TOTAL_FORMS": "201", "volume-199-max_trades": "2000", "volume-200-min_trades": "2001"}
    response = manager_client.post(url, data | {"volume-200-price_per_trade": "1"})
    assert response.status_code == 422
    assert "200" in response.content.decode()


def test_reviewing_shows_the_differences_and_saves_nothing(manager_client, url, contract, form_data):
    data = form_data(manager_client.get(url)) | {"base_monthly_fee": "310", "action": "review"}
    response = manager_client.post(url, data)
    page = response.content.decode()
    assert "What saving would change" in page
    assert "299.00" in page
    assert repository.get(contract.contract_id).version == 1


def test_a_stale_save_shows_both_and_changes_nothing(manager_client, url, contract, form_data):
    data = form_data(manager_client.get(url)) | {"base_monthly_fee": "310"}
    by_tom(contract, base_monthly_fee=305)
    response = manager_client.post(url, data)
    page = response.content.decode()
    assert response.status_code == 409
    assert all(value in page for value in ("299.00", "305.00", "310.00", "tom changed it"))
    assert str(repository.get(contract.contract_id).base_monthly_fee) == "305"


def test_what_does_not_clash_is_merged(manager_client, url, contract, form_data):
    data = form_data(manager_client.get(url)) | {"base_monthly_fee": "310", "reason": "Index"}
    by_tom(contract, notes="Tom was here", features=("one", "two"))
    response = manager_client.post(url, data)
    sent = form_data(response)
    assert (sent["base_monthly_fee"], sent["notes"], sent["reason"]) == (["310"], ["Tom was here"], ["Index"])
    assert manager_client.post(url, sent).status_code == 302
    saved = repository.get(contract.contract_id)
    assert (str(saved.base_monthly_fee), saved.notes, saved.version) == ("310", "Tom was here", 3)


@pytest.mark.parametrize(("choice", "fee"), [("theirs", "305"), ("yours", "310")])
def test_a_clash_is_decided_and_saved_from_there(manager_client, url, contract, form_data, choice, fee):
    data = form_data(manager_client.get(url)) | {"base_monthly_fee": "310", "tags": "mine"}
    by_tom(contract, base_monthly_fee=305)
    sent = form_data(manager_client.post(url, data))
    undecided = manager_client.post(url, sent)
    assert undecided.status_code == 422
    assert "Decide for each field" in undecided.content.decode()
    sent = form_data(undecided)
    assert manager_client.post(url, sent | {"take:base_monthly_fee": choice}).status_code == 302
    saved = repository.get(contract.contract_id)
    assert (str(saved.base_monthly_fee), saved.tags) == (fee, ("mine",))


def test_a_table_that_both_changed_is_decided_as_a_whole(manager_client, url, contract, form_data):
    data = form_data(manager_client.get(url)) | {"volume-1-price_per_trade": "0.07"}
    tiers = (VolumeTier(min_trades=0, price_per_trade=1),)
    by_tom(contract, usage_based_pricing=make_contract().usage_based_pricing.__class__(trade_volume_tiers=tiers))
    sent = form_data(manager_client.post(url, data))
    assert sent["clash"] == ["usage_based_pricing.trade_volume_tiers"]
    decided = sent | {"take:usage_based_pricing.trade_volume_tiers": "theirs"}
    assert manager_client.post(url, decided).status_code == 302
    assert len(repository.get(contract.contract_id).usage_based_pricing.trade_volume_tiers) == 1


def test_a_contract_deleted_meanwhile_loses_nothing_typed(manager_client, url, contract, form_data):
    data = form_data(manager_client.get(url)) | {"notes": "typed"}
    services.delete(contract_id=contract.contract_id, seen=seen_of(repository.document(contract.contract_id)))
    response = manager_client.post(url, data)
    assert response.status_code == 409
    assert "The contract is gone" in response.content.decode()
    assert form_data(response)["notes"] == ["typed"]


def test_with_mongodb_away_a_save_says_so_and_keeps_what_was_typed(manager_client, url, form_data, away):
    data = form_data(manager_client.get(url)) | {"notes": "typed"}
    with away():
        response = manager_client.post(url, data)
    assert response.status_code == 503
    assert "Nothing was saved" in response.content.decode()
    assert form_data(response)["notes"] == ["typed"]


def test_a_form_that_cannot_be_verified_is_compared_first(manager_client, url, contract, form_data):
    data = form_data(manager_client.get(url)) | {"seen": "forged", "notes": "typed", "form_id": "no uuid"}
    response = manager_client.post(url, data)
    assert response.status_code == 409
    assert "Compare before you save" in response.content.decode()
    assert repository.get(contract.contract_id) == contract


def test_pressing_save_twice_is_one_change(manager_client, url, contract, form_data):
    data = form_data(manager_client.get(url)) | {"notes": "once"}
    assert [manager_client.post(url, data).status_code for _ in range(2)] == [302, 302]
    assert repository.get(contract.contract_id).version == 2


def test_back_edit_and_submit_again_asks_about_ones_own_change(manager_client, url, contract, form_data):
    data = form_data(manager_client.get(url))
    manager_client.post(url, data | {"notes": "first"})
    response = manager_client.post(url, data | {"notes": "second"})
    assert response.status_code == 409
    sent = form_data(response) | {"take:notes": "yours"}
    assert manager_client.post(url, sent).status_code == 302
    assert repository.get(contract.contract_id).notes == "second"


def test_entries_survive_a_session_that_ended(manager, manager_client, url, contract, form_data, client):
    data = form_data(manager_client.get(url)) | {"notes": "typed before the session ended"}
    assert client.post(url, data).status_code == 302
    client.force_login(manager)
    response = client.get(url)
    assert "Your entries are back" in response.content.decode()
    assert form_data(response)["notes"] == ["typed before the session ended"]
    assert client.post(url, form_data(response)).status_code == 302
    assert repository.get(contract.contract_id).notes == "typed before the session ended"


@pytest.mark.parametrize("kind", ["doubles", "texts", "rubbish", "missing"])
def test_other_services_documents_can_be_edited(manager_client, url, contract, form_data, mongo, kind):
    odd = {
        "doubles": {"base_monthly_fee": 299.0, "usage_limits.max_monthly_trades": 50000.0, "version": 1.0},
        "texts": {"base_monthly_fee": "299.00", "end_date": "2026-12-31", "auto_renewal": "true", "tags": "vip"},
        "rubbish": {"usage_limits": 7, "end_date": {"$x": 1}, "auto_renewal": False, "features": [1, None, {}]},
        "missing": {},
    }[kind]
    if kind == "missing":
        mongo.contracts.update_one({}, {"$unset": {"notes": 1, "sla_terms": 1, "tags": 1, "notice_days": 1}})
    else:
        mongo.contracts.update_one({}, {"$set": odd})
    data = form_data(manager_client.get(url)) | {"account_name": "Renamed"}
    assert manager_client.post(url, data).status_code == 302
    after = repository.document(contract.contract_id)
    assert after["account_name"] == "Renamed"
    assert all(after[path] == value for path, value in odd.items() if "." not in path and path != "version")


def test_a_viewer_may_not_edit(viewer_client, url):
    assert viewer_client.get(url).status_code == 403
    assert viewer_client.post(url, {"notes": "x"}).status_code == 403


def test_a_decided_conflict_never_passes_for_an_earlier_save(manager_client, url, contract, form_data):
    opened = form_data(manager_client.get(url)) | {"base_monthly_fee": "120"}
    assert manager_client.post(url, opened).status_code == 302
    by_tom(contract, base_monthly_fee=130)
    conflict = form_data(manager_client.post(url, opened | {"notes": "more"}))
    decided = conflict | {"take:base_monthly_fee": "yours", "notes": contract.notes}
    assert manager_client.post(url, decided).status_code == 302
    saved = repository.get(contract.contract_id)
    assert (str(saved.base_monthly_fee), saved.version) == ("120", 4)


def test_a_flood_of_lines_is_refused_at_once(manager_client, url, contract, form_data):
    flood = "\n".join([*(str(number) for number in range(50_000)), "7"])
    response = manager_client.post(url, form_data(manager_client.get(url)) | {"features": flood})
    assert response.status_code == 422
    assert "Give 200 at most; these are 50,001." in response.content.decode()


def test_what_another_service_left_broken_does_not_keep_the_rest_from_being_changed(
    manager_client, url, contract, form_data, mongo
):
    broken = {"base_monthly_fee": float("nan"), "currency": "XXX", "anchor_day": 99, "status": "paused"}
    mongo.contracts.update_one({}, {"$set": broken, "$unset": {"start_date": 1}})
    sent = form_data(manager_client.get(url)) | {"account_manager": "tom"}
    assert manager_client.post(url, sent).status_code == 302
    after = repository.document(contract.contract_id)
    assert (after["account_manager"], after["anchor_day"], after["status"]) == ("tom", 99, "paused")
    made_worse = form_data(manager_client.get(url)) | {"notice_days": "-1"}
    assert manager_client.post(url, made_worse).status_code == 422
