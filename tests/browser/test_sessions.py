"""Sessions that end, or begin anew elsewhere, while somebody types."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from contracts import repository
from contracts.domain.model import Contract
from tests.browser.steps import address, change, end_sessions, expect_heading, make, row, saved, sign_in


@pytest.fixture
def contract(manager_page: Page) -> Contract:
    return make()


@pytest.fixture
def typed(manager_page: Page, contract: Contract) -> Page:
    """The contract's form with a fee, a note and a new tier typed in."""
    manager_page.goto(address(contract, "edit/"))
    manager_page.get_by_label("Base fee a month").fill("310")
    manager_page.get_by_label("Notes").fill("Two\nlines & <tags>")
    row(manager_page, "volume", 2).get_by_label("To trade").fill("5000")
    manager_page.get_by_role("button", name="Add a volume tier").click()
    row(manager_page, "volume", 3).get_by_label("Price per trade").fill("0.05")
    return manager_page


def expect_entries(page: Page) -> None:
    expect(page.get_by_label("Base fee a month")).to_have_value("310")
    expect(page.get_by_label("Notes")).to_have_value("Two\nlines & <tags>")
    expect(row(page, "volume", 3).get_by_label("Price per trade")).to_have_value("0.05")


def test_a_session_that_ended_while_typing_loses_nothing(typed: Page, contract: Contract) -> None:
    end_sessions()
    typed.get_by_role("button", name="Save changes").click()
    expect(typed.get_by_text("Sign in, and what you entered is shown again.")).to_be_visible()
    sign_in(typed, "manager")
    expect(typed.get_by_role("alert")).to_contain_text("Your entries are back")
    expect_entries(typed)
    typed.get_by_role("button", name="Save changes").click()
    expect_heading(typed, "Northwind Logistics")
    result = saved(contract)
    assert (result.base_monthly_fee, result.notes) == (Decimal(310), "Two\nlines & <tags>")
    assert result.usage_based_pricing.trade_volume_tiers[2].price_per_trade == Decimal("0.05")


def test_a_sign_in_in_another_tab_loses_nothing(typed: Page, contract: Contract) -> None:
    end_sessions()
    tab = typed.context.new_page()
    tab.goto("/")
    sign_in(tab, "manager")
    expect_heading(tab, "Overview")
    typed.get_by_role("button", name="Save changes").click()
    expect(typed.get_by_text("You signed in again since this form was opened.")).to_be_visible()
    expect_entries(typed)
    typed.get_by_role("button", name="Save changes").click()
    expect_heading(typed, "Northwind Logistics")
    assert saved(contract).base_monthly_fee == Decimal(310)


def test_a_conflict_outlives_the_session_too(typed: Page, contract: Contract) -> None:
    change(contract, base_monthly_fee=Decimal(305))
    typed.get_by_role("button", name="Save changes").click()
    clash = typed.get_by_role("row", name="Base fee a month")
    clash.get_by_label("Theirs").check()
    end_sessions()
    typed.get_by_role("button", name="Save changes").click()
    sign_in(typed, "manager")
    expect(clash.get_by_label("Theirs")).to_be_checked()
    typed.get_by_role("button", name="Save changes").click()
    expect_heading(typed, "Northwind Logistics")
    assert saved(contract).base_monthly_fee == Decimal(305)


def test_a_new_contract_outlives_the_session_too(manager_page: Page) -> None:
    manager_page.goto("/contracts/new/?plan=basic")
    manager_page.get_by_label("Account id").fill("acct-7")
    end_sessions()
    manager_page.get_by_role("button", name="Save contract").click()
    sign_in(manager_page, "manager")
    expect(manager_page.get_by_label("Account id")).to_have_value("acct-7")
    manager_page.get_by_role("button", name="Save contract").click()
    expect_heading(manager_page, "acct-7")
    assert repository.get_by_account("acct-7").base_monthly_fee == Decimal("99.00")


def test_somebody_else_who_signs_in_does_not_see_the_entries(
    typed: Page, contract: Contract, admin_user: object
) -> None:
    end_sessions()
    typed.get_by_role("button", name="Save changes").click()
    sign_in(typed, "admin")
    expect_heading(typed, "Edit Northwind Logistics")
    expect(typed.get_by_label("Notes")).to_have_value("Signed in January.")


def test_a_list_whose_session_has_ended_leads_to_sign_in_and_back(manager_page: Page, contract: Contract) -> None:
    manager_page.goto("/contracts/")
    end_sessions()
    manager_page.get_by_role("link", name="Active 1").click()
    sign_in(manager_page, "manager")
    expect_heading(manager_page, "Contracts")


def test_that_entries_are_kept_stays_in_sight_until_somebody_is_signed_in(typed: Page) -> None:
    end_sessions()
    typed.get_by_role("button", name="Save changes").click()
    notice = typed.locator(".notice", has_text="Your session has ended")
    expect(notice).to_contain_text("what you entered is shown again")
    expect(typed.locator(".toast")).to_have_count(0)
    typed.get_by_label("Username").fill("manager")
    typed.get_by_label("Password").fill("not that one")
    typed.get_by_role("button", name="Sign in").click()
    expect(typed.get_by_role("alert")).to_be_visible()
    expect(notice).to_be_visible()
