"""The steps of a contract's life, in a browser: few clicks from the overview, and by keyboard alone."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Page, expect

from tests.browser.steps import FAR, address, make, saved

NewPage = Callable[..., Page]


def test_a_draft_is_activated_three_clicks_from_the_contract(manager: AbstractBaseUser, new_page: NewPage) -> None:
    contract = make(status="draft")
    page = new_page(manager)
    page.goto(address(contract))
    page.get_by_role("link", name="Activate").click()
    page.get_by_role("button", name="Activate the contract").click()
    expect(page.get_by_role("status", name="Messages")).to_contain_text("is active")
    assert saved(contract).status == "active"


def test_a_contract_is_renewed_after_its_new_term_was_shown(manager: AbstractBaseUser, new_page: NewPage) -> None:
    contract = make()
    page = new_page(manager)
    page.goto(address(contract))
    page.get_by_label("More steps").click()
    page.get_by_role("link", name="Renew", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("It is early for a renewal")
    first = FAR + timedelta(days=1)
    expect(page.get_by_role("main")).to_contain_text(f"{first.day} {first:%b} {first.year} to")
    page.get_by_role("button", name="Renew the contract").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Northwind Logistics")
    assert saved(contract).version == 2


def test_a_contract_is_cancelled_by_keyboard_alone(manager: AbstractBaseUser, new_page: NewPage) -> None:
    contract = make()
    page = new_page(manager)
    page.goto(address(contract))
    press_until(page, "Tab", "More steps")
    page.keyboard.press("Enter")
    press_until(page, "Tab", "Cancel the contract")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cancel the contract")
    page.get_by_label("Reason").focus()
    page.keyboard.type("Moved away")
    page.keyboard.press("Tab")
    page.keyboard.type(contract.contract_id)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status", name="Messages")).to_contain_text("is cancelled")
    assert saved(contract).status == "cancelled"


def press_until(page: Page, key: str, name: str, most: int = 60) -> None:
    """Press a key until what has the focus is called so."""
    for _ in range(most):
        page.keyboard.press(key)
        focused = page.locator(":focus")
        if name in (focused.get_attribute("aria-label") or focused.inner_text()):
            return
    raise AssertionError(f"{key} does not lead to {name}.")
