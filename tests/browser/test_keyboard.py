"""Everything by keyboard alone, and the switch that turns single keys off."""

import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Page, expect

from tests.browser.steps import address, expect_heading, make, saved
from tests.conftest import PASSWORD

MOST_STOPS = 60


@pytest.fixture
def rows(manager_page: Page) -> Page:
    """The list of three contracts."""
    for number in range(1, 4):
        make(account_id=f"acct-{number}", account_name=f"Account {number}")
    manager_page.goto("/contracts/")
    return manager_page


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element of this name has the focus."""
    wanted = page.get_by_role("button", name=name, exact=True)
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if wanted.evaluate("found => found === document.activeElement"):
            return
    pytest.fail(f"Tab did not reach {name} within {MOST_STOPS} stops.")


def test_sign_in_needs_no_mouse(page: Page, manager: AbstractBaseUser) -> None:
    page.goto("/")
    expect(page.get_by_label("Username")).to_be_focused()
    page.keyboard.type("manager")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect_heading(page, "Overview")


def test_the_first_tab_leads_past_the_navigation(rows: Page) -> None:
    rows.keyboard.press("Tab")
    expect(rows.get_by_role("link", name="Skip to content")).to_be_focused()
    rows.keyboard.press("Enter")
    expect(rows.get_by_role("main")).to_be_focused()


def test_a_slash_searches_from_anywhere(rows: Page) -> None:
    rows.keyboard.press("/")
    expect(rows.get_by_label("Find a contract")).to_be_focused()
    rows.keyboard.type("acct-2")
    rows.keyboard.press("Enter")
    expect(rows.locator(".row-link")).to_have_text(["Account 2"])


def test_escape_leaves_a_field(rows: Page) -> None:
    rows.keyboard.press("/")
    rows.keyboard.press("Escape")
    expect(rows.get_by_label("Find a contract")).not_to_be_focused()


def test_j_and_k_walk_the_rows_enter_opens_and_e_edits(rows: Page) -> None:
    for key in "jjjk":
        rows.keyboard.press(key)
    expect(rows.get_by_role("link", name="Account 2")).to_be_focused()
    rows.keyboard.press("Enter")
    expect_heading(rows, "Account 2")
    rows.keyboard.press("e")
    expect_heading(rows, "Edit Account 2")


def test_tab_walks_from_a_field_to_the_save_bar(manager_page: Page) -> None:
    contract = make()
    manager_page.goto(address(contract, "edit/"))
    manager_page.get_by_label("Base fee a month").press("Control+a")
    manager_page.keyboard.type("310")
    tab_to(manager_page, "Save changes")
    manager_page.keyboard.press("Enter")
    expect_heading(manager_page, "Northwind Logistics")
    assert saved(contract).base_monthly_fee == Decimal(310)


@pytest.mark.parametrize("chord", ["Control+s", "Meta+s"])
def test_control_s_saves_from_inside_a_field(manager_page: Page, chord: str) -> None:
    contract = make()
    manager_page.goto(address(contract, "edit/"))
    manager_page.get_by_label("Notes").fill("Typed by hand.")
    manager_page.keyboard.press(chord)
    expect_heading(manager_page, "Northwind Logistics")
    assert saved(contract).notes == "Typed by hand."


def test_g_and_a_letter_go_to_a_page(rows: Page) -> None:
    rows.keyboard.press("g")
    rows.keyboard.press("o")
    expect_heading(rows, "Overview")
    rows.keyboard.press("g")
    rows.keyboard.press("c")
    expect_heading(rows, "Contracts")


def test_a_question_mark_lists_the_keys_and_escape_closes(rows: Page) -> None:
    help_dialog = rows.get_by_role("dialog", name="Keyboard shortcuts")
    rows.keyboard.press("?")
    expect(help_dialog).to_be_visible()
    expect(help_dialog).to_contain_text("Find in the list of a log, elsewhere a contract")
    expect(help_dialog).to_contain_text("Show entries of a log as they come")
    rows.keyboard.press("Escape")
    expect(help_dialog).to_be_hidden()


def test_single_keys_turned_off_stay_off(rows: Page) -> None:
    rows.get_by_role("button", name="Keyboard shortcuts").click()
    rows.get_by_label("Single keys are shortcuts").uncheck()
    rows.keyboard.press("Escape")
    rows.reload()
    rows.keyboard.press("?")
    rows.keyboard.press("/")
    expect(rows.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    expect(rows.get_by_label("Find a contract")).not_to_be_focused()
    rows.get_by_role("button", name="Keyboard shortcuts").click()
    expect(rows.get_by_label("Single keys are shortcuts")).not_to_be_checked()


def test_keys_are_text_while_one_types(rows: Page) -> None:
    search = rows.get_by_label("Search contracts")
    search.focus()
    rows.keyboard.type("gc?j/e")
    expect(search).to_have_value("gc?j/e")
    expect(rows).to_have_url(re.compile(r"\?q=gc%3Fj%2Fe"))


def test_enter_in_a_field_saves_instead_of_adding_a_row(manager_page: Page) -> None:
    contract = make()
    manager_page.goto(address(contract, "edit/"))
    manager_page.get_by_label("Account name").fill("Renamed")
    manager_page.get_by_label("Account name").press("Enter")
    expect_heading(manager_page, "Renamed")
    assert saved(contract).account_name == "Renamed"
