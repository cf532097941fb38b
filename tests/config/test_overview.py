"""The overview: each number leads to as many contracts, and what takes MongoDB too long costs its card alone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from pymongo.database import Database
from pytest_django import Settings

from mongo.client import Document
from tests.proxy import Proxy, through

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
SOON = TODAY + timedelta(days=3)
LINK = re.compile(r'<a[^>]* href="(/contracts/\?[^"]*)"[^>]*>(.*?)</a>( <small>[^<]*| <b>[^<]*|)', re.DOTALL)
NUMBER = re.compile(r"\d[\d,]*")
NO_NUMBERS = re.compile(r"<h2>.*?</h2>|<span.*?</span>|<time.*?</time>", re.DOTALL)
# What a pipeline holds that no other does.
SIZES, FEES, WORKLISTS = b"$contract_type", b"$base_monthly_fee", b"$topN"


@pytest.fixture
def crowd(mongo: Database[Document]) -> None:
    """Contracts of every status, with odd fees, in two currencies or none, ending soon or not at all."""
    mongo.contracts.insert_many(
        {
            "contract_id": f"c{number}",
            "account_id": f"a{number}",
            "account_name": f"Account {number}",
            "status": status,
            "contract_type": ("basic", "platinum")[number % 2],
            "base_monthly_fee": (10, "-12", "a lot", None)[number % 4],
            "notice_days": 90,
            **({"currency": ("EUR", "USD", 5)[number % 3]} if number % 4 else {}),
            **({"end_date": SOON} if number % 5 else {}),
        }
        for number, status in enumerate(
            ["active"] * 9 + ["pending_renewal"] * 4 + ["draft"] * 3 + ["expired"] * 2 + ["on_hold"]
        )
    )


@pytest.fixture
def proxy(mongo_uri: str, settings: Settings) -> Iterator[Proxy]:
    with Proxy(mongo_uri) as proxy, through(proxy, settings):
        yield proxy


def numbers_of(page: str) -> dict[str, int]:
    """Address → the number of contracts that the page tells in the link to it or right after it.

    A key figure tells a number first and explains it after; the fee's explanation alone counts contracts.
    """
    told = {}
    for url, inside, after in LINK.findall(page[page.index("<main") :]):
        words = NUMBER.findall(NO_NUMBERS.sub("", inside) + after)
        if words:
            is_count_first = 'class="v"' in inside and "money" not in inside
            told[unescape(url)] = int(words[0 if is_count_first else -1].replace(",", ""))
    return told


def total(client: Client, url: str) -> int:
    return client.get(url).context["page"].span.total


@pytest.mark.usefixtures("crowd")
def test_every_number_leads_to_exactly_as_many_contracts(manager_client: Client) -> None:
    told = numbers_of(manager_client.get("/").content.decode())
    assert len(told) > 15
    assert told == {url: total(manager_client, url) for url in told}


@pytest.mark.usefixtures("crowd")
def test_a_fee_in_a_currency_leads_to_those_in_force_that_it_sums_up(viewer_client: Client) -> None:
    fees = {fee.currency: fee for fee in viewer_client.get("/").context["fees"]}
    assert fees["5"].url == ""
    for currency in ("USD", "EUR"):
        assert total(viewer_client, fees[currency].url) == fees[currency].contracts


@pytest.mark.usefixtures("crowd")
def test_fees_that_are_no_price_are_shown_by_one_link(viewer_client: Client) -> None:
    answer = viewer_client.get("/")
    assert 'href="/contracts/?odd_fee=1"' in answer.content.decode()
    rows = viewer_client.get("/contracts/?odd_fee=1").context["page"].rows
    assert len(rows) == answer.context["odd_fees"] == 6


@pytest.mark.usefixtures("crowd")
def test_notice_is_no_part_of_those_that_end(viewer_client: Client) -> None:
    page = viewer_client.get("/").content.decode()
    card = page[page.index("<h2>Ends within 30 days") :].partition("</a>")[0]
    assert "notice" not in card and "last day by" in card


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize(
    ("slow", "stays"),
    [(SIZES, 'id="count-overdue">0<'), (FEES, '<p class="v">13</p>'), (WORKLISTS, '<p class="v">13</p>')],
    ids=["sizes", "fees", "worklists"],
)
def test_what_takes_too_long_costs_its_card_alone(
    viewer_client: Client, proxy: Proxy, slow: bytes, stays: str
) -> None:
    proxy.swallowed = slow
    answer = viewer_client.get("/")
    page = answer.content.decode()
    assert (answer.status_code, "oo long" in page, stays in page) == (200, True, True)
    assert "Account 1</a>" in page


@pytest.mark.usefixtures("crowd")
def test_cards_without_their_numbers_are_no_reason_to_stop_asking(viewer_client: Client, proxy: Proxy) -> None:
    proxy.swallowed = WORKLISTS
    viewer_client.get("/")
    viewer_client.get("/")
    assert viewer_client.get("/contracts/").status_code == 200


def test_where_mongodb_is_away_the_page_says_so(viewer_client: Client, proxy: Proxy) -> None:
    proxy.fail("refuse")
    answer: Any = viewer_client.get("/")
    assert (answer.status_code, "took MongoDB too long" in answer.content.decode()) == (503, False)
