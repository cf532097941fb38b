"""Comparing versions and going back to one, by keyboard alone, on a phone, and without JavaScript."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Locator, Page, expect

from contracts.domain.model import Contract, Pricing, VolumeTier
from tests.browser.steps import address, change, expect_heading, make, saved, too_wide

MOST_STOPS = 60
WIDTHS = (390, 320)


@pytest.fixture
def contract(mongo: object) -> Contract:
    """Three versions: the fee was raised, then the notes were cleared and a feature was taken away."""
    raised = change(make(), base_monthly_fee=Decimal(310), reason="New price list")
    return change(raised, notes="", features=("api_access",))


@pytest.fixture(params=WIDTHS)
def phone(request: pytest.FixtureRequest, new_page: Callable[..., Page], manager: AbstractBaseUser) -> Page:
    return new_page(
        manager, viewport={"width": request.param, "height": 700}, has_touch=True, reduced_motion="reduce"
    )


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if wanted.evaluate("found => found === document.activeElement"):
            return
    pytest.fail(f"Tab did not reach {wanted} within {MOST_STOPS} stops.")


def differing(page: Page) -> Locator:
    return page.get_by_role("heading", level=2, name="fields differ")


def test_versions_are_chosen_compared_and_swapped_by_keyboard(manager_page: Page, contract: Contract) -> None:
    manager_page.goto(address(contract, "history/"))
    tab_to(manager_page, manager_page.locator("summary", has_text="Compare any two versions"))
    manager_page.keyboard.press("Enter")
    tab_to(manager_page, manager_page.get_by_label("From", exact=True))
    manager_page.keyboard.press("End")
    tab_to(manager_page, manager_page.get_by_role("button", name="Compare", exact=True))
    manager_page.keyboard.press("Enter")
    expect_heading(manager_page, "Compare versions of Northwind Logistics")
    expect(differing(manager_page)).to_have_text("3 of 34 fields differ")
    tab_to(manager_page, manager_page.get_by_role("link", name="Swap"))
    manager_page.keyboard.press("Enter")
    expect(manager_page.get_by_label("To", exact=True)).to_have_value("1")
    tab_to(manager_page, manager_page.get_by_role("link", name="All fields 34"))
    manager_page.keyboard.press("Enter")
    expect(manager_page.get_by_role("rowheader", name="Guaranteed uptime")).to_be_visible()


def test_terms_are_restored_and_brought_back_by_keyboard(manager_page: Page, contract: Contract) -> None:
    manager_page.goto(address(contract, "history/"))
    tab_to(manager_page, manager_page.get_by_role("link", name="Restore the terms of version 1"))
    manager_page.keyboard.press("Enter")
    expect_heading(manager_page, "Restore version 1 of Northwind Logistics")
    tab_to(manager_page, manager_page.get_by_label("Reason"))
    manager_page.keyboard.type("Raised by mistake")
    tab_to(manager_page, manager_page.get_by_role("button", name="Restore the terms of version 1"))
    manager_page.keyboard.press("Enter")
    expect_heading(manager_page, "Northwind Logistics")
    assert saved(contract).base_monthly_fee == Decimal("299.00")
    tab_to(manager_page, manager_page.get_by_role("button", name="Undo"))
    manager_page.keyboard.press("Enter")
    expect_heading(manager_page, "Restore version 3 of Northwind Logistics")
    manager_page.get_by_role("button", name="Restore the terms of version 3").press("Enter")
    expect_heading(manager_page, "Northwind Logistics")
    assert (saved(contract).base_monthly_fee, saved(contract).version) == (Decimal(310), 5)


def test_a_double_click_restores_once(manager_page: Page, contract: Contract) -> None:
    manager_page.goto(address(contract, "history/1/restore/"))
    manager_page.get_by_role("button", name="Restore the terms of version 1").dblclick()
    expect_heading(manager_page, "Northwind Logistics")
    assert saved(contract).version == 4


def test_what_changed_is_said_in_words(manager_page: Page, contract: Contract) -> None:
    manager_page.goto(address(contract, "compare/?from=1&to=3"))
    fee = manager_page.get_by_role("row", name="Base fee a month changed")
    expect(fee).to_contain_text("299.00 USD")
    expect(fee).to_contain_text("310.00 USD")
    expect(manager_page.get_by_role("row", name="Notes removed")).to_contain_text("Signed in January.")


def test_versions_are_compared_and_restored_on_a_phone(phone: Page, contract: Contract) -> None:
    phone.goto(address(contract, "history/"))
    phone.get_by_role("link", name="Compare with version 1").tap()
    expect(phone.get_by_role("heading", level=2, name="1 of 34 fields differs")).to_be_visible()
    assert too_wide(phone) == []
    phone.get_by_role("link", name="Restore the terms of version 1").tap()
    phone.get_by_label("Reason").fill("Raised by mistake")
    assert too_wide(phone) == []
    phone.get_by_role("button", name="Restore the terms of version 1").tap()
    expect_heading(phone, "Northwind Logistics")
    assert saved(contract).notes == "Signed in January."


def test_both_sides_of_a_row_stand_beside_each_other_on_a_phone(phone: Page, contract: Contract) -> None:
    one = Pricing(trade_volume_tiers=(VolumeTier(min_trades=0, price_per_trade=Decimal("0.09")),))
    change(contract, usage_based_pricing=one)
    phone.goto(address(contract, "compare/?from=3&to=4"))
    cells = phone.locator(".pairs tbody tr").first.locator("td")
    left, right = cells.first.bounding_box(), cells.last.bounding_box()
    assert left["x"] + left["width"] <= right["x"] + 1
    assert too_wide(phone) == []


def test_everything_works_without_javascript(
    new_page: Callable[..., Page], manager: AbstractBaseUser, contract: Contract
) -> None:
    plain = new_page(manager, java_script_enabled=False)
    plain.goto(address(contract, "compare/"))
    plain.get_by_label("From", exact=True).select_option("1")
    plain.get_by_role("button", name="Compare", exact=True).click()
    expect(differing(plain)).to_have_text("3 of 34 fields differ")
    plain.get_by_role("link", name="Restore the terms of version 1").click()
    plain.get_by_role("button", name="Restore the terms of version 1").click()
    expect_heading(plain, "Northwind Logistics")
    assert saved(contract).base_monthly_fee == Decimal("299.00")
