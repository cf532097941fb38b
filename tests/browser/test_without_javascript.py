"""Everything works without JavaScript; what needs it is not shown."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Page, expect
from pymongo.database import Database

from contracts import repository
from mongo.client import Document
from tests.browser.steps import address, change, expect_heading, make, row, saved
from tests.logs.entries import transaction


@pytest.fixture
def plain(new_page: Callable[..., Page], manager: AbstractBaseUser) -> Page:
    """A page of a browser whose JavaScript is off."""
    return new_page(manager, java_script_enabled=False)


def test_the_list_is_searched_filtered_and_sorted(plain: Page) -> None:
    make(account_id="a", account_name="Alpha", contract_type="basic")
    make(account_id="b", account_name="Beta", base_monthly_fee=Decimal(900))
    make(account_id="c", account_name="Alphabet", status="draft")
    names = plain.locator(".row-link")
    plain.goto("/contracts/")
    plain.get_by_role("link", name="Base fee").click()
    plain.get_by_role("link", name="Base fee").click()
    expect(names).to_have_text(["Beta", "Alpha", "Alphabet"])
    plain.get_by_label("Search contracts").fill("alpha")
    plain.get_by_role("button", name="Apply").click()
    expect(names).to_have_text(["Alpha", "Alphabet"])
    plain.get_by_role("link", name="Draft 1").click()
    expect(names).to_have_text(["Alphabet"])
    plain.get_by_role("link", name="All 2").click()
    plain.get_by_label("Plan").select_option("Basic")
    plain.get_by_role("button", name="Apply").click()
    expect(names).to_have_text(["Alpha"])


def test_the_list_is_paged(plain: Page, mongo: Database[Document]) -> None:
    mongo.contracts.insert_many({"contract_id": f"c{n}", "account_id": f"account {n:03}"} for n in range(120))
    plain.goto("/contracts/")
    plain.get_by_role("link", name="Next").click()
    plain.get_by_role("link", name="Next").click()
    expect(plain.get_by_text("101–120 of 120")).to_be_visible()
    plain.get_by_role("link", name="Previous").click()
    expect(plain.locator(".row-link").first).to_have_text("account 050")


def test_a_contract_is_made(plain: Page) -> None:
    plain.goto("/contracts/new/?plan=basic")
    plain.get_by_label("Account id").fill("acct-7")
    plain.get_by_role("button", name="Save contract").click()
    expect_heading(plain, "acct-7")
    assert repository.get_by_account("acct-7").contract_type == "basic"


def test_rows_are_added_and_removed(plain: Page) -> None:
    contract = make()
    plain.goto(address(contract, "edit/"))
    plain.get_by_label("Notes").fill("Half done.")
    row(plain, "volume", 2).get_by_label("To trade").fill("5000")
    row(plain, "add_ons", 1).get_by_label("Remove").check()
    plain.get_by_role("button", name="Add a volume tier").click()
    added = row(plain, "volume", 3)
    added.get_by_label("From trade").fill("5001")
    added.get_by_label("Price per trade").fill("0.05")
    expect(row(plain, "add_ons", 1).get_by_label("Remove")).to_be_checked()
    plain.get_by_role("button", name="Save changes").click()
    expect_heading(plain, "Northwind Logistics")
    result = saved(contract)
    assert [tier.min_trades for tier in result.usage_based_pricing.trade_volume_tiers] == [0, 1001, 5001]
    assert (result.add_ons, result.notes) == ((), "Half done.")


def test_a_conflict_is_decided(plain: Page) -> None:
    contract = make()
    plain.goto(address(contract, "edit/"))
    change(contract, base_monthly_fee=Decimal(305))
    plain.get_by_label("Base fee a month").fill("310")
    plain.get_by_role("button", name="Save changes").click()
    plain.get_by_role("row", name="Base fee a month").get_by_label("Yours").check()
    plain.get_by_role("button", name="Save changes").click()
    expect_heading(plain, "Northwind Logistics")
    assert saved(contract).base_monthly_fee == Decimal(310)


def test_a_contract_leads_to_the_entries_of_its_account(plain: Page, mongo: Database[Document]) -> None:
    now = datetime.now(UTC)
    mongo.transaction_logs.insert_many([transaction(userId=own, timestamp=now) for own in ("acct-1", "acct-2")])
    plain.goto(address(make()))
    plain.get_by_role("link", name="Transactions", exact=True).click()
    expect(plain.locator(".entries tbody tr")).to_have_count(1)
    expect(plain.get_by_role("link", name="Live")).to_be_hidden()
    plain.locator(".row-link").click()
    expect(plain.get_by_role("heading", level=1)).to_contain_text("Withdrawal of 29.33 USD")


def test_the_colours_are_switched(plain: Page) -> None:
    plain.goto("/contracts/?q=nobody")
    plain.get_by_role("button", name="Dark colours").click()
    expect(plain.locator("html")).to_have_attribute("data-theme", "dark")
    expect(plain.get_by_label("Search contracts")).to_have_value("nobody")


def test_somebody_signs_out(plain: Page) -> None:
    plain.goto("/")
    plain.get_by_role("button", name="Sign out").click()
    expect_heading(plain, "Sign in")
    plain.goto("/contracts/")
    expect_heading(plain, "Sign in")


def test_nothing_is_shown_that_needs_javascript(plain: Page) -> None:
    plain.goto("/contracts/")
    expect(plain.get_by_role("button", name="Keyboard shortcuts")).to_be_hidden()
    expect(plain.get_by_role("button", name="Apply")).to_be_visible()


def test_the_navigation_opens_on_a_phone(new_page: Callable[..., Page], manager: AbstractBaseUser) -> None:
    plain = new_page(manager, java_script_enabled=False, viewport={"width": 390, "height": 700})
    plain.goto("/")
    plain.get_by_role("button", name="Open navigation").click()
    plain.get_by_role("navigation", name="Main").get_by_role("link", name="Contracts", exact=True).click()
    expect_heading(plain, "Contracts")
