"""Deleting a contract: nothing typed is lost, and it is done once."""

import pytest

from contracts import repository, revisions, services
from tests.factories import MAYA, NOW, make_contract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

FORM = "delete-form"


@pytest.fixture
def contract():
    return services.create(make_contract(), actor=MAYA, now=NOW).contract


@pytest.fixture
def url(contract):
    return f"/contracts/{contract.contract_id}/delete/"


@pytest.fixture
def filled(admin_client, contract, url, form_data):
    """The form as it is sent by somebody who means it."""
    entries = {"confirm": contract.contract_id, "reason": "Entered twice"}
    return form_data(admin_client.get(url), FORM) | entries


def test_the_reason_is_kept_in_the_history(admin_client, contract, url, filled):
    assert admin_client.post(url, filled).url == f"/contracts/{contract.contract_id}/history/"
    assert revisions.get(contract.contract_id, 2)["reason"] == "Entered twice"


def test_an_outage_loses_no_entry_and_says_that_nothing_was_done(admin_client, url, filled, form_data, away):
    with away():
        response = admin_client.post(url, filled)
    page = response.content.decode()
    assert (response.status_code, "Nothing was done" in page) == (503, True)
    assert form_data(response, FORM)["reason"] == ["Entered twice"]
    assert admin_client.post(url, form_data(response, FORM)).status_code == 302
    assert repository.count() == 0


def test_entries_survive_a_session_that_ended(client, admin_user, url, filled, form_data):
    assert client.post(url, filled).status_code == 302
    client.force_login(admin_user)
    again = client.get(url)
    assert "Your entries are back" in again.content.decode()
    assert form_data(again, FORM)["reason"] == ["Entered twice"]


def test_a_contract_made_anew_is_not_deleted_by_an_old_form(admin_client, contract, url, filled, form_data):
    admin_client.post(url, filled)
    services.create(make_contract(contract_id=contract.contract_id), actor=MAYA, now=NOW)
    refused = admin_client.post(url, filled)
    assert (refused.status_code, repository.count()) == (409, 1)
    assert admin_client.post(url, form_data(refused, FORM)).status_code == 302
    assert repository.count() == 0
