"""The price under the tiers follows what is typed, and never comes in the way of typing."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from bson import ObjectId
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Locator, Page, Route, expect
from pymongo.database import Database

from contracts.domain.model import Contract
from mongo.client import Document
from tests.browser.steps import address, end_sessions, expect_heading, make, row, sign_in, too_wide

LAST_DAY = date(2999, 1, 1)


@pytest.fixture
def contract(mongo: Database[Document]) -> Contract:
    """A contract in force all month, whose account has traded 1,200.60 USD in twelve trades of it."""
    common = {"userId": "acct-1", "type": "deposit", "status": "completed", "timestamp": datetime.now(UTC)}
    mongo.transaction_logs.insert_many(
        {"transactionId": str(ObjectId()), "amount": Decimal("100.05"), "currency": "USD", **common}
        for _ in range(12)
    )
    return make(start_date=date(2020, 1, 1), end_date=LAST_DAY)


@pytest.fixture
def edit_page(manager_page: Page, contract: Contract) -> Page:
    """The contract's form with its price, just opened."""
    manager_page.goto(address(contract, "edit/"))
    expect(price(manager_page)).to_contain_text("352.70 USD")
    return manager_page


@pytest.fixture
def asked(edit_page: Page) -> list[str]:
    """The addresses that the open form asks in the background from now on."""
    addresses: list[str] = []
    edit_page.on("request", lambda request: addresses.append(request.url) if request.method == "POST" else None)
    return addresses


def price(page: Page) -> Locator:
    return page.get_by_role("region", name="What this month costs")


def first_price(page: Page) -> Locator:
    return row(page, "volume", 1).get_by_label("Price per trade")


def test_the_price_follows_what_is_typed(edit_page: Page) -> None:
    first_price(edit_page).fill("0.20")
    expect(price(edit_page)).to_contain_text("353.90 USD")
    expect(price(edit_page)).to_contain_text("saved terms 352.70 USD, +1.20 USD")
    expect(first_price(edit_page)).to_be_focused()
    expect(edit_page.locator(".savebar")).to_contain_text("1 unsaved change")


def test_it_asks_once_after_a_burst_of_keys_and_for_nothing_else(edit_page: Page, asked: list[str]) -> None:
    first_price(edit_page).press_sequentially("12345", delay=20)
    expect(price(edit_page)).to_contain_text("saved terms 352.70 USD")
    first_price(edit_page).press("Tab")
    edit_page.get_by_label("Account name").fill("Northwind Freight")
    row(edit_page, "add_ons", 1).get_by_role("button", name="Remove Add-on 1").click()
    expect(price(edit_page)).not_to_contain_text("Sandbox")
    assert len(asked) == 2


def test_a_row_that_is_added_waits_for_its_price(edit_page: Page) -> None:
    edit_page.get_by_role("button", name="Add an add-on").click()
    row(edit_page, "add_ons", 2).get_by_label("Name").fill("Reports")
    expect(price(edit_page)).to_contain_text("Add-on 2, Fee a month: Give the fee; 0 if it is free.")
    expect(price(edit_page)).not_to_contain_text("USD")
    row(edit_page, "add_ons", 2).get_by_label("Fee a month").fill("20")
    expect(price(edit_page)).to_contain_text("+20.00 USD")


def test_what_is_in_the_way_leads_to_its_field(edit_page: Page) -> None:
    first_price(edit_page).fill("0.1o")
    price(edit_page).get_by_role("link", name="Volume tier 1, Price per trade").click()
    expect(first_price(edit_page)).to_be_in_viewport()


def test_the_account_of_a_new_contract_brings_its_price(manager_page: Page, contract: Contract) -> None:
    manager_page.goto("/contracts/new/?plan=basic")
    expect(price(manager_page)).to_contain_text("No account is given yet.")
    manager_page.get_by_label("Account id").fill("acct-1")
    expect(price(manager_page)).to_contain_text("Based on 12 trades")
    expect(manager_page.get_by_label("Account id")).to_be_focused()


def test_a_session_that_ended_is_told_in_its_place_and_nothing_typed_is_lost(edit_page: Page) -> None:
    end_sessions()
    first_price(edit_page).fill("0.20")
    expect(price(edit_page)).to_contain_text("Sign in again to see the price")
    expect_heading(edit_page, "Edit Northwind Logistics")
    edit_page.get_by_role("button", name="Save changes").click()
    sign_in(edit_page, "manager")
    expect(first_price(edit_page)).to_have_value("0.20")
    expect(price(edit_page)).to_contain_text("+1.20 USD")


def test_a_sign_in_in_another_tab_is_told_in_its_place(edit_page: Page) -> None:
    end_sessions()
    tab = edit_page.context.new_page()
    tab.goto("/")
    sign_in(tab, "manager")
    expect_heading(tab, "Overview")
    first_price(edit_page).fill("0.20")
    expect(price(edit_page)).to_contain_text("Your session is not the one")
    expect(edit_page.get_by_role("alert")).to_have_count(0)
    expect(first_price(edit_page)).to_have_value("0.20")


def test_a_server_that_fails_is_told_in_its_place_until_it_answers(edit_page: Page) -> None:
    def fail(route: Route) -> None:
        route.fulfill(status=500, body="<h1>Oh no</h1>")

    edit_page.route("**/price/", fail)
    first_price(edit_page).fill("0.20")
    expect(price(edit_page)).to_contain_text("The price could not be worked out.")
    expect(edit_page.get_by_role("alert")).to_have_count(0)
    edit_page.unroute("**/price/", fail)
    first_price(edit_page).fill("0.10")
    expect(price(edit_page)).to_contain_text("352.70 USD")


@pytest.mark.parametrize("width", [390, 320])
def test_it_fits_on_a_phone(
    new_page: Callable[..., Page], manager: AbstractBaseUser, contract: Contract, width: int
) -> None:
    phone = new_page(manager, viewport={"width": width, "height": 700}, has_touch=True)
    phone.goto(address(contract, "edit/"))
    phone.get_by_label("Base fee a month").fill("9" * 20)
    row(phone, "add_ons", 1).get_by_label("Name").fill("Unbroken" * 20)
    expect(price(phone)).to_contain_text("UnbrokenUnbroken")
    assert too_wide(phone) == []


@pytest.mark.parametrize(("last_day", "heading"), [("2999-01-01", "So far"), ("2021-01-01", "As saved")])
def test_the_longest_amounts_fit_on_the_narrowest_phone(
    new_page: Callable[..., Page], manager: AbstractBaseUser, contract: Contract, last_day: str, heading: str
) -> None:
    phone = new_page(manager, viewport={"width": 320, "height": 700}, has_touch=True)
    phone.goto(address(contract, "edit/"))
    for field in (
        phone.get_by_label("Base fee a month"),
        first_price(phone),
        row(phone, "value", 1).get_by_label("To value"),
        row(phone, "value", 2).get_by_label("From value"),
    ):
        field.fill("9" * 34)
    phone.get_by_label("Last day").fill(last_day)
    expect(price(phone).get_by_role("columnheader", name=heading)).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320
    assert too_wide(phone) == []


def test_it_is_accessible(edit_page: Page, axe: Callable[[Page], list[str]]) -> None:
    first_price(edit_page).fill("0.20")
    expect(price(edit_page)).to_contain_text("353.90 USD")
    assert axe(edit_page) == []


def test_without_javascript_it_is_not_shown(
    new_page: Callable[..., Page], manager: AbstractBaseUser, contract: Contract
) -> None:
    plain = new_page(manager, java_script_enabled=False)
    plain.goto(address(contract, "edit/"))
    expect(plain.get_by_role("group", name="Limits")).to_be_visible()
    expect(price(plain)).to_be_hidden()
