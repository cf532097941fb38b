"""Making a contract, from a plan or from nothing."""

import pytest

from contracts import repository, services
from contracts.domain.filters import ContractFilter
from tests.factories import MAYA, NOW, TODAY, make_contract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

URL = "/contracts/new/"


def test_a_plan_fills_the_form(manager_client, form_data):
    sent = form_data(manager_client.get(f"{URL}?plan=professional"))
    assert sent["base_monthly_fee"] == ["299.00"]
    assert sent["usage_limits__max_monthly_trades"] == ["50000"]
    assert sent["features"][0].splitlines()[0] == "advanced_analytics"


def test_a_contract_is_created_from_a_plan(manager_client, form_data):
    sent = form_data(manager_client.get(f"{URL}?plan=basic")) | {"account_id": "acct-7", "account_name": "Seven"}
    response = manager_client.post(URL, sent)
    contract = repository.get_by_account("acct-7")
    assert response.url == f"/contracts/{contract.contract_id}/"
    assert (contract.status, contract.account_manager, contract.version) == ("draft", "manager", 1)


def test_a_blank_contract_needs_an_account(manager_client, form_data):
    response = manager_client.post(URL, form_data(manager_client.get(URL)))
    assert response.status_code == 422
    assert "Give the account id." in response.content.decode()


def test_a_contract_in_force_whose_last_day_has_passed_is_refused_beside_the_field(manager_client, form_data):
    dates = {"start_date": "2020-01-01", "end_date": "2020-12-31"}
    sent = form_data(manager_client.get(URL)) | dates | {"account_id": "acct-7", "status": "active"}
    response = manager_client.post(URL, sent | {"base_monthly_fee": "1"})
    assert (response.status_code, repository.count()) == (422, 0)
    assert "The last day has passed. Give a later one first." in response.content.decode()


def test_an_account_with_a_contract_is_refused_beside_the_field(manager_client, form_data):
    services.create(make_contract(account_id="acct-7"), actor=MAYA, now=NOW)
    sent = form_data(manager_client.get(URL)) | {"account_id": "acct-7", "notes": "typed"}
    response = manager_client.post(URL, sent)
    assert response.status_code == 409
    assert "Account acct-7 has a contract already." in response.content.decode()
    assert form_data(response)["notes"] == ["typed"]


def test_pressing_save_twice_creates_one(manager_client, form_data):
    sent = form_data(manager_client.get(URL)) | {"account_id": "acct-7"}
    first, again = (manager_client.post(URL, sent) for _ in range(2))
    assert first.url == again.url
    assert repository.count() == 1


def test_an_unknown_plan_is_a_blank_contract(manager_client, form_data):
    assert form_data(manager_client.get(f"{URL}?plan=gold"))["contract_type"] == ["custom"]


def test_with_mongodb_away_nothing_typed_is_lost(manager_client, form_data, away):
    sent = form_data(manager_client.get(URL)) | {"account_id": "acct-7", "notes": "typed"}
    with away():
        response = manager_client.post(URL, sent)
    assert response.status_code == 503
    assert form_data(response)["notes"] == ["typed"]


def test_a_viewer_may_not_create(viewer_client):
    assert viewer_client.get(URL).status_code == 403


def test_what_is_created_is_found_in_the_list(manager_client, form_data):
    manager_client.post(URL, form_data(manager_client.get(URL)) | {"account_id": "acct-7"})
    page = repository.find_page(ContractFilter(q="acct-7"), today=TODAY)
    assert page.span.total == 1
