"""Contracts made and changed by people, alone and two at a time."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Page, expect

from contracts import repository
from contracts.domain.model import Contract
from tests.browser.steps import address, change, expect_heading, make, row, saved, sign_in
from tests.factories import MAYA, TOM


@pytest.fixture
def contract(manager_page: Page) -> Contract:
    return make()


@pytest.fixture
def edit_page(manager_page: Page, contract: Contract) -> Page:
    """The contract's form, just opened."""
    manager_page.goto(address(contract, "edit/"))
    return manager_page


def test_somebody_signs_in_and_makes_a_contract_from_a_plan(page: Page, manager: AbstractBaseUser) -> None:
    page.goto("/contracts/")
    sign_in(page, "manager")
    page.get_by_role("link", name="New contract").click()
    page.get_by_role("link", name="Professional").click()
    page.get_by_label("Account id").fill("acct-7")
    page.get_by_label("Account name").fill("Contoso Freight")
    page.get_by_role("button", name="Save contract").click()
    expect_heading(page, "Contoso Freight")
    expect(page.get_by_role("status", name="Messages")).to_contain_text("Contoso Freight is saved as version 1.")
    contract = repository.get_by_account("acct-7")
    assert (contract.contract_type, contract.status, contract.base_monthly_fee) == (
        "professional",
        "draft",
        Decimal("299.00"),
    )


def test_a_fee_and_rows_are_changed_reviewed_and_saved(edit_page: Page, contract: Contract) -> None:
    edit_page.get_by_label("Base fee a month").fill("310.00")
    row(edit_page, "volume", 2).get_by_label("To trade").fill("5000")
    edit_page.get_by_role("button", name="Add a volume tier").click()
    added = row(edit_page, "volume", 3)
    expect(added.get_by_label("From trade")).to_have_value("5001")
    added.get_by_label("Price per trade").fill("0.05")
    edit_page.get_by_role("button", name="Review").click()
    review = edit_page.get_by_role("region", name="What saving would change")
    expect(review.get_by_role("rowheader")).to_contain_text(
        ["Base fee a month", "Volume tiers, row 2", "Volume tiers, row 3"]
    )
    assert saved(contract) == contract
    edit_page.get_by_role("button", name="Save changes").click()
    expect_heading(edit_page, "Northwind Logistics")
    tiers = saved(contract).usage_based_pricing.trade_volume_tiers
    assert saved(contract).base_monthly_fee == Decimal("310.00")
    assert [(tier.min_trades, tier.max_trades) for tier in tiers] == [(0, 1000), (1001, 5000), (5001, None)]


def test_a_removed_row_can_be_taken_back(edit_page: Page, contract: Contract) -> None:
    add_on = row(edit_page, "add_ons", 1)
    add_on.get_by_role("button", name="Remove Add-on 1").click()
    expect(add_on).to_contain_text("Add-on 1 removed")
    expect(add_on.get_by_label("Name")).to_be_hidden()
    add_on.get_by_role("button", name="Undo the removal of Add-on 1").click()
    expect(add_on.get_by_label("Name")).to_be_focused()
    expect(edit_page.get_by_role("button", name="Save changes")).to_be_hidden()


def test_a_removed_row_goes_with_the_next_save(edit_page: Page, contract: Contract) -> None:
    row(edit_page, "add_ons", 1).get_by_role("button", name="Remove Add-on 1").click()
    edit_page.get_by_role("button", name="Save changes").click()
    expect_heading(edit_page, "Northwind Logistics")
    assert saved(contract).add_ons == ()


def test_what_two_people_changed_at_once_is_decided_field_by_field(
    edit_page: Page, contract: Contract, new_page: Callable[..., Page], admin_user: AbstractBaseUser
) -> None:
    other = new_page(admin_user)
    other.goto(address(contract, "edit/"))
    other.get_by_label("Base fee a month").fill("305.00")
    other.get_by_label("Notes").fill("Ada was here.")
    other.get_by_role("button", name="Save changes").click()
    expect_heading(other, "Northwind Logistics")
    edit_page.get_by_label("Base fee a month").fill("310.00")
    edit_page.get_by_label("Account name").fill("Northwind Freight")
    edit_page.get_by_role("button", name="Save changes").click()
    conflict = edit_page.get_by_role("alert", name="Somebody else changed this contract meanwhile")
    expect(conflict).to_be_focused()
    clash = conflict.get_by_role("row", name="Base fee a month")
    expect(clash.get_by_role("cell")).to_contain_text(["299.00 USD", "Theirs 305.00 USD", "Yours 310.00 USD"])
    clash.get_by_label("Theirs").check()
    edit_page.get_by_role("button", name="Save changes").click()
    expect_heading(edit_page, "Northwind Freight")
    result = saved(contract)
    assert (result.base_monthly_fee, result.notes, result.version) == (Decimal("305.00"), "Ada was here.", 3)


def test_a_decision_survives_a_review(edit_page: Page, contract: Contract) -> None:
    change(contract, base_monthly_fee=Decimal(305))
    edit_page.get_by_label("Base fee a month").fill("310")
    edit_page.get_by_label("Notes").fill("Mine.")
    edit_page.get_by_role("button", name="Save changes").click()
    edit_page.get_by_role("row", name="Base fee a month").get_by_label("Theirs").check()
    edit_page.get_by_role("button", name="Review").click()
    expect(edit_page.get_by_role("rowheader")).to_contain_text(["Notes"])
    edit_page.get_by_role("button", name="Save changes").click()
    expect_heading(edit_page, "Northwind Logistics")
    assert (saved(contract).base_monthly_fee, saved(contract).notes) == (Decimal(305), "Mine.")


def test_a_decision_survives_an_error_elsewhere(edit_page: Page, contract: Contract) -> None:
    change(contract, base_monthly_fee=Decimal(305))
    edit_page.get_by_label("Base fee a month").fill("310")
    edit_page.get_by_role("button", name="Save changes").click()
    clash = edit_page.get_by_role("row", name="Base fee a month")
    clash.get_by_label("Theirs").check()
    edit_page.get_by_label("Notice in days").fill("soon")
    edit_page.get_by_role("button", name="Save changes").click()
    expect(edit_page.get_by_role("alert").filter(has_text="Nothing has been saved yet")).to_be_focused()
    expect(clash.get_by_label("Theirs")).to_be_checked()
    expect(clash.get_by_role("cell")).to_contain_text(["299.00 USD", "305.00 USD", "310.00 USD"])


def test_the_history_tells_each_version_and_opens_one(viewer_page: Page) -> None:
    contract = make()
    contract = change(contract, base_monthly_fee=Decimal(310), reason="New price list")
    change(contract, MAYA, notes="")
    viewer_page.goto(address(contract))
    viewer_page.get_by_role("link", name="History", exact=True).click()
    titles = viewer_page.get_by_role("main").get_by_role("heading", level=2)
    expect(titles).to_have_text(["Version 3 · Edited", "Version 2 · Edited", "Version 1 · Created"])
    second = viewer_page.get_by_role("listitem").filter(has_text="Version 2 · Edited")
    expect(second).to_contain_text(TOM.name)
    expect(second).to_contain_text("New price list")
    expect(second.get_by_role("row", name="Base fee a month").get_by_role("cell")).to_contain_text(
        ["299.00 USD", "310.00 USD"]
    )
    viewer_page.get_by_role("link", name="Version 1 · Created").click()
    expect_heading(viewer_page, "Version 1 of Northwind Logistics")
    expect(viewer_page.get_by_role("region", name="Price")).to_contain_text("299.00 USD")
