"""Going back to older terms: shown first, done once, and never more than the terms."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages

from contracts import repository, revisions, services
from contracts.seen import seen_of
from tests.factories import MAYA, MAYAS_FILE, NOW, TOM, make_contract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

TODAY = datetime.now(UTC).date()
LATER = TODAY + timedelta(days=200)
FORM = "restore-form"
HOSTILE = "</td><script>alert(1)</script>"


def edit(contract, **terms):
    seen = seen_of(repository.document(contract.contract_id))
    return services.update(
        replace(contract, **terms), contract_id=contract.contract_id, seen=seen, actor=TOM
    ).contract


def made(*, actor=MAYA, **terms):
    return services.create(make_contract(**{"end_date": LATER, **terms}), actor=actor, now=NOW).contract


@pytest.fixture
def contract():
    """Version 2: the fee was raised, the notes were cleared, and it waits for its renewal."""
    return edit(made(), base_monthly_fee=Decimal(400), notes="", status="pending_renewal")


def address(contract, version=1):
    return f"/contracts/{contract.contract_id}/history/{version}/restore/"


def live(contract):
    return repository.get(contract.contract_id)


def delete(contract):
    services.delete(contract_id=contract.contract_id, seen=seen_of(repository.document(contract.contract_id)))


def test_what_would_change_is_shown_and_nothing_is_done(manager_client, contract):
    response = manager_client.get(address(contract))
    assert [line.label for line in response.context["ahead"].lines] == ["Base fee a month", "Notes"]
    page = response.content.decode()
    for words in ("400.00", "299.00", "Signed in January.", "Status and ids stay as they are", "so does the start"):
        assert words in page
    assert live(contract) == contract


def test_terms_are_restored_as_a_new_version_while_the_status_stays(manager_client, contract, form_data):
    data = form_data(manager_client.get(address(contract)), FORM) | {"reason": "Raised by mistake"}
    response = manager_client.post(address(contract), data)
    assert response.url == f"/contracts/{contract.contract_id}/"
    found, stored = live(contract), revisions.get(contract.contract_id, 3)
    assert (found.base_monthly_fee, found.notes) == (Decimal("299.00"), "Signed in January.")
    assert (found.status, found.version, found.contract_id) == ("pending_renewal", 3, contract.contract_id)
    assert (stored["action"], stored["reason"]) == ("restored", "Raised by mistake")


def test_what_was_shown_is_what_is_saved(manager_client, contract, form_data):
    page = manager_client.get(address(contract))
    manager_client.post(address(contract), form_data(page, FORM))
    saved = {change["path"] for change in revisions.get(contract.contract_id, 3)["changes"]}
    assert saved == {line.field.path for line in page.context["ahead"].lines}


def test_pressed_twice_terms_are_restored_once(manager_client, contract, form_data):
    data = form_data(manager_client.get(address(contract)), FORM)
    assert [manager_client.post(address(contract), data).status_code for _ in range(2)] == [302, 302]
    assert live(contract).version == 3


def test_the_message_offers_to_undo_it(manager_client, contract, form_data):
    response = manager_client.post(address(contract), form_data(manager_client.get(address(contract)), FORM))
    message = next(iter(get_messages(response.wsgi_request)))
    assert str(message) == "Northwind Logistics has the terms of version 1 again. This is version 3."
    assert message.extra_tags == address(contract, 2)
    undo = manager_client.post(message.extra_tags)
    assert undo.url == address(contract, 2)
    lines = manager_client.get(undo.url).context["ahead"].lines
    assert [line.label for line in lines] == ["Base fee a month", "Notes"]


def test_where_the_terms_are_the_same_there_is_nothing_to_restore(manager_client, contract, form_data):
    assert "Nothing to restore" in manager_client.get(address(contract, 2)).content.decode()
    digest = seen_of(repository.document(contract.contract_id)).digest
    assert manager_client.post(address(contract, 2), {"digest": digest}).status_code == 302
    assert live(contract) == contract


def test_the_start_of_a_draft_comes_back_too(manager_client, form_data):
    draft = made(status="draft")
    edit(draft, start_date=date(2026, 3, 1))
    page = manager_client.get(address(draft))
    assert "so does the start" not in page.content.decode()
    manager_client.post(address(draft), form_data(page, FORM))
    assert live(draft).start_date == draft.start_date


def test_an_older_last_day_that_has_passed_is_warned_of(manager_client):
    contract = edit(made(actor=MAYAS_FILE, end_date=TODAY - timedelta(days=3)), end_date=LATER)
    page = manager_client.get(address(contract)).content.decode()
    assert "The last day of version 1 has passed" in page


def test_a_later_end_does_not_change_the_status(manager_client, form_data):
    contract = edit(made(), end_date=TODAY + timedelta(days=5), status="pending_renewal")
    manager_client.post(address(contract), form_data(manager_client.get(address(contract)), FORM))
    found = live(contract)
    assert (found.end_date, found.status) == (LATER, "pending_renewal")


@pytest.fixture
def broken(contract, mongo):
    """A contract whose first version, as another service left it, breaks the rules of today."""
    terms = {"document.base_monthly_fee": None, "document.notice_days": 5000, "document.add_ons": [{"name": ""}]}
    mongo.contract_revisions.update_one({"version": 1}, {"$set": terms})
    return contract


def test_terms_that_break_a_rule_are_named_by_their_labels(manager_client, broken):
    page = manager_client.get(address(broken)).content.decode()
    for words in ("These terms can no longer be agreed", "Base fee a month", "Notice in days", "Add-ons, row 1"):
        assert words in page
    assert "Restore the terms of version 1</button>" not in page


def test_terms_that_break_a_rule_are_not_restored_whatever_is_sent(manager_client, broken):
    digest = seen_of(repository.document(broken.contract_id)).digest
    response = manager_client.post(address(broken), {"digest": digest})
    assert (response.status_code, "Base fee a month" in response.content.decode()) == (422, True)
    assert live(broken) == broken


def test_a_contract_that_changed_meanwhile_is_shown_again(manager_client, contract, form_data):
    data = form_data(manager_client.get(address(contract)), FORM) | {"reason": "As agreed"}
    edit(contract, base_monthly_fee=Decimal(500))
    response = manager_client.post(address(contract), data)
    page = response.content.decode()
    assert (response.status_code, "Somebody changed the contract" in page) == (409, True)
    assert ("500.00" in page, "As agreed" in page) == (True, True)
    assert manager_client.post(address(contract), form_data(response, FORM)).status_code == 302
    assert live(contract).base_monthly_fee == Decimal("299.00")


def test_a_reason_that_is_too_long_is_refused_and_kept(manager_client, contract, form_data):
    data = form_data(manager_client.get(address(contract)), FORM) | {"reason": "x" * 501}
    response = manager_client.post(address(contract), data)
    assert (response.status_code, "x" * 501 in response.content.decode()) == (422, True)
    assert live(contract) == contract


def test_an_outage_loses_no_entry_and_the_form_can_be_sent_again(manager_client, contract, form_data, away):
    data = form_data(manager_client.get(address(contract)), FORM) | {"reason": "Raised by mistake"}
    with away():
        response = manager_client.post(address(contract), data)
    page = response.content.decode()
    assert (response.status_code, "Nothing was done" in page, "Raised by mistake" in page) == (503, True, True)
    assert manager_client.post(address(contract), form_data(response, FORM)).status_code == 302
    assert live(contract).version == 3


def test_a_deleted_contract_has_no_terms_to_go_back_from(manager_client, contract):
    delete(contract)
    response = manager_client.get(address(contract))
    page = response.content.decode()
    assert (response.status_code, "The contract is gone" in page) == (410, True)
    assert f"/contracts/{contract.contract_id}/history/" in page


def test_a_contract_deleted_meanwhile_leads_to_its_history(manager_client, contract, form_data):
    data = form_data(manager_client.get(address(contract)), FORM)
    delete(contract)
    response = manager_client.post(address(contract), data)
    assert response.url == f"/contracts/{contract.contract_id}/history/"


@pytest.mark.parametrize("version", [0, 9, 2**63, 10**40])
def test_a_version_that_does_not_exist_is_not_found(manager_client, contract, version):
    digest = seen_of(repository.document(contract.contract_id)).digest
    assert manager_client.get(address(contract, version)).status_code == 404
    assert manager_client.post(address(contract, version), {"digest": digest}).status_code == 404


@pytest.mark.parametrize("document", [None, "text", 7, []])
def test_a_version_that_holds_no_contract_is_not_found(manager_client, contract, mongo, document):
    mongo.contract_revisions.update_one({"version": 1}, {"$set": {"document": document}})
    digest = seen_of(repository.document(contract.contract_id)).digest
    assert manager_client.get(address(contract)).status_code == 404
    assert manager_client.post(address(contract), {"digest": digest}).status_code == 404
    assert live(contract) == contract


def test_values_of_the_older_version_that_cannot_be_read_are_told(manager_client, contract, mongo):
    terms = {"document.sla_terms.uptime_guarantee": "always", "document.tags": [{"a": HOSTILE}]}
    mongo.contract_revisions.update_one({"version": 1}, {"$set": terms})
    page = manager_client.get(address(contract)).content.decode()
    assert "Some values of version 1 cannot be read" in page
    assert "“always” (text)" in page
    assert "<script>alert" not in page


def test_hostile_text_stays_text(manager_client, form_data):
    contract = edit(made(account_name=HOSTILE, notes=HOSTILE), notes="", account_name="Plain")
    page = manager_client.get(address(contract))
    assert "<script>alert" not in page.content.decode()
    data = form_data(page, FORM) | {"reason": HOSTILE, "digest": HOSTILE, "form_id": HOSTILE}
    assert "<script>alert" not in manager_client.post(address(contract), data).content.decode()


def test_only_who_may_change_restores(viewer_client, client, contract):
    assert viewer_client.get(address(contract)).status_code == 403
    assert viewer_client.post(address(contract), {"digest": "x"}).status_code == 403
    assert client.get(address(contract)).status_code == 302
    assert live(contract) == contract


@pytest.mark.parametrize("page", ["history/", "history/1/"])
def test_restoring_is_offered_to_who_may_change_but_not_of_the_newest(
    manager_client, viewer_client, contract, page
):
    url = f"/contracts/{contract.contract_id}/{page}"
    shown = manager_client.get(url).content.decode()
    assert (address(contract) in shown, address(contract, 2) in shown) == (True, False)
    assert "/restore/" not in viewer_client.get(url).content.decode()


def test_restoring_is_not_offered_of_a_deleted_contract(manager_client, contract):
    delete(contract)
    for page in ("history/", "history/1/", "compare/?from=1&to=2"):
        assert "/restore/" not in manager_client.get(f"/contracts/{contract.contract_id}/{page}").content.decode()


def test_entries_survive_a_session_that_ended(client, manager, contract, form_data):
    client.force_login(manager)
    data = form_data(client.get(address(contract)), FORM) | {"reason": "Raised by mistake"}
    client.logout()
    assert client.post(address(contract), data).status_code == 302
    client.force_login(manager)
    page = client.get(address(contract))
    assert form_data(page, FORM)["reason"] == ["Raised by mistake"]
    assert "Your entries are back" in page.content.decode()
