"""A file is uploaded, mapped, looked over and imported in a browser: with a mouse, by keyboard, on a phone."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Page, expect

from contracts import exporting, repository
from contracts.documents import to_document
from contracts.uploads import repository as uploads
from contracts.uploads import running
from tests.browser.steps import change, end_sessions, expect_heading, make, saved, sign_in, too_wide
from tests.factories import make_contract

UPLOAD = "/contracts/import/"


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    """A table as a spreadsheet of another country writes it, headed by words of its own."""
    rows = [f"crm-{n};Customer {n};2026-01-01;{n}99.00;EUR;red" for n in range(1, 31)]
    path = tmp_path / "customers.csv"
    path.write_text("\n".join(["Account ID;Name;Start;Base fee a month;Currency;Colour", *rows]), "utf-8-sig")
    return path


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """A contract that exists, changed; two new ones; and one that breaks a rule."""
    contract = make()
    documents = [
        {"contract_id": contract.contract_id, "notes": "From the file.", "version": 1},
        *(_document(account_id=f"new-{n}", account_name=f"New {n}") for n in (1, 2)),
        _document(account_id="bad") | {"currency": "XXX"},
    ]
    path = tmp_path / "contracts.ndjson"
    path.write_text("".join(f"{json.dumps(document)}\n" for document in documents))
    return path


def _document(**terms: str) -> dict[str, object]:
    return json.loads(next(exporting.lines([to_document(make_contract(**terms))])).text)


def upload(page: Page, path: Path, mode: str = "") -> None:
    page.goto(UPLOAD)
    page.locator("#id_file").set_input_files(path)
    if mode:
        page.get_by_label(mode).check()
    page.get_by_role("button", name="Upload and preview").click()


def begin(page: Page, user: AbstractBaseUser) -> str:
    """Begin what the preview offers without its page, as one that is closed at once does; the import's id."""
    found = uploads.find(page.url.rstrip("/").rpartition("/")[2], user.pk)
    assert running.start(found, found.plan)
    return found.import_id


def test_a_table_is_mapped_previewed_and_imported(manager_page: Page, customers: Path) -> None:
    upload(manager_page, customers)
    expect_heading(manager_page, "What the columns mean")
    expect(manager_page.get_by_label("Colour", exact=True)).to_have_value("")
    manager_page.get_by_label("Name", exact=True).select_option("account_name")
    manager_page.get_by_role("button", name="Go on to the preview").click()
    manager_page.get_by_role("button", name="Import 30 new").click()
    expect_heading(manager_page, "Imported")
    expect(manager_page.get_by_role("link", name="Added 30")).to_be_visible()
    manager_page.get_by_role("link", name="Customer 7", exact=True).click()
    expect_heading(manager_page, "Customer 7")
    assert repository.get_by_account("crm-7").currency == "EUR"


def test_two_columns_on_one_field_are_an_error_beside_them(manager_page: Page, customers: Path) -> None:
    upload(manager_page, customers)
    manager_page.get_by_label("Name", exact=True).select_option("account_id")
    manager_page.get_by_role("button", name="Go on to the preview").click()
    expect(manager_page.get_by_role("alert")).to_be_focused()
    expect(manager_page.locator(".mapping .errorlist")).to_have_count(2)
    expect(manager_page.get_by_label("Name", exact=True)).to_have_value("account_id")


def test_the_preview_shows_each_outcome_and_the_report_what_came_of_it(manager_page: Page, lines: Path) -> None:
    upload(manager_page, lines, "Also change contracts that are still at the version")
    expect(manager_page.locator(".reasons")).to_have_text("Currency Give an ISO 4217 code, such as USD or EUR.")
    manager_page.get_by_role("link", name="Changed 1").click()
    expect(manager_page.locator("ins")).to_have_text("From the file.")
    with manager_page.expect_download() as download:
        manager_page.get_by_role("link", name="Refused 1").click()
        manager_page.get_by_role("link", name="Refused rows as CSV").click()
    assert download.value.suggested_filename == "import-refused.csv"
    manager_page.get_by_role("button", name="Import 2 new and change 1").click()
    expect_heading(manager_page, "Imported")
    expect(manager_page.locator(".page-head .sub")).to_contain_text("2 added, 1 changed, 0 unchanged, 1 refused")


def test_what_somebody_changed_meanwhile_is_refused_in_the_report(manager_page: Page, lines: Path) -> None:
    upload(manager_page, lines, "Also change contracts whatever their version")
    manager_page.get_by_role("button", name="Import 2 new and change 1").wait_for()
    contract = change(repository.get_by_account("acct-1"), notes="Theirs.")
    manager_page.get_by_role("button", name="Import 2 new and change 1").click()
    expect(manager_page.get_by_text("1 row refused after the preview")).to_be_visible()
    expect(manager_page.get_by_text("Somebody changed the contract after it was compared")).to_be_visible()
    assert saved(contract).notes == "Theirs."


def test_a_page_that_was_closed_goes_on_when_it_is_opened_again(
    manager_page: Page, manager: AbstractBaseUser, lines: Path
) -> None:
    upload(manager_page, lines)
    manager_page.get_by_role("button", name="Import 2 new").wait_for()
    begin(manager_page, manager)
    address = manager_page.url
    manager_page.goto(UPLOAD)
    expect(manager_page.get_by_text("Stopped in the middle")).to_be_visible()
    manager_page.get_by_role("link", name="Continue with contracts.ndjson").click()
    expect_heading(manager_page, "Imported")
    assert (manager_page.url, repository.count()) == (address, 3)


def test_while_another_window_is_at_it_this_one_waits(
    manager_page: Page, manager: AbstractBaseUser, lines: Path
) -> None:
    upload(manager_page, lines)
    manager_page.get_by_role("button", name="Import 2 new").wait_for()
    other = uploads.claim(begin(manager_page, manager), manager.pk)
    assert other is not None
    manager_page.reload()
    expect_heading(manager_page, "Importing")
    expect(manager_page.locator("#running")).to_have_attribute("hx-trigger", "every 4s")
    assert repository.count() == 1
    with other.released():
        pass
    expect_heading(manager_page, "Imported")


def test_it_is_stopped_waited_for_and_gone_on_with(
    manager_page: Page, manager: AbstractBaseUser, lines: Path
) -> None:
    upload(manager_page, lines)
    manager_page.get_by_role("button", name="Import 2 new").wait_for()
    other = uploads.claim(begin(manager_page, manager), manager.pk)
    assert other is not None
    manager_page.reload()
    manager_page.get_by_role("button", name="Stop after this slice").click()
    expect_heading(manager_page, "Stopping")
    with other.released():
        pass
    expect_heading(manager_page, "Stopped")
    expect(manager_page.get_by_role("heading", name="0 of 2 rows done")).to_be_focused()
    manager_page.get_by_role("button", name="Continue").click()
    expect_heading(manager_page, "Imported")


def test_a_session_that_ended_asks_for_the_file_again(manager_page: Page, lines: Path) -> None:
    manager_page.goto(UPLOAD)
    manager_page.get_by_label("Also change contracts whatever their version").check()
    manager_page.locator("#id_file").set_input_files(lines)
    end_sessions()
    manager_page.get_by_role("button", name="Upload and preview").click()
    sign_in(manager_page, "manager")
    expect(manager_page.get_by_text("Choose the file again")).to_be_visible()
    expect(manager_page.get_by_label("Also change contracts whatever their version")).to_be_checked()


def test_it_needs_no_mouse(manager_page: Page, customers: Path) -> None:
    upload(manager_page, customers)
    expect_heading(manager_page, "What the columns mean")
    manager_page.get_by_label("Name", exact=True).focus()
    manager_page.keyboard.type("Account name")
    manager_page.keyboard.press("Enter")
    manager_page.get_by_role("button", name="Go on to the preview").focus()
    manager_page.keyboard.press("Enter")
    # The preview begins where the focus is: at its outcome, one step before the button.
    expect(manager_page.get_by_role("heading", name="Ready to import")).to_be_focused()
    manager_page.keyboard.press("Tab")
    expect(manager_page.get_by_role("button", name="Import 30 new")).to_be_focused()
    manager_page.keyboard.press("Enter")
    expect_heading(manager_page, "Imported")


def test_without_javascript_a_button_goes_on(
    new_page: Callable[..., Page], manager: AbstractBaseUser, lines: Path
) -> None:
    page = new_page(manager, java_script_enabled=False)
    upload(page, lines)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Import 2 new").click()
    expect_heading(page, "Importing")
    page.get_by_role("button", name="Continue").click()
    expect_heading(page, "Imported")


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_nothing_sticks_out(
    new_page: Callable[..., Page], manager: AbstractBaseUser, lines: Path, customers: Path, width: int
) -> None:
    page = new_page(manager, viewport={"width": width, "height": 700}, has_touch=True, reduced_motion="reduce")
    upload(page, customers)
    expect_heading(page, "What the columns mean")
    assert too_wide(page) == []
    upload(page, lines, "Also change contracts whatever their version")
    expect_heading(page, "Preview")
    for show in ("new", "changed", "refused"):
        page.goto(f"{page.url.partition('?')[0]}?show={show}")
        assert too_wide(page) == []
    page.get_by_role("button", name="Import 2 new and change 1").tap()
    expect_heading(page, "Imported")
    assert too_wide(page) == []
