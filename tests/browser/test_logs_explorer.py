"""The explorer of logs as people use it: time, values, columns and keys, on a phone and without scripts."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Locator, Page, Route, expect
from pymongo.database import Database

from mongo.client import Document
from tests.browser.steps import too_wide
from tests.logs.entries import transaction

LIST = "/logs/transactions/"
HOUR = timedelta(hours=1)
WIDE = {"width": 1440, "height": 900}
# One failure among withdrawals of the API, one deposit of the web.
KINDS = (
    {"status": "failed", "type": "withdrawal", "metadata": {"channel": "api"}},
    {"status": "completed", "type": "withdrawal", "metadata": {"channel": "api"}},
    {"status": "completed", "type": "deposit", "metadata": {"channel": "web"}},
)


@pytest.fixture
def logged(mongo: Database[Document]) -> None:
    start = datetime.now(UTC)
    mongo.transaction_logs.insert_many(
        [
            transaction(transactionId=f"tx_{number}_{hours}", timestamp=start - hours * HOUR, **fields)
            for number, fields in enumerate(KINDS)
            for hours in (2, 30, 60)
        ]
    )


@pytest.fixture
def explorer(logged: None, new_page: Callable[..., Page], admin_user: AbstractBaseUser) -> Page:
    page = new_page(admin_user, viewport=WIDE)
    page.goto(LIST)
    return page


def rows(page: Page) -> Locator:
    return page.locator(".entries tbody tr")


def bars(page: Page) -> Locator:
    return page.locator(".log-bars a")


def cell(page: Page, row: int, label: str) -> Locator:
    return rows(page).nth(row).locator(f'td[data-label="{label}"]')


def deposit(page: Page) -> Locator:
    """The type of an entry that is a deposit."""
    return page.locator('td[data-label="Type"]', has_text="deposit").first


def facet(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


# Time -----------------------------------------------------------------------------------------------------


def test_a_bar_zooms_into_its_time_and_back_leads_out(explorer: Page) -> None:
    expect(bars(explorer)).to_have_count(3)
    bars(explorer).last.click()
    expect(rows(explorer)).to_have_count(3)
    expect(explorer).to_have_url(re.compile(r"\?from=.*&to="))
    explorer.go_back()
    expect(rows(explorer)).to_have_count(9)


def test_what_is_drawn_over_is_zoomed_into(explorer: Page) -> None:
    expect(bars(explorer)).to_have_count(3)
    drag(explorer, bars(explorer).nth(1), bars(explorer).nth(2))
    expect(rows(explorer)).to_have_count(6)
    for _ in range(2):
        before = explorer.url
        explorer.get_by_role("link", name="Zoom out").click()
        expect(explorer).not_to_have_url(before)
    expect(rows(explorer)).to_have_count(9)


def drag(page: Page, start: Locator, end: Locator, *, key: str = "") -> None:
    one, other = start.bounding_box(), end.bounding_box()
    page.mouse.move(one["x"] + one["width"] / 2, one["y"] + 10)
    page.mouse.down()
    page.mouse.move(other["x"] + other["width"] / 2, other["y"] + 10, steps=5)
    expect(page.locator(".brush")).to_be_visible()
    if key:
        page.keyboard.press(key)
        expect(page.locator(".brush")).to_be_hidden()
    page.mouse.up()


def test_escape_ends_the_drawing(explorer: Page) -> None:
    expect(bars(explorer)).to_have_count(3)
    drag(explorer, bars(explorer).nth(0), bars(explorer).nth(2), key="Escape")
    expect(explorer).to_have_url(re.compile(rf"{LIST}$"))
    expect(rows(explorer)).to_have_count(9)


def test_a_bar_is_read_out_under_the_pointer_and_with_the_focus(explorer: Page) -> None:
    readout = explorer.locator(".readout")
    bars(explorer).first.hover()
    expect(readout).to_have_text(re.compile(r"\d{4} \d\d:00 – \d\d:00: 3 entries, 1 failure$"))
    box = explorer.locator(".log-bars g[data-said]").first.bounding_box()
    explorer.mouse.move(box["x"] + 2, box["y"] + 10)
    expect(readout).to_have_text(re.compile(": no entries$"))
    explorer.mouse.move(0, 0)
    expect(readout).to_be_empty()
    bars(explorer).first.focus()
    expect(readout).to_have_text(re.compile(": 3 entries, 1 failure$"))
    expect(explorer.locator(".log-bars .scale")).to_have_text("3")


def test_the_bars_are_one_stop_for_tab_and_the_arrows_go_along_them(explorer: Page) -> None:
    expect(bars(explorer)).to_have_count(3)
    bars(explorer).first.focus()
    explorer.keyboard.press("ArrowRight")
    expect(bars(explorer).nth(1)).to_be_focused()
    explorer.keyboard.press("End")
    explorer.keyboard.press("Enter")
    expect(rows(explorer)).to_have_count(3)


def test_times_of_ones_own_are_asked_for_on_the_clock_of_the_zone(explorer: Page) -> None:
    explorer.locator("#log-time").click()
    explorer.get_by_label("Times are shown in").select_option("Asia/Tokyo")
    expect(explorer.locator(".entries th").first).to_contain_text("Asia/Tokyo")
    explorer.locator("#log-time").click()
    explorer.get_by_label("From", exact=True).fill("2020-01-01T00:00")
    explorer.get_by_role("button", name="Show this time").click()
    expect(explorer.locator("#log-time")).to_contain_text("From 1 Jan 2020 00:00")
    expect(explorer).to_have_url(re.compile("zone=Asia%2FTokyo"))
    expect(rows(explorer)).to_have_count(9)


def test_the_zone_of_the_browser_is_offered(
    logged: None, new_page: Callable[..., Page], admin_user: AbstractBaseUser
) -> None:
    page = new_page(admin_user, timezone_id="Asia/Kathmandu")
    page.goto(LIST)
    expect(page.locator("#log-zone option").last).to_have_text(re.compile(r"^Asia/Kat.*\(this browser\)$"))


def test_a_time_that_ends_before_it_begins_is_told_in_place(explorer: Page) -> None:
    explorer.locator("#log-time").click()
    explorer.get_by_label("From", exact=True).fill("2026-02-01T00:00")
    explorer.get_by_label("To", exact=True).fill("2026-01-01T00:00")
    explorer.get_by_role("button", name="Show this time").click()
    expect(explorer.get_by_role("alert")).to_contain_text("it must be earlier than to")


# Values ---------------------------------------------------------------------------------------------------


def test_values_are_asked_for_and_left_out_again(explorer: Page) -> None:
    facet(explorer, "Status").get_by_role("link", name="failed 3", exact=True).click()
    expect(rows(explorer)).to_have_count(3)
    expect(facet(explorer, "Status").get_by_role("link", name="completed 6", exact=True)).to_be_visible()
    facet(explorer, "Status").get_by_role("link", name="completed 6", exact=True).click()
    expect(rows(explorer)).to_have_count(9)
    facet(explorer, "Type").get_by_role("link", name="deposit 3", exact=True).hover()
    facet(explorer, "Type").get_by_role("link", name="Leave out deposit").click()
    expect(rows(explorer)).to_have_count(6)
    expect(explorer).to_have_url(re.compile(r"\?status=failed&status=completed&-type=deposit$"))


def test_chips_turn_and_go_away(explorer: Page) -> None:
    explorer.goto(f"{LIST}?type=deposit")
    expect(rows(explorer)).to_have_count(3)
    explorer.get_by_role("link", name="leave it out instead").click()
    expect(rows(explorer)).to_have_count(6)
    explorer.get_by_role("link", name="Take away Type deposit").click()
    expect(rows(explorer)).to_have_count(9)
    expect(explorer.locator(".log-chips")).to_have_count(0)


def test_any_value_of_a_row_can_be_asked_for_left_out_or_copied(explorer: Page) -> None:
    deposit(explorer).hover()
    explorer.get_by_role("button", name="Show only entries with this value").click()
    expect(rows(explorer)).to_have_count(3)
    explorer.goto(LIST)
    deposit(explorer).hover()
    explorer.get_by_role("button", name="Leave out entries with this value").click()
    expect(explorer).to_have_url(re.compile(r"\?-type=deposit$"))
    expect(rows(explorer)).to_have_count(6)
    cell(explorer, 0, "Status").hover()
    expect(explorer.locator(".value-tools [data-copy]")).to_have_attribute(
        "data-copy", re.compile("failed|completed")
    )


def test_the_arrows_lead_from_an_entry_to_its_values(explorer: Page) -> None:
    explorer.keyboard.press("j")
    expect(explorer.locator(".row-link").first).to_be_focused()
    for _ in range(3):
        explorer.keyboard.press("ArrowRight")
    expect(cell(explorer, 0, "Type")).to_be_focused()
    value = cell(explorer, 0, "Type").get_attribute("data-value")
    explorer.keyboard.press("-")
    expect(explorer).to_have_url(re.compile(rf"\?-type={value}$"))


def test_a_search_keeps_the_filters_and_the_focus(explorer: Page) -> None:
    explorer.goto(f"{LIST}?status=completed")
    search = explorer.get_by_label("Search the entries")
    search.press_sequentially("tx_2")
    expect(rows(explorer)).to_have_count(3)
    expect(explorer).to_have_url(re.compile(r"q=tx_2&status=completed$"))
    expect(search).to_be_focused()


def test_a_list_that_is_on_its_way_is_dimmed_and_counting_dims_nothing(explorer: Page) -> None:
    held: list[Route] = []
    results = explorer.locator("#results")
    explorer.route(re.compile("/(histogram|values)/"), lambda route: held.append(route))
    explorer.reload()
    expect(explorer.locator(".log-chart")).to_have_attribute("aria-busy", "true")
    expect(results).to_have_css("opacity", "1")
    explorer.route(re.compile("q=tx_0"), lambda route: held.append(route))
    explorer.get_by_label("Search the entries").fill("tx_0")
    expect(results).to_have_css("opacity", "0.55")
    expect(results).to_have_attribute("aria-busy", "true")
    for route in held:
        route.continue_()
    expect(rows(explorer)).to_have_count(3)
    expect(results).to_have_css("opacity", "1")
    expect(results).not_to_have_attribute("aria-busy", "true")


def test_an_entry_on_its_way_dims_the_panel_alone(explorer: Page) -> None:
    rows(explorer).first.locator(".row-link").click()
    expect(explorer.locator("#entry [data-entry]")).to_be_visible()
    held: list[Route] = []
    explorer.route(re.compile(r"/logs/transactions/[0-9a-f]{24}/"), lambda route: held.append(route))
    rows(explorer).nth(1).locator(".row-link").click()
    expect(explorer.locator("#entry .entry-panel")).to_have_css("opacity", "0.55")
    expect(explorer.locator("#results")).to_have_css("opacity", "1")
    held[0].continue_()
    expect(explorer.locator("#entry .entry-panel")).to_have_css("opacity", "1")


def test_the_foot_tells_as_many_as_the_chart(explorer: Page, mongo: Database[Document]) -> None:
    entries = [transaction(timestamp=datetime.now(UTC) - 3 * HOUR, status="completed") for _ in range(60)]
    mongo.transaction_logs.insert_many([*entries, transaction(timestamp=datetime.now(UTC) + 48 * HOUR)])
    explorer.goto(LIST)
    chart = explorer.locator(".log-chart")
    expect(chart).to_contain_text("69 entries, 3 failures 1 more before or after this chart")
    expect(explorer.locator(".pager p")).to_have_text("50 entries of 70")


# Columns, rows, keys --------------------------------------------------------------------------------------


def test_columns_are_chosen_and_any_field_can_be_one(explorer: Page) -> None:
    explorer.locator("#log-columns").click()
    explorer.get_by_role("checkbox", name="Currency").check()
    explorer.get_by_role("checkbox", name="Amount").uncheck()
    explorer.get_by_label("Another field").fill("metadata.channel")
    explorer.get_by_role("button", name="Show these").click()
    headings = explorer.locator(".entries th")
    expect(headings).to_have_count(7)
    expect(headings.last).to_have_text("metadata.channel")
    expect(explorer).to_have_url(
        re.compile(r"columns=transactionId%2CuserId%2Ctype%2Cstatus%2Ccurrency%2Cmetadata")
    )


def test_a_press_on_a_row_opens_its_entry_beside_the_list(explorer: Page) -> None:
    cell(explorer, 1, "Amount").locator(".money").click()
    expect(explorer.locator("#entry [data-entry]")).to_be_visible()
    expect(explorer).to_have_url(re.compile(r"\?entry=[0-9a-f]{24}$"))
    explorer.reload()
    expect(explorer.locator("#entry [data-entry]")).to_be_visible()


def test_a_slash_finds_in_the_list(explorer: Page) -> None:
    explorer.keyboard.press("/")
    expect(explorer.get_by_label("Search the entries")).to_be_focused()
    expect(explorer.get_by_label("Find a contract")).not_to_have_attribute("data-key", "/")


def test_a_press_beside_a_menu_closes_it_and_opens_nothing(explorer: Page) -> None:
    explorer.locator("#log-time").click()
    cell(explorer, 7, "Account").click()
    expect(explorer.locator("details.menu[open]")).to_have_count(0)
    expect(explorer).to_have_url(re.compile(rf"{LIST}$"))
    cell(explorer, 7, "Account").click()
    expect(explorer).to_have_url(re.compile("entry="))


def test_keys_go_to_the_logs(explorer: Page) -> None:
    for key, path in (("r", "agents"), ("a", "audit"), ("t", "transactions")):
        explorer.keyboard.press("g")
        explorer.keyboard.press(key)
        expect(explorer).to_have_url(re.compile(rf"/logs/{path}/$"))


@pytest.mark.parametrize("query", ["", "?status=failed&-type=deposit", "?status=nope", "?foo=1", "?entry="])
def test_nothing_keeps_anybody_out(explorer: Page, axe: Callable[[Page], list[str]], query: str) -> None:
    explorer.goto(f"{LIST}{query}")
    explorer.wait_for_load_state("networkidle")
    assert axe(explorer) == []


# A phone, and no scripts ----------------------------------------------------------------------------------


def test_on_a_phone_values_are_a_drawer(
    logged: None, new_page: Callable[..., Page], admin_user: AbstractBaseUser, axe: Callable[[Page], list[str]]
) -> None:
    page = new_page(admin_user, viewport={"width": 360, "height": 780}, has_touch=True)
    page.goto(LIST)
    page.get_by_role("button", name="Values").click()
    page.get_by_role("link", name="failed 3", exact=True).click()
    expect(rows(page)).to_have_count(3)
    expect(page.locator("#facets")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.wait_for_load_state("networkidle")
    assert axe(page) == []


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("menu", ["#views-summary", ".export summary", "#log-columns", "#log-time"])
def test_on_a_phone_menus_stay_inside_the_window(
    logged: None, new_page: Callable[..., Page], admin_user: AbstractBaseUser, menu: str, width: int
) -> None:
    page = new_page(admin_user, viewport={"width": width, "height": 844}, has_touch=True)
    page.goto(LIST)
    page.locator(menu).tap()
    items = page.locator("details.menu[open] .menu-items")
    expect(items).to_be_in_viewport(ratio=1 if menu != "#log-time" else 0)
    assert too_wide(page) == []


def test_on_a_phone_the_button_of_the_columns_is_in_sight(
    logged: None, new_page: Callable[..., Page], admin_user: AbstractBaseUser
) -> None:
    page = new_page(admin_user, viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(LIST)
    page.locator("#log-columns").tap()
    expect(page.get_by_role("button", name="Show these")).to_be_in_viewport(ratio=1)


def test_on_a_phone_a_status_stands_beside_the_time(
    logged: None, new_page: Callable[..., Page], admin_user: AbstractBaseUser
) -> None:
    page = new_page(admin_user, viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(LIST)
    time, status = (rows(page).first.locator(part).bounding_box() for part in (".c-time", ".c-status"))
    assert status["y"] < time["y"] + time["height"]
    assert status["x"] >= time["x"] + time["width"]


def test_a_finger_reads_a_bar_before_it_zooms(
    logged: None, new_page: Callable[..., Page], admin_user: AbstractBaseUser
) -> None:
    page = new_page(admin_user, viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(LIST)
    bars(page).first.tap()
    expect(page.locator(".readout")).to_have_text(re.compile(": 3 entries, 1 failure$"))
    expect(page).to_have_url(re.compile(rf"{LIST}$"))
    bars(page).first.tap()
    expect(page).to_have_url(re.compile("from="))
    expect(rows(page)).to_have_count(3)


@pytest.mark.parametrize(("width", "is_beside"), [(1024, True), (1280, True), (820, False)])
def test_values_stand_beside_the_rows_while_there_is_room(
    logged: None, new_page: Callable[..., Page], admin_user: AbstractBaseUser, width: int, is_beside: bool
) -> None:
    page = new_page(admin_user, viewport={"width": width, "height": 800})
    page.goto(LIST)
    expect(page.locator(".entries thead")).to_be_visible()
    expect(facet(page, "Status")).to_be_visible(visible=is_beside)
    assert too_wide(page) == []


def test_without_scripts_everything_is_a_link_or_a_form(
    logged: None, new_page: Callable[..., Page], admin_user: AbstractBaseUser
) -> None:
    page = new_page(admin_user, java_script_enabled=False, viewport=WIDE)
    page.goto(f"{LIST}?type=withdrawal")
    page.get_by_label("Search the entries").fill("tx_0")
    page.get_by_role("button", name="Search").click()
    expect(rows(page)).to_have_count(3)
    page.get_by_role("link", name="Show the entries over time").click()
    bars(page).first.click()
    expect(rows(page)).to_have_count(1)
    page.get_by_role("link", name="Show its values").first.click()
    page.get_by_role("link", name=re.compile("^failed")).click()
    expect(rows(page)).to_have_count(1)
