"""Pages whose MongoDB is away, unset or refusing say so, in time."""

import time

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from mongo import client as mongo_client
from mongo.middleware import PAGE_SECONDS
from tests.proxy import Proxy

GRACE = 0.6
PAGES = [reverse("overview"), reverse("contracts:list")]


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("mode", ["blackhole", "refuse", "reset"])
def test_a_page_whose_database_is_away_ends_in_time_with_503(
    proxy: Proxy, manager_client: Client, address: str, mode: str
) -> None:
    assert manager_client.get(address).status_code == 200
    proxy.fail(mode)
    started = time.monotonic()
    answer = manager_client.get(address)
    assert time.monotonic() - started <= PAGE_SECONDS + GRACE
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_while_the_database_is_away_pages_soon_answer_at_once(proxy: Proxy, manager_client: Client) -> None:
    proxy.fail("refuse")
    for _ in range(2):
        manager_client.get(PAGES[0])
    started = time.monotonic()
    assert manager_client.get(PAGES[0]).status_code == 503
    assert time.monotonic() - started <= 0.2


def test_a_file_of_all_contracts_may_take_longer_than_a_page(proxy: Proxy, manager_client: Client) -> None:
    mongo_client.database().contracts.insert_one({"contract_id": "c1", "account_id": "a1"})
    proxy.latency = 0.5
    started = time.monotonic()
    answer = manager_client.get(reverse("contracts:export-csv"))
    assert (answer.status_code, time.monotonic() - started > PAGE_SECONDS) == (200, True)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_without_an_address_of_mongodb_names_the_variable(
    manager_client: Client, address: str, dialled: list[object]
) -> None:
    answer = manager_client.get(address)
    assert (answer.status_code, dialled) == (200, [])
    assert "MONGODB_URI" in answer.content.decode()


def test_a_refusal_never_shows_the_address(manager_client: Client, settings: Settings) -> None:
    settings.MONGODB_URI = "mongodb://user:s3cr%et@host/"
    answer = manager_client.get(PAGES[0])
    assert answer.status_code == 503
    assert "s3cr" not in answer.content.decode()


def test_who_asks_for_json_gets_json(manager_client: Client) -> None:
    answer = manager_client.get(PAGES[0], headers={"Accept": "application/json"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Set MONGODB_URI" in answer.json()["detail"]


@pytest.mark.parametrize("address", ["/sign-in/", "/healthz"])
def test_what_needs_no_mongodb_works_without(proxy: Proxy, client: Client, db: None, address: str) -> None:
    proxy.fail("refuse")
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(("mode", "status"), [("pass", "ok"), ("refuse", "degraded"), ("blackhole", "degraded")])
def test_readiness_tells_of_a_database_that_is_away(
    proxy: Proxy, client: Client, db: None, mode: str, status: str
) -> None:
    if mode != "pass":
        proxy.fail(mode)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, status)
