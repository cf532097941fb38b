"""The list taken away as a file: it carries the filters as they are now."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import make


@pytest.fixture
def listed(manager_page: Page) -> Page:
    make(account_id="a", account_name="Alpha")
    make(account_id="b", account_name="Beta")
    make(account_id="c", account_name="Alphabet", status="draft")
    manager_page.goto("/contracts/")
    return manager_page


def taken(page: Page, press: str) -> tuple[str, Path]:
    """The name of the file that comes, and where it lies."""
    with page.expect_download() as coming:
        page.get_by_role("link", name=press).click()
    return coming.value.suggested_filename, coming.value.path()


def test_the_file_holds_what_the_rows_have_come_to_show(listed: Page) -> None:
    listed.get_by_label("Search contracts").press_sequentially("alpha")
    listed.get_by_role("link", name="Active 1").click()
    expect(listed.locator(".row-link")).to_have_text(["Alpha"])
    listed.get_by_text("Export", exact=True).click()
    name, path = taken(listed, "Export 1 contract as NDJSON")
    assert [json.loads(line)["account_name"] for line in path.read_text().splitlines()] == ["Alpha"]
    assert name.endswith("-active-filtered.ndjson")
    expect(listed).to_have_title("Contracts · Counterpart")


def test_a_table_opens_in_a_spreadsheet_with_every_contract(listed: Page) -> None:
    listed.get_by_text("Export", exact=True).click()
    name, path = taken(listed, "Export 3 contracts as CSV")
    assert (name.endswith(".csv"), path.read_bytes()[:3]) == (True, b"\xef\xbb\xbf")
    assert len(path.read_text("utf-8-sig").splitlines()) == 4


def test_the_palette_takes_what_the_list_shows(listed: Page) -> None:
    listed.get_by_role("link", name="Draft 1").click()
    expect(listed.locator(".row-link")).to_have_text(["Alphabet"])
    listed.keyboard.press("Control+k")
    listed.keyboard.type("export 1 csv")
    expect(listed.get_by_role("option", name="Export 1 contract as CSV")).to_be_visible()
    with listed.expect_download() as coming:
        listed.keyboard.press("Enter")
    assert coming.value.suggested_filename.endswith("-draft.csv")
