"""An entry's page and the panel beside the list: opened, stepped through, closed; by mouse and by keyboard."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Locator, Page, expect
from pymongo.database import Database

from mongo.client import Document
from tests.browser.steps import too_wide
from tests.logs.entries import MADE, address, agent_run, stored, transaction
from tests.logs.hostile import VALUES, filled
from tests.logs.payloads import BREAKING_OUT, MARKUP

COUNT = 8
PHONE = {"width": 390, "height": 844}
# As large as a finger, in pixels.
TOUCHED = 44
SMALL = {"value": 1, "flag": True, "text": "some words " * 8, "more": {"a": "b"}}
WIDTHS = (320, 768, 1280, 1440)


@pytest.fixture
def made(mongo: Database[Document]) -> list[Document]:
    """Transactions of the last minutes, newest first."""
    now = datetime.now(UTC).replace(microsecond=0)
    entries = [
        transaction(transactionId=f"tx_{number}", timestamp=now - timedelta(minutes=number))
        for number in range(COUNT)
    ]
    mongo.transaction_logs.insert_many(entries)
    return entries


@pytest.fixture
def listed(admin_page: Page, made: list[Document]) -> Page:
    admin_page.goto("/logs/transactions/?last=24h")
    return admin_page


def link(page: Page, entry: Document) -> Locator:
    return page.locator(f'tr[data-id="{entry["_id"]}"] .row-link')


def open_entry(page: Page) -> str | None:
    """The entry that the address says is open."""
    return parse_qs(urlsplit(page.url).query).get("entry", [None])[0]


def expect_open(page: Page, entry: Document) -> None:
    expect(page.locator(f'#entry [data-entry="{entry["_id"]}"]')).to_be_visible()
    expect(page).to_have_url(re.compile(f"entry={entry['_id']}"))
    expect(link(page, entry)).to_have_attribute("aria-current", "true")
    expect(page.locator(".row-link[aria-current]")).to_have_count(1)


def expect_closed(page: Page) -> None:
    expect(page.locator("#entry [data-entry]")).to_have_count(0)
    expect(page.locator(".row-link[aria-current]")).to_have_count(0)
    assert open_entry(page) is None


def test_a_row_opens_its_entry_beside_the_list(listed: Page, made: list[Document]) -> None:
    link(listed, made[2]).click()
    expect_open(listed, made[2])
    expect(listed.get_by_role("heading", name="Withdrawal of 29.33 USD")).to_be_focused()
    expect(link(listed, made[3])).to_be_visible()


def test_j_and_k_step_through_the_list_while_an_entry_is_open(listed: Page, made: list[Document]) -> None:
    link(listed, made[2]).click()
    expect_open(listed, made[2])
    listed.keyboard.press("j")
    expect_open(listed, made[3])
    listed.keyboard.press("k")
    expect_open(listed, made[2])
    listed.keyboard.press("k")
    expect_open(listed, made[1])


def test_arrows_step_as_well(listed: Page, made: list[Document]) -> None:
    link(listed, made[2]).click()
    expect_open(listed, made[2])
    expect(listed.locator("#entry-h")).to_be_focused()
    listed.keyboard.press("ArrowDown")
    expect_open(listed, made[3])
    expect(listed.locator("#entry-h")).to_be_focused()
    listed.keyboard.press("ArrowUp")
    expect_open(listed, made[2])


def test_single_keys_turned_off_step_nowhere(listed: Page, made: list[Document]) -> None:
    link(listed, made[2]).click()
    expect_open(listed, made[2])
    listed.context.add_cookies([{"name": "keys", "value": "off", "url": listed.url}])
    listed.keyboard.press("j")
    listed.keyboard.press("ArrowDown")
    expect_open(listed, made[3])


def test_the_last_entry_is_told_to_be_the_last(listed: Page, made: list[Document]) -> None:
    link(listed, made[-1]).click()
    expect_open(listed, made[-1])
    listed.keyboard.press("j")
    expect(listed.get_by_text("This is the last entry.")).to_be_attached()
    expect_open(listed, made[-1])


def test_escape_closes_and_gives_the_focus_back(listed: Page, made: list[Document]) -> None:
    link(listed, made[2]).press("Enter")
    expect_open(listed, made[2])
    listed.keyboard.press("j")
    expect_open(listed, made[3])
    listed.keyboard.press("Escape")
    expect_closed(listed)
    expect(link(listed, made[3])).to_be_focused()
    assert parse_qs(urlsplit(listed.url).query) == {"last": ["24h"]}


def test_the_button_closes_it_too(listed: Page, made: list[Document]) -> None:
    link(listed, made[0]).click()
    expect_open(listed, made[0])
    listed.get_by_role("link", name="Close the entry").click()
    expect_closed(listed)
    expect(link(listed, made[0])).to_be_focused()


def test_back_leads_to_the_entry_before(listed: Page, made: list[Document]) -> None:
    link(listed, made[1]).click()
    expect_open(listed, made[1])
    listed.keyboard.press("j")
    expect_open(listed, made[2])
    listed.go_back()
    expect_open(listed, made[1])
    listed.go_back()
    expect_closed(listed)


def test_the_address_of_an_open_entry_opens_it_again(listed: Page, made: list[Document]) -> None:
    link(listed, made[4]).click()
    expect_open(listed, made[4])
    listed.reload()
    expect_open(listed, made[4])


def test_a_value_in_the_panel_filters_the_list(listed: Page, made: list[Document]) -> None:
    link(listed, made[5]).click()
    listed.get_by_role("link", name="Filter for this Transaction").click()
    expect(listed.locator("tr[data-id]")).to_have_count(1)
    assert parse_qs(urlsplit(listed.url).query) == {"last": ["24h"], "transactionId": ["tx_5"]}


def test_an_entry_that_is_gone_is_told_in_the_panel(
    listed: Page, mongo: Database[Document], made: list[Document]
) -> None:
    mongo.transaction_logs.delete_one({"_id": made[2]["_id"]})
    link(listed, made[2]).click()
    expect_open(listed, made[2])
    expect(listed.get_by_role("heading", name="This entry is not there")).to_be_focused()
    expect(listed.locator("#toasts .toast")).to_have_count(0)
    listed.locator("#entry").get_by_text("Close", exact=True).click()
    expect_closed(listed)


def test_a_part_is_unfolded_and_folded_as_a_whole(admin_page: Page, mongo: Database[Document]) -> None:
    output = {f"field_{number}": SMALL for number in range(100)}
    entry = stored(mongo, "agents", agent_run(timestamp=datetime.now(UTC), output=output))
    admin_page.goto(f"/logs/agents/?last=24h&entry={entry['_id']}")
    part = admin_page.get_by_role("region", name="Output")
    deep = part.get_by_text("b", exact=True).last
    expect(deep).to_be_hidden()
    part.get_by_role("button", name="Unfold all").click()
    expect(deep).to_be_visible()
    part.get_by_role("button", name="Fold all").click()
    expect(part.locator("details[open]")).to_have_count(0)


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1440, "height": 900}], ids=["phone", "desk"])
def test_a_huge_entry_is_no_endless_page(
    admin_page: Page, mongo: Database[Document], viewport: dict[str, int]
) -> None:
    output = {"items": [SMALL] * 168, "fields": {f"field_{number}": SMALL for number in range(200)}}
    entry = stored(
        mongo, "agents", agent_run(timestamp=datetime.now(UTC), input={"few": [SMALL] * 9}, output=output)
    )
    admin_page.set_viewport_size(viewport)
    admin_page.goto(f"/logs/agents/?last=24h&entry={entry['_id']}")
    expect(admin_page.locator("#entry [data-entry]")).to_be_visible()
    assert admin_page.locator("#entry").evaluate("panel => panel.scrollHeight") < 6_000
    assert too_wide(admin_page) == []


def test_why_it_failed_is_seen_at_once(admin_page: Page, mongo: Database[Document]) -> None:
    entry = stored(mongo, "agents", agent_run(timestamp=datetime.now(UTC)))
    for path in (f"/logs/agents/?last=24h&entry={entry['_id']}", address("agents", entry["_id"])):
        admin_page.goto(path)
        expect(admin_page.get_by_text("Line one.")).to_be_in_viewport()


@pytest.fixture
def phone(listed: Page, made: list[Document]) -> Page:
    """A list on a phone with an entry open in its place."""
    listed.set_viewport_size(PHONE)
    link(listed, made[2]).click()
    expect(listed.locator("#entry-h")).to_be_focused()
    return listed


def test_on_a_phone_the_entry_can_be_left_from_anywhere(phone: Page) -> None:
    header = phone.locator(".entry-panel > header")
    assert header.bounding_box()["height"] <= 64
    phone.mouse.wheel(0, 600)
    expect(phone.get_by_text("All entries of this transaction")).to_be_in_viewport()
    for name in ("Next entry", "Close the entry"):
        expect(phone.get_by_role("link", name=name)).to_be_in_viewport(ratio=1)


def test_on_a_phone_all_of_the_panel_can_be_touched(phone: Page) -> None:
    phone.get_by_text("More fields").click()
    found = phone.locator("#entry :is(.asks, nav, .entry-head) :is(a, button)").all()
    sizes = [one.bounding_box() for one in found]
    assert len(sizes) > 15
    assert [size for size in sizes if min(size["width"], size["height"]) < TOUCHED] == []
    assert too_wide(phone) == []


def test_on_a_phone_a_value_stands_below_its_name(phone: Page) -> None:
    name, value = (
        phone.get_by_role("term").nth(1).bounding_box(),
        phone.get_by_role("definition").nth(1).bounding_box(),
    )
    assert (name["x"], name["y"] + name["height"]) == pytest.approx((value["x"], value["y"]), abs=1)


def test_the_entry_is_copied_as_json(
    new_page: Callable[..., Page], admin_user: AbstractBaseUser, made: list[Document]
) -> None:
    page = new_page(admin_user, permissions=["clipboard-read", "clipboard-write"])
    page.goto(address("transactions", made[0]["_id"]))
    page.get_by_role("button", name="Copy JSON").click()
    expect(page.get_by_text("Copied the entry as JSON.")).to_be_visible()
    assert '"transactionId": "tx_0"' in page.evaluate("() => navigator.clipboard.readText()")


def test_without_javascript_rows_lead_to_pages(
    new_page: Callable[..., Page], admin_user: AbstractBaseUser, made: list[Document]
) -> None:
    page = new_page(admin_user, java_script_enabled=False)
    page.goto("/logs/transactions/?last=24h")
    link(page, made[3]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Withdrawal of 29.33 USD")
    page.get_by_role("link", name="See it in the list").click()
    expect(link(page, made[3])).to_be_visible()


@pytest.mark.parametrize("log", MADE)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_and_the_panel_have_no_barriers(
    new_page: Callable[..., Page],
    admin_user: AbstractBaseUser,
    mongo: Database[Document],
    axe: Callable[[Page], list[str]],
    log: str,
    theme: str,
) -> None:
    entry = stored(mongo, log, MADE[log](timestamp=datetime.now(UTC)))
    page = new_page(admin_user, color_scheme=theme, reduced_motion="reduce")
    page.goto(address(log, entry["_id"]))
    assert axe(page) == []
    page.goto(f"/logs/{log}/?last=24h")
    link(page, entry).click()
    expect(page.locator("#entry [data-entry]")).to_be_visible()
    assert axe(page) == []


@pytest.mark.parametrize("text", ["Wm" * 2_000, "word " * 2_000], ids=["unbroken", "long"])
def test_long_texts_stay_within_the_window(admin_page: Page, mongo: Database[Document], text: str) -> None:
    entry = stored(
        mongo, "agents", filled("agents", text, output={"values": VALUES, text[:500]: {text[:300]: text}})
    )
    for width in WIDTHS:
        admin_page.set_viewport_size({"width": width, "height": 900})
        admin_page.goto(address("agents", entry["_id"]))
        assert too_wide(admin_page) == [], width
        admin_page.goto(f"/logs/agents/?last=24h&entry={entry['_id']}")
        expect(admin_page.locator("#entry [data-entry]")).to_be_visible()
        assert too_wide(admin_page) == [], width


def test_hostile_texts_run_nothing(admin_page: Page, mongo: Database[Document]) -> None:
    """Whatever runs would end in the console, of which the fixture makes a failure."""
    texts = [*MARKUP, *BREAKING_OUT]
    for log in MADE:
        entries = [stored(mongo, log, filled(log, text)) for text in texts]
        admin_page.goto(f"/logs/{log}/?last=24h")
        link(admin_page, entries[-1]).click()
        expect(admin_page.locator("#entry [data-entry]")).to_be_visible()
        admin_page.goto(address(log, entries[0]["_id"]))
        assert admin_page.locator("[onerror], [onload], [onclick], [hx-get='/pwned'], pwned-element").count() == 0
