"""The palette by keyboard alone, by mouse and by thumb; what it finds, remembers and leaves alone."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model
from playwright.sync_api import Locator, Page, Route, expect
from pytest_django import Settings

from mongo import client
from tests.browser.pages import NOWHERE
from tests.browser.steps import address, end_sessions, expect_heading, make, sign_in, too_wide

Axe = Callable[[Page], list[str]]
CHORDS = ["Control+k", "Meta+k"]


def palette(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Command palette")


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Find a page, an action or a contract")


def chosen(page: Page) -> Locator:
    return palette(page).locator("[aria-selected=true]")


def open_palette(page: Page, typed: str = "") -> None:
    page.keyboard.press("Control+k")
    expect(palette(page)).to_be_visible()
    page.keyboard.type(typed)


@pytest.fixture
def rows(manager_page: Page) -> Page:
    """The list of three contracts."""
    for number in range(1, 4):
        make(account_id=f"acct-{number}", account_name=f"Account {number}")
    manager_page.goto("/contracts/")
    return manager_page


# Keys -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chord", CHORDS)
def test_a_contract_is_opened_by_keys_alone(rows: Page, chord: str) -> None:
    rows.keyboard.press(chord)
    expect(field(rows)).to_be_focused()
    rows.keyboard.type("account")
    expect(palette(rows).get_by_role("option", name="Account 3")).to_be_visible()
    rows.keyboard.press("ArrowDown")
    expect(chosen(rows)).to_contain_text("Account 2")
    rows.keyboard.press("Enter")
    expect_heading(rows, "Account 2")


def test_the_field_names_the_option_that_is_chosen(rows: Page) -> None:
    open_palette(rows, "account")
    expect(palette(rows).get_by_role("option", name="Account 3")).to_be_visible()
    for key, place in (("End", -1), ("ArrowDown", 0), ("ArrowUp", -1), ("Home", 0)):
        rows.keyboard.press(key)
        own = palette(rows).get_by_role("option").nth(place).get_attribute("id")
        expect(field(rows)).to_have_attribute("aria-activedescendant", own)
    expect(field(rows)).to_be_focused()


def test_enter_waits_for_the_answer_to_what_was_typed(rows: Page) -> None:
    open_palette(rows)
    expect(palette(rows).get_by_role("option", name="Overview")).to_be_visible()
    rows.keyboard.type("acct-2")
    rows.keyboard.press("Enter")
    expect_heading(rows, "Account 2")


def test_escape_closes_and_gives_the_focus_back(rows: Page) -> None:
    search = rows.get_by_label("Search contracts")
    search.focus()
    open_palette(rows, "x")
    rows.keyboard.press("Escape")
    expect(palette(rows)).to_be_hidden()
    expect(search).to_be_focused()
    expect(search).to_have_value("")


def test_the_chord_closes_what_it_opened_and_works_without_single_keys(rows: Page) -> None:
    rows.get_by_role("button", name="Keyboard shortcuts").click()
    rows.get_by_label("Single keys are shortcuts").uncheck()
    rows.keyboard.press("Escape")
    open_palette(rows)
    rows.keyboard.press("Control+k")
    expect(palette(rows)).to_be_hidden()


def test_actions_change_the_colours_list_the_keys_and_sign_out(rows: Page) -> None:
    open_palette(rows, "dark")
    rows.keyboard.press("Enter")
    expect(rows.locator("html")).to_have_attribute("data-theme", "dark")
    open_palette(rows, "shortcuts")
    rows.keyboard.press("Enter")
    expect(rows.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    rows.keyboard.press("Escape")
    open_palette(rows, "sign out")
    rows.keyboard.press("Enter")
    expect(rows.get_by_label("Username")).to_be_visible()


# What it offers -------------------------------------------------------------------------------------------


def test_a_contracts_page_offers_what_its_buttons_do(manager_page: Page) -> None:
    manager_page.goto(address(make()))
    open_palette(manager_page)
    group = palette(manager_page).get_by_role("group", name="On this page")
    expect(group.get_by_role("option", name="History")).to_be_visible()
    manager_page.keyboard.type("edi")
    expect(chosen(manager_page)).to_have_text("Edit")
    manager_page.keyboard.press("Enter")
    expect_heading(manager_page, "Edit Northwind Logistics")


def test_contracts_opened_last_come_first(rows: Page) -> None:
    for name in ("Account 1", "Account 2", "Account 1"):
        rows.goto("/contracts/")
        rows.get_by_role("link", name=name).click()
        expect_heading(rows, name)
    open_palette(rows)
    group = palette(rows).get_by_role("group", name="Opened last")
    expect(group.get_by_role("option")).to_have_text(["Account 2"])
    rows.keyboard.press("Enter")
    expect_heading(rows, "Account 2")


def test_who_signs_in_next_does_not_see_what_was_opened(rows: Page, admin_user: Model) -> None:
    rows.get_by_role("link", name="Account 1").click()
    expect_heading(rows, "Account 1")
    open_palette(rows, "sign out")
    rows.keyboard.press("Enter")
    sign_in(rows, admin_user.get_username())
    expect_heading(rows, "Overview")
    open_palette(rows)
    expect(palette(rows).get_by_role("option", name="Users")).to_be_visible()
    expect(palette(rows).get_by_role("group", name="Opened last")).to_be_hidden()


def test_what_fits_nothing_says_so(rows: Page) -> None:
    open_palette(rows, "no such thing")
    expect(palette(rows).get_by_role("status")).to_contain_text("Nothing fits.")
    expect(field(rows)).to_have_attribute("aria-expanded", "false")


# Pointer and phone ----------------------------------------------------------------------------------------


def test_the_header_opens_it_and_a_click_chooses(rows: Page) -> None:
    rows.get_by_role("button", name="Command palette").click()
    palette(rows).get_by_role("option", name="New contract").click()
    expect_heading(rows, "New contract")


def test_a_click_beside_it_closes_it(rows: Page) -> None:
    open_palette(rows)
    rows.mouse.click(5, 5)
    expect(palette(rows)).to_be_hidden()


@pytest.mark.parametrize("width", [390, 320])
def test_it_fits_a_phone(new_page: Callable[..., Page], manager: AbstractBaseUser, axe: Axe, width: int) -> None:
    make()
    page = new_page(manager, viewport={"width": width, "height": 700}, has_touch=True, reduced_motion="reduce")
    page.goto("/contracts/")
    assert too_wide(page) == []
    page.get_by_role("button", name="Command palette").tap()
    field(page).fill("north")
    option = palette(page).get_by_role("option", name="Northwind Logistics")
    expect(option).to_be_visible()
    assert (too_wide(page), axe(page)) == ([], [])
    assert option.bounding_box()["height"] >= 44
    option.tap()
    expect_heading(page, "Northwind Logistics")


# Over a form, and when things go wrong --------------------------------------------------------------------


def test_over_a_changed_form_nothing_is_lost_unless_one_says_so(manager_page: Page) -> None:
    contract = make()
    make(account_id="acct-2", account_name="Fabrikam")
    manager_page.goto(address(contract, "edit/"))
    manager_page.get_by_label("Notes").fill("Not saved yet.")
    manager_page.once("dialog", lambda asked: asked.dismiss())
    open_palette(manager_page, "fabri")
    manager_page.keyboard.press("Enter")
    expect(palette(manager_page)).to_be_hidden()
    expect(manager_page.get_by_label("Notes")).to_have_value("Not saved yet.")
    manager_page.once("dialog", lambda asked: asked.accept())
    open_palette(manager_page, "fabri")
    manager_page.keyboard.press("Enter")
    expect_heading(manager_page, "Fabrikam")


def test_a_session_that_has_ended_is_told_of_in_the_palette(manager_page: Page) -> None:
    manager_page.goto(address(make(), "edit/"))
    manager_page.get_by_label("Notes").fill("Not saved yet.")
    end_sessions()
    open_palette(manager_page, "north")
    expect(palette(manager_page).get_by_role("status")).to_contain_text("Your session has ended.")
    manager_page.keyboard.press("Escape")
    expect(manager_page.get_by_label("Notes")).to_have_value("Not saved yet.")


def test_a_server_that_does_not_answer_is_told_of_once_and_tried_again(rows: Page) -> None:
    rows.route(re.compile(r"/palette/\?q=acct-1$"), lambda route: route.fulfill(status=500))
    open_palette(rows, "acct-1")
    expect(palette(rows).get_by_role("status")).to_contain_text("The server did not answer")
    expect(rows.locator(".toast")).to_have_count(0)
    field(rows).fill("acct-2")
    expect(chosen(rows)).to_contain_text("Account 2")


def test_enter_never_follows_the_answer_to_what_is_not_typed_any_more(rows: Page) -> None:
    held: list[Route] = []
    rows.route(re.compile(r"/palette/\?q=acct-1$"), lambda route: held.append(route))
    with rows.expect_request(re.compile(r"q=acct-1$")):
        open_palette(rows, "acct-1")
    field(rows).fill("acct-2")
    rows.keyboard.press("Enter")
    held[0].continue_()
    expect_heading(rows, "Account 2")


@pytest.fixture
def away(rows: Page, settings: Settings) -> Iterator[Page]:
    """The list of three contracts, after which nothing answers at MongoDB's address."""
    here = settings.MONGODB_URI
    settings.MONGODB_URI = NOWHERE
    client.close()
    yield rows
    settings.MONGODB_URI = here
    client.close()


def test_without_mongodb_pages_are_still_a_key_away(away: Page) -> None:
    open_palette(away, "over")
    expect(palette(away).get_by_role("status")).to_contain_text("Contracts cannot be searched now.")
    expect(chosen(away)).to_contain_text("Overview")
    away.keyboard.press("Enter")
    expect_heading(away, "MongoDB does not answer")


def test_without_javascript_there_is_the_search_alone(
    new_page: Callable[..., Page], manager: AbstractBaseUser
) -> None:
    page = new_page(manager, java_script_enabled=False)
    page.goto("/contracts/")
    expect(page.get_by_role("button", name="Command palette")).to_be_hidden()
    expect(page.get_by_label("Find a contract")).to_be_visible()
