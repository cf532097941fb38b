"""Many contracts changed at once: ticked by mouse and by keys, previewed, carried out with progress, undone."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Page, expect
from pymongo.database import Database

from contracts import repository
from mongo.client import Document
from tests.browser.steps import expect_heading, make, saved
from tests.browser.test_steps import press_until

NewPage = Callable[..., Page]


@pytest.fixture
def listed(manager_page: Page) -> Page:
    """A list of five contracts."""
    for name in ("Alpha", "Beta", "Gamma", "Delta", "Epsilon"):
        make(account_id=name.lower(), account_name=name)
    manager_page.goto("/contracts/")
    return manager_page


def copies(mongo: Database[Document], number: int) -> None:
    """That many contracts, quickly, and without a history."""
    whole = repository.document(make().contract_id)
    mongo.contracts.delete_many({})
    del whole["_id"]
    own = ("contract_id", "account_id", "account_name")
    mongo.contracts.insert_many([whole | dict.fromkeys(own, f"c-{n:04}") for n in range(number)])


def tick(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_label(f"Tick {name}", exact=True).check()


def ticked(page: Page) -> list[str]:
    boxes = page.locator("tbody .tick input:checked")
    return [box.get_attribute("aria-label") or "" for box in boxes.all()]


def order_tag(page: Page, tag: str = "new") -> None:
    """Say that the contracts are to have a tag, and go on to the preview."""
    page.get_by_label("Add and remove tags").check()
    page.get_by_label("Tags to add").fill(tag)
    page.get_by_role("button", name="Go on to the preview").click()
    expect_heading(page, "Preview")


def test_the_bar_comes_with_the_first_tick_and_counts(listed: Page) -> None:
    bar = listed.get_by_role("group", name="Ticked contracts")
    expect(bar).to_be_hidden()
    tick(listed, "Beta", "Alpha")
    expect(bar).to_contain_text("2 ticked")
    listed.get_by_label("Tick Beta").uncheck()
    listed.get_by_label("Tick Alpha").uncheck()
    expect(bar).to_be_hidden()


def test_a_click_beside_the_box_ticks_and_opens_nothing(listed: Page) -> None:
    cell = listed.locator("tbody .tick label").first
    cell.click(position={"x": 3, "y": 3})
    expect(listed).to_have_url(re.compile(r"/contracts/$"))
    assert ticked(listed) == ["Tick Alpha"]


def test_a_click_with_shift_ticks_all_rows_between(listed: Page) -> None:
    listed.get_by_label("Tick Beta").click()
    listed.get_by_label("Tick Gamma").click(modifiers=["Shift"])
    assert ticked(listed) == ["Tick Beta", "Tick Delta", "Tick Epsilon", "Tick Gamma"]
    listed.get_by_label("Tick Delta").click(modifiers=["Shift"])
    assert ticked(listed) == ["Tick Beta"]


def test_the_head_ticks_the_page_and_tells_of_some(listed: Page) -> None:
    head = listed.get_by_label("Tick all on this page")
    head.check()
    expect(listed.get_by_text("5 ticked").first).to_be_visible()
    listed.get_by_label("Tick Beta").uncheck()
    assert head.evaluate("box => box.indeterminate")
    head.check()
    head.uncheck()
    assert ticked(listed) == []


def test_keys_tick_the_row_in_focus_unless_they_are_turned_off(listed: Page) -> None:
    for key in "jxjjx":
        listed.keyboard.press(key)
    assert ticked(listed) == ["Tick Alpha", "Tick Delta"]
    listed.keyboard.press("?")
    listed.get_by_label("Single keys are shortcuts").uncheck()
    listed.keyboard.press("Escape")
    listed.locator(".row-link").first.focus()
    listed.keyboard.press("x")
    assert ticked(listed) == ["Tick Alpha", "Tick Delta"]


def test_tags_are_added_previewed_carried_out_and_undone(listed: Page) -> None:
    tick(listed, "Alpha", "Beta")
    listed.get_by_role("button", name="Change…").click()
    expect_heading(listed, "Change 2 contracts")
    order_tag(listed)
    expect(listed.get_by_role("heading", name="2 contracts will change")).to_be_focused()
    expect(listed.locator("ins").first).to_have_text("vip, emea, new")
    listed.get_by_role("button", name="Change 2 contracts").click()
    expect(listed.get_by_role("heading", name="2 contracts are changed")).to_be_visible()
    listed.get_by_role("button", name="Undo…").click()
    expect_heading(listed, "Preview")
    listed.get_by_role("button", name="Change 2 contracts").click()
    expect(listed.get_by_role("heading", name="2 contracts are changed")).to_be_visible()
    assert [found.tags for found in repository.find_by_status("active")] == [("vip", "emea")] * 5


def test_all_that_match_are_changed_with_progress(manager_page: Page, mongo: Database[Document]) -> None:
    copies(mongo, 120)
    manager_page.goto("/contracts/?status=active")
    manager_page.get_by_label("Tick all on this page").check()
    manager_page.get_by_role("button", name="Change all 120 that match…").click()
    expect_heading(manager_page, "Change 120 contracts")
    order_tag(manager_page)
    manager_page.get_by_role("button", name="Change 120 contracts").click()
    expect(manager_page.get_by_role("progressbar")).to_be_visible()
    expect(manager_page.get_by_role("heading", name="120 contracts are changed")).to_be_visible(timeout=60_000)
    assert mongo.contracts.count_documents({"tags": "new"}) == 120


def test_a_closed_tab_is_gone_on_with_from_the_list_of_runs(
    new_page: NewPage, manager: AbstractBaseUser, mongo: Database[Document]
) -> None:
    copies(mongo, 150)
    page = new_page(manager)
    page.goto("/contracts/")
    page.get_by_label("Tick c-0000").check()
    page.get_by_role("button", name="Change all 150 that match…").click()
    order_tag(page)
    page.get_by_role("button", name="Change 150 contracts").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.close()
    other = new_page(manager)
    other.goto("/contracts/bulk/")
    other.get_by_role("link", name="Add tag “new”", exact=True).click()
    expect(other.get_by_role("heading", name="150 contracts are changed")).to_be_visible(timeout=60_000)
    assert mongo.contract_revisions.count_documents({"actor.via": "bulk"}) == 150


def test_prices_are_revised_by_keyboard_alone(listed: Page) -> None:
    listed.keyboard.press("j")
    listed.keyboard.press("x")
    listed.keyboard.press("b")
    expect_heading(listed, "Change 1 contract")
    listed.get_by_label("Revise prices by a percentage").focus()
    listed.keyboard.press("Space")
    listed.keyboard.press("Tab")
    listed.keyboard.type("3.5")
    listed.keyboard.press("Enter")
    expect_heading(listed, "Preview")
    press_until(listed, "Tab", "Change 1 contract")
    listed.keyboard.press("Enter")
    expect(listed.get_by_role("heading", name="1 contract is changed")).to_be_focused()


def test_contracts_are_cancelled_after_their_number_was_typed(listed: Page) -> None:
    tick(listed, "Alpha", "Gamma")
    listed.get_by_role("button", name="Change…").click()
    listed.get_by_label("Cancel the contracts").check()
    listed.get_by_role("textbox", name="Last day").fill("2099-12-31")
    listed.get_by_label("Reason").fill("The service ends")
    listed.get_by_role("button", name="Go on to the preview").click()
    listed.get_by_role("button", name="Cancel 2 contracts").click()
    expect(listed.get_by_role("alert")).to_contain_text("Type the number of contracts to confirm.")
    listed.get_by_label("Type 2 to confirm").fill("2")
    listed.get_by_role("button", name="Cancel 2 contracts").click()
    expect(listed.get_by_role("heading", name="2 contracts are changed")).to_be_visible()
    expect(listed.get_by_role("button", name="Undo…")).to_have_count(0)


def test_a_phone_ticks_cards_and_changes_them(new_page: NewPage, manager: AbstractBaseUser) -> None:
    contract = make()
    page = new_page(manager, viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto("/contracts/")
    page.get_by_label("Tick Northwind Logistics").tap()
    page.get_by_role("button", name="Change…").tap()
    order_tag(page)
    page.get_by_role("button", name="Change 1 contract").tap()
    expect(page.get_by_role("heading", name="1 contract is changed")).to_be_visible()
    assert saved(contract).tags == ("vip", "emea", "new")


def test_without_javascript_a_button_goes_on(new_page: NewPage, manager: AbstractBaseUser) -> None:
    contract = make()
    page = new_page(manager, java_script_enabled=False)
    page.goto("/contracts/")
    page.get_by_label("Tick Northwind Logistics").check()
    page.get_by_role("button", name="Change…").click()
    page.get_by_label("Set the notice").check()
    page.get_by_label("Notice in days").fill("60")
    page.get_by_role("button", name="Go on to the preview").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Change 1 contract").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="1 contract is changed")).to_be_visible()
    assert saved(contract).notice_days == 60
