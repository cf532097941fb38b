"""Contracts on a phone, in two widths: the common one, and the narrowest that WCAG 1.4.10 asks for."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Page, expect

from tests.browser.steps import address, change, expect_heading, make, row, saved, too_wide

WIDTHS = (390, 320)


@pytest.fixture(params=WIDTHS)
def phone(request: pytest.FixtureRequest, new_page: Callable[..., Page], manager: AbstractBaseUser) -> Page:
    return new_page(
        manager, viewport={"width": request.param, "height": 700}, has_touch=True, reduced_motion="reduce"
    )


def test_the_navigation_opens_leads_somewhere_and_closes(phone: Page) -> None:
    phone.goto("/")
    navigation = phone.get_by_role("navigation", name="Main")
    expect(navigation).to_be_hidden()
    phone.get_by_role("button", name="Open navigation").tap()
    expect(navigation).to_be_visible()
    phone.keyboard.press("Escape")
    expect(navigation).to_be_hidden()
    phone.get_by_role("button", name="Open navigation").tap()
    navigation.get_by_role("link", name="Contracts", exact=True).tap()
    expect_heading(phone, "Contracts")


def test_a_row_of_the_list_is_a_card_that_opens_by_a_tap_anywhere(phone: Page) -> None:
    make()
    phone.goto("/contracts/")
    card = phone.get_by_role("row", name="Northwind Logistics")
    expect(phone.get_by_role("columnheader", name="Account")).to_be_hidden()
    expect(card).to_contain_text("299.00 USD")
    assert card.bounding_box()["height"] > 80
    card.tap()
    expect_heading(phone, "Northwind Logistics")


def test_a_contract_is_edited_with_the_thumb(phone: Page) -> None:
    contract = make()
    phone.goto(address(contract, "edit/"))
    phone.get_by_role("button", name="Add a value tier").tap()
    row(phone, "value", 2).get_by_label("To value").fill("90000")
    added = row(phone, "value", 3)
    added.get_by_label("From value").fill("90000")
    added.get_by_label("Fee in percent").fill("0.1")
    row(phone, "add_ons", 1).get_by_role("button", name="Remove Add-on 1").tap()
    assert too_wide(phone) == []
    phone.get_by_role("button", name="Save changes").tap()
    expect_heading(phone, "Northwind Logistics")
    result = saved(contract)
    assert [tier.percentage_fee for tier in result.usage_based_pricing.trade_value_tiers][-1] == Decimal("0.1")
    assert result.add_ons == ()


def test_what_one_presses_is_large_enough_for_a_thumb(phone: Page) -> None:
    phone.goto(address(make(), "edit/"))
    phone.get_by_label("Notes").fill("Changed.")
    small = phone.locator("main").evaluate(
        """main => [...main.querySelectorAll("button, .btn, input:not([type=checkbox], [type=hidden]), select")]
          .filter((found) => !found.ariaHidden)
          .filter((found) => found.checkVisibility() && found.getBoundingClientRect().height < 40)
          .map((found) => found.outerHTML)"""
    )
    assert small == []


def test_the_name_of_a_row_has_its_width_and_its_status_stands_below(phone: Page) -> None:
    make(account_name="Alderbrook Payments International Incorporated")
    phone.goto("/contracts/")
    name, pill = phone.locator(".row-link").bounding_box(), phone.locator("td .pill").bounding_box()
    assert name["width"] > phone.viewport_size["width"] / 2
    assert pill["y"] >= name["y"] + name["height"]


def test_the_form_of_a_step_stays_inside_its_card(phone: Page) -> None:
    phone.goto(address(make(), "cancel/"))
    card = phone.locator(".card.step").bounding_box()
    for part in (phone.locator("#step-form label").last, phone.locator("#id_confirm")):
        box = part.bounding_box()
        assert box["x"] + box["width"] <= card["x"] + card["width"] - 8


def test_what_there_is_to_do_comes_before_the_chart(phone: Page) -> None:
    make()
    phone.goto("/")
    worklists = phone.get_by_role("heading", name="Worklists", level=2).last.bounding_box()
    chart = phone.get_by_role("heading", name="Transactions per day").bounding_box()
    assert worklists["y"] < chart["y"]


def test_a_long_value_keeps_beside_its_label(phone: Page) -> None:
    contract = make()
    change(contract, notes="A long note that goes on over several lines of a narrow window. " * 3)
    phone.goto(address(contract, "compare/?from=1&to=2"))
    cell = phone.get_by_role("row", name="Notes changed").locator("td").last
    assert cell.locator("ins").bounding_box()["x"] >= cell.bounding_box()["x"] + 70
