"""Nothing typed is lost: the save bar, the question before leaving, errors, rows, Back."""

from decimal import Decimal

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from contracts.domain.model import Contract
from tests.browser.steps import address, change, expect_heading, make, row, saved


@pytest.fixture
def contract(manager_page: Page) -> Contract:
    return make()


@pytest.fixture
def edit_page(manager_page: Page, contract: Contract) -> Page:
    """The contract's form, just opened."""
    manager_page.goto(address(contract, "edit/"))
    return manager_page


@pytest.fixture
def asked(manager_page: Page) -> list[str]:
    """The questions that the browser asks before it leaves; each is answered with staying."""
    questions: list[str] = []

    def stay(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.dismiss()

    manager_page.on("dialog", stay)
    return questions


def save_bar(page: Page) -> Locator:
    return page.locator(".savebar")


def leave(page: Page) -> None:
    """Follow a link away; a question stops it, and the page stays."""
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link", name="Contracts").click(
        no_wait_after=True
    )


def test_the_save_bar_comes_with_the_first_change_and_counts(edit_page: Page) -> None:
    expect(save_bar(edit_page)).to_be_hidden()
    edit_page.get_by_label("Notes").fill("Changed.")
    expect(save_bar(edit_page)).to_contain_text("1 unsaved change")
    edit_page.get_by_label("Base fee a month").fill("310")
    row(edit_page, "add_ons", 1).get_by_role("button", name="Remove Add-on 1").click()
    edit_page.get_by_role("button", name="Add a volume tier").click()
    expect(save_bar(edit_page)).to_contain_text("4 unsaved changes")


def test_the_save_bar_goes_when_everything_is_as_before(edit_page: Page) -> None:
    edit_page.get_by_label("Notes").fill("Changed.")
    edit_page.get_by_label("Notes").fill("Signed in January.")
    expect(save_bar(edit_page)).to_be_hidden()


def test_leaving_asks_once_something_is_changed(edit_page: Page, asked: list[str], contract: Contract) -> None:
    edit_page.get_by_label("Notes").fill("Changed.")
    leave(edit_page)
    expect(edit_page.get_by_label("Notes")).to_have_value("Changed.")
    assert asked == ["beforeunload"]


def test_leaving_an_untouched_form_asks_nothing(edit_page: Page, asked: list[str]) -> None:
    edit_page.get_by_label("Notes").click()
    leave(edit_page)
    expect_heading(edit_page, "Contracts")
    assert asked == []


def test_saving_asks_nothing(edit_page: Page, asked: list[str]) -> None:
    edit_page.get_by_label("Notes").fill("Changed.")
    edit_page.get_by_role("button", name="Save changes").click()
    expect_heading(edit_page, "Northwind Logistics")
    assert asked == []


def test_leaving_asks_after_an_error(edit_page: Page, asked: list[str]) -> None:
    edit_page.get_by_label("Base fee a month").fill("a lot")
    edit_page.get_by_role("button", name="Save changes").click()
    expect(edit_page.get_by_role("alert")).to_contain_text("Enter a number.")
    leave(edit_page)
    expect(edit_page.get_by_label("Base fee a month")).to_have_value("a lot")
    assert asked == ["beforeunload"]


def test_leaving_asks_after_a_review(edit_page: Page, asked: list[str]) -> None:
    edit_page.get_by_label("Notes").fill("Changed.")
    edit_page.get_by_role("button", name="Review").click()
    expect(edit_page.get_by_role("heading", name="What saving would change")).to_be_visible()
    edit_page.get_by_role("heading", name="What saving would change").click()
    leave(edit_page)
    expect(edit_page.get_by_label("Notes")).to_have_value("Changed.")
    assert asked == ["beforeunload"]


def test_leaving_asks_in_a_conflict(edit_page: Page, asked: list[str], contract: Contract) -> None:
    change(contract, base_monthly_fee=Decimal(305))
    edit_page.get_by_label("Base fee a month").fill("310")
    edit_page.get_by_role("button", name="Save changes").click()
    edit_page.get_by_role("heading", name="Somebody else changed this contract meanwhile").click()
    leave(edit_page)
    expect(edit_page.get_by_label("Base fee a month")).to_have_value("310")
    assert asked == ["beforeunload"]


def test_leaving_a_new_contract_asks_only_once_something_is_typed(manager_page: Page) -> None:
    manager_page.goto("/contracts/new/?plan=basic")
    manager_page.get_by_role("link", name="Enterprise").click()
    expect(manager_page.get_by_label("Base fee a month")).to_have_value("999.00")


def test_an_error_keeps_every_entry_and_every_row(edit_page: Page) -> None:
    edit_page.get_by_label("Base fee a month").fill("a lot")
    edit_page.get_by_label("Notes").fill("Two\nlines & <tags>")
    row(edit_page, "value", 2).get_by_label("To value").fill("90000")
    edit_page.get_by_role("button", name="Add a value tier").click()
    row(edit_page, "value", 3).get_by_label("Fee in percent").fill("x")
    row(edit_page, "add_ons", 1).get_by_role("button", name="Remove Add-on 1").click()
    edit_page.get_by_role("button", name="Save changes").click()
    expect(edit_page.get_by_role("alert")).to_contain_text("2 things to fix")
    expect(edit_page.get_by_label("Notes")).to_have_value("Two\nlines & <tags>")
    expect(row(edit_page, "value", 3).get_by_label("Fee in percent")).to_have_value("x")
    expect(row(edit_page, "add_ons", 1)).to_contain_text("Add-on 1 removed")


def test_an_error_leads_to_its_field(edit_page: Page) -> None:
    edit_page.get_by_label("Base fee a month").fill("a lot")
    edit_page.get_by_role("button", name="Save changes").click()
    edit_page.get_by_role("alert").get_by_role("link", name="Enter a number.").click()
    expect(edit_page.get_by_label("Base fee a month")).to_be_focused()
    expect(edit_page.get_by_label("Base fee a month")).to_be_in_viewport()


def test_after_back_one_edits_and_saves_again(edit_page: Page, contract: Contract) -> None:
    edit_page.get_by_label("Notes").fill("First.")
    edit_page.get_by_role("button", name="Save changes").click()
    expect_heading(edit_page, "Northwind Logistics")
    edit_page.go_back()
    edit_page.get_by_label("Notes").fill("Second.")
    edit_page.get_by_role("button", name="Save changes").click()
    expect_heading(edit_page, "Northwind Logistics")
    assert (saved(contract).notes, saved(contract).version) == ("Second.", 3)


def test_two_presses_save_once(edit_page: Page, contract: Contract) -> None:
    edit_page.get_by_label("Notes").fill("Changed.")
    edit_page.get_by_role("button", name="Save changes").dblclick()
    expect_heading(edit_page, "Northwind Logistics")
    assert saved(contract).version == 2


@pytest.mark.parametrize("step", ["renew", "expire", "cancel"])
def test_leaving_a_step_asks_once_something_is_typed(
    manager_page: Page, asked: list[str], contract: Contract, step: str
) -> None:
    manager_page.goto(address(contract, f"{step}/"))
    manager_page.get_by_label("Reason").fill("Moved away")
    leave(manager_page)
    expect(manager_page.get_by_label("Reason")).to_have_value("Moved away")
    assert asked == ["beforeunload"]


def test_a_step_untouched_is_left_and_one_taken_goes_on_without_a_question(
    manager_page: Page, asked: list[str], contract: Contract
) -> None:
    manager_page.goto(address(contract, "renew/"))
    leave(manager_page)
    expect_heading(manager_page, "Contracts")
    manager_page.goto(address(contract, "renew/"))
    manager_page.get_by_label("Reason").fill("As agreed")
    manager_page.get_by_role("button", name="Renew the contract").click()
    expect_heading(manager_page, "Northwind Logistics")
    assert asked == []


def test_the_keys_that_save_take_no_step(manager_page: Page, contract: Contract) -> None:
    manager_page.goto(address(contract, "renew/"))
    manager_page.get_by_label("Reason").fill("As agreed")
    manager_page.keyboard.press("Control+s")
    expect_heading(manager_page, "Renew: Northwind Logistics")
    assert saved(contract).version == 1


def test_leaving_a_bulk_change_asks_once_something_is_chosen(
    manager_page: Page, asked: list[str], contract: Contract
) -> None:
    manager_page.goto("/contracts/")
    manager_page.get_by_role("checkbox", name="Tick Northwind Logistics").check()
    manager_page.get_by_role("button", name="Change…").click()
    manager_page.get_by_label("Reason").fill("Moved away")
    leave(manager_page)
    expect(manager_page.get_by_label("Reason")).to_have_value("Moved away")
    assert asked == ["beforeunload"]
