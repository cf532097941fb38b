"""The day's work: worklists and their numbers beside every page, one's own views, and how near each job is."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Locator, Page, expect
from pymongo.database import Database
from pytest_django import Settings

from contracts.domain.model import Contract
from mongo import client
from mongo.client import Document
from tests.browser.pages import NOWHERE
from tests.browser.steps import FAR, address, change, expect_heading, make, too_wide
from users import saved

SOON = FAR - timedelta(days=295)
MOST_CLICKS = 3


@pytest.fixture
def ending() -> Contract:
    """The manager's contract that ends in five days."""
    return make(account_manager="manager", end_date=SOON, auto_renewal=False)


def number(page: Page, key: str) -> Locator:
    return page.locator(f"#count-{key}")


def worklist(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name="Main").get_by_role("link", name=name)


# Beside every page ---------------------------------------------------------------------------------------


def test_numbers_arrive_and_lead_to_as_many_contracts(manager_page: Page, ending: Contract) -> None:
    manager_page.goto(address(ending, "edit/"))
    expect(number(manager_page, "ends_7")).to_have_text("1")
    expect(number(manager_page, "overdue")).to_have_text("0")
    worklist(manager_page, "Ends within 7 days").click()
    expect(manager_page.locator(".row-link")).to_have_text(["Northwind Logistics"])
    expect(worklist(manager_page, "Ends within 7 days")).to_have_attribute("aria-current", "true")


def test_a_change_shows_in_the_numbers_at_once(manager_page: Page, ending: Contract) -> None:
    manager_page.goto(address(ending))
    expect(number(manager_page, "ends_7")).to_have_text("1")
    manager_page.goto(address(ending, "edit/"))
    manager_page.get_by_label("Last day").fill(FAR.isoformat())
    manager_page.get_by_role("button", name="Save changes").click()
    expect_heading(manager_page, "Northwind Logistics")
    expect(number(manager_page, "ends_7")).to_have_text("0")


def test_one_page_after_another_asks_the_server_once(manager_page: Page, ending: Contract) -> None:
    manager_page.goto("/contracts/")
    expect(number(manager_page, "ends_7")).to_have_text("1")
    change(ending, end_date=FAR)
    manager_page.goto(address(ending))
    # Somebody else's change is seen when the half minute is over.
    expect(number(manager_page, "ends_7")).to_have_text("1")


def test_the_mark_follows_the_list(manager_page: Page, ending: Contract) -> None:
    manager_page.goto("/contracts/?ends=7&sort=end")
    marked = manager_page.locator("[data-worklists] [aria-current]")
    expect(marked).to_have_text(re.compile("Ends within 7 days"))
    manager_page.get_by_role("link", name="Ends within: 7 days").click()
    expect(marked).to_have_count(0)
    manager_page.go_back()
    expect(marked).to_have_text(re.compile("Ends within 7 days"))


@pytest.fixture
def away(mongo: Database[Document], settings: Settings) -> Iterator[None]:
    settings.MONGODB_URI, here = NOWHERE, settings.MONGODB_URI
    client.close()
    yield
    settings.MONGODB_URI = here
    client.close()


def test_while_mongodb_is_away_links_stay_and_nobody_is_bothered(manager_page: Page, away: None) -> None:
    with manager_page.expect_response("**/worklists/") as answered:
        manager_page.goto("/account/password/")
    assert answered.value.status == 204
    expect(worklist(manager_page, "Overdue")).to_be_visible()
    expect(manager_page.locator(".toast")).to_have_count(0)


def test_on_a_phone_they_lie_in_the_navigation(
    new_page: Callable[..., Page], manager: AbstractBaseUser, ending: Contract
) -> None:
    phone = new_page(manager, viewport={"width": 360, "height": 740}, has_touch=True)
    phone.goto("/contracts/")
    phone.get_by_role("button", name="Open navigation").tap()
    expect(number(phone, "ends_7")).to_have_text("1")
    worklist(phone, "Ends within 7 days").tap()
    expect(phone).to_have_url(re.compile(r"ends=7&sort=end$"))
    phone.locator("#views-summary").tap()
    expect(phone.get_by_role("link", name="Ends within 60 days")).to_be_visible()
    assert too_wide(phone) == []


def test_without_javascript_the_links_lead_to_their_lists(
    new_page: Callable[..., Page], manager: AbstractBaseUser, ending: Contract
) -> None:
    plain = new_page(manager, java_script_enabled=False)
    plain.goto("/contracts/")
    worklist(plain, "Ends within 7 days").click()
    expect(plain.locator(".row-link")).to_have_count(1)
    plain.locator("#views-summary").click()
    plain.get_by_role("link", name="Save this view").click()
    plain.get_by_label("Name").fill("Soon")
    plain.get_by_role("button", name="Save the view").click()
    expect(plain.get_by_text("The view “Soon” is saved.")).to_be_visible()


# One's own views -----------------------------------------------------------------------------------------


def test_a_view_is_saved_found_and_marked_by_keyboard_alone(manager_page: Page, ending: Contract) -> None:
    manager_page.goto("/contracts/?ends=60")
    manager_page.locator("#views-summary").focus()
    manager_page.keyboard.press("Enter")
    expect(manager_page.get_by_text("None yet")).to_be_visible()
    save = manager_page.get_by_role("link", name="Save this view")
    while not save.evaluate("found => found === document.activeElement"):
        manager_page.keyboard.press("Tab")
    manager_page.keyboard.press("Enter")
    expect(manager_page.get_by_role("dialog", name="Save this view").get_by_label("Name")).to_be_focused()
    manager_page.keyboard.type("Two months")
    manager_page.keyboard.press("Enter")
    expect(manager_page.get_by_text("The view “Two months” is saved.")).to_be_visible()
    manager_page.locator("#views-summary").focus()
    manager_page.keyboard.press("Enter")
    expect(manager_page.get_by_role("link", name="Two months")).to_have_attribute("aria-current", "true")
    manager_page.keyboard.press("Escape")
    expect(manager_page.get_by_role("link", name="Two months")).to_be_hidden()
    expect(manager_page.locator("#views-summary")).to_be_focused()


def test_what_is_saved_is_the_list_as_it_has_become(manager_page: Page, ending: Contract) -> None:
    manager_page.goto("/contracts/?ends=60")
    manager_page.get_by_role("link", name="Active 1").click()
    expect(manager_page).to_have_url(re.compile("status=active"))
    manager_page.locator("#views-summary").click()
    manager_page.get_by_role("link", name="Save this view").click()
    manager_page.get_by_role("dialog").get_by_label("Name").fill("Active")
    manager_page.get_by_role("button", name="Save the view").click()
    expect(manager_page.get_by_text("is saved.")).to_be_visible()
    assert [view.query for view in saved.of("manager", "contracts")] == ["status=active&ends=60"]


def test_a_deleted_view_comes_back_by_undo(manager_page: Page) -> None:
    saved.save("manager", "contracts", "Late", "overdue=1")
    manager_page.goto("/contracts/views/")
    manager_page.get_by_role("button", name="Delete Late").click()
    expect(manager_page.get_by_text("No views of your own yet")).to_be_visible()
    manager_page.get_by_role("button", name="Undo").click()
    expect(manager_page.get_by_role("link", name="Late", exact=True)).to_be_visible()


# Ten jobs, each as near as it can be ---------------------------------------------------------------------


class Clicker:
    """Clicks from the overview on, and counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0
        page.goto("/")

    def click(self, role: str, name: str, within: str = "main") -> None:
        self.clicks += 1
        self.page.locator(within).get_by_role(role, name=name).first.click()


def open_the_days_worklist(at: Clicker) -> None:
    at.click("link", "Ends within 7 days")
    expect(at.page.locator(".row-link")).to_have_count(1)


def find_one_accounts_contract(at: Clicker) -> None:
    at.page.keyboard.press("/")
    at.page.keyboard.type("acct-1")
    at.page.keyboard.press("Enter")
    expect(at.page.locator(".row-link")).to_have_text(["Northwind Logistics"])


def read_one_contract(at: Clicker) -> None:
    at.click("link", "Northwind Logistics", within=".next")
    expect_heading(at.page, "Northwind Logistics")


def check_usage_against_limits(at: Clicker) -> None:
    read_one_contract(at)
    expect(at.page.get_by_role("heading", name=re.compile("^Usage in "))).to_be_visible()


def edit_tiers_with_a_live_example(at: Clicker) -> None:
    read_one_contract(at)
    at.click("link", "Edit")
    expect(at.page.locator("#volume-1-row")).to_be_visible()


def preview_a_change(at: Clicker) -> None:
    edit_tiers_with_a_live_example(at)
    at.page.get_by_label("Base fee a month").fill("310")
    at.click("button", "Review")
    expect(at.page.get_by_role("main")).to_contain_text("310")


def override_a_price(at: Clicker) -> None:
    edit_tiers_with_a_live_example(at)
    at.page.get_by_label("Base fee a month").fill("310")
    at.click("button", "Save changes")
    expect(at.page.get_by_role("main")).to_contain_text("310.00")


def renew_with_the_right_date(at: Clicker) -> None:
    read_one_contract(at)
    at.click("link", "Renew")
    at.click("button", "Renew the contract")
    expect_heading(at.page, "Northwind Logistics")


def revise_many_prices(at: Clicker) -> None:
    at.click("link", "Ends within 7 days")
    at.click("checkbox", "")
    at.click("button", "Change")
    expect(at.page).to_have_url(re.compile("/contracts/bulk/"))


def answer_who_changed_this(at: Clicker) -> None:
    read_one_contract(at)
    at.click("link", "History")
    expect(at.page.get_by_role("main")).to_contain_text("Maya Lindqvist")


JOBS = (
    open_the_days_worklist,
    find_one_accounts_contract,
    read_one_contract,
    check_usage_against_limits,
    edit_tiers_with_a_live_example,
    preview_a_change,
    override_a_price,
    renew_with_the_right_date,
    revise_many_prices,
    answer_who_changed_this,
)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.__name__)
def test_each_daily_job_is_at_most_three_clicks_away(
    manager_page: Page, ending: Contract, job: Callable[[Clicker], None]
) -> None:
    at = Clicker(manager_page)
    job(at)
    assert at.clicks <= MOST_CLICKS


def test_saving_a_view_stays_in_sight_however_many_there_are(
    new_page: Callable[..., Page], manager: AbstractBaseUser
) -> None:
    for number in range(20):
        saved.save("manager", "contracts", f"View {number}", f"tag=t{number}")
    page = new_page(manager, viewport={"width": 1440, "height": 900})
    page.goto("/contracts/")
    page.locator("#views-summary").click()
    expect(page.get_by_role("link", name="View 19")).to_be_attached()
    expect(page.get_by_role("link", name="Save this view…")).to_be_in_viewport(ratio=1)
    last, menu = (page.locator(f".views {part}").bounding_box() for part in (".last", ".menu-items"))
    assert last["y"] + last["height"] <= menu["y"] + menu["height"]


def test_the_heading_of_the_list_follows_its_filters(manager_page: Page, ending: Contract) -> None:
    manager_page.goto("/contracts/?ends=30&sort=end")
    expect_heading(manager_page, "Ends within 30 days")
    manager_page.get_by_role("link", name="Ends within: 30 days").click()
    expect_heading(manager_page, "Contracts")
    expect(manager_page).to_have_title("Contracts · Counterpart")


def test_a_fee_and_its_contracts_stand_on_one_line(
    new_page: Callable[..., Page], manager: AbstractBaseUser
) -> None:
    for number, currency in enumerate(("USD", "USD", "EUR")):
        make(account_id=f"a{number}", currency=currency)
    page = new_page(manager, viewport={"width": 1440, "height": 900})
    page.goto("/")
    assert page.locator(".fees dt").first.bounding_box()["height"] < 30
