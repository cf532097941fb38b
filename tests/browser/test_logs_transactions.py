"""Analytics of transactions and the page of one, in a browser: by keyboard, on a phone, in every colour."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Page, expect
from pymongo.database import Database

from mongo.client import Document
from tests.browser.steps import expect_heading
from tests.browser.test_every_page import findings
from tests.logs.entries import AT, numbered

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>" + "W" * 120
LARGEST = Decimal("9" * 32 + ".99")
ANALYTICS = "/logs/transactions/analytics/"
ONE = "/logs/transactions/of/?transactionId="


def entry(number: object, **fields: object) -> Document:
    return numbered(number, **{"timestamp": NOW - HOUR, **fields})


@pytest.fixture
def logged(mongo: Database[Document]) -> None:
    """Transactions of two accounts and of services that write what they like."""
    hostile = dict.fromkeys(("transactionId", "userId", "type", "currency", "status"), HOSTILE)
    statuses = ("completed", "failed", "pending")
    mongo.transaction_logs.insert_many(
        [
            *(entry(n, status=statuses[n % 3], timestamp=NOW - n * 20 * HOUR) for n in range(30)),
            *(entry(f"e{n}", userId="acct-2", currency="EUR", type="transfer") for n in range(3)),
            *(entry(f"c{n}", currency=code) for n, code in enumerate(("JPY", "CHF", "SEK", HOSTILE, None, 5))),
            entry("s", status="pending", timestamp=NOW - 9 * HOUR),
            entry("s", status="failed", timestamp=NOW - 4 * HOUR, userId="acct-2", currency="EUR", amount=LARGEST),
            entry("s", timestamp="soon", status={"a": 1}, amount="ten", userId=17),
            entry("h", **hostile, amount=HOSTILE),
            entry("l", amount=LARGEST),
        ]
    )


@pytest.mark.usefixtures("logged")
def test_an_account_is_found_and_left_again(admin_page: Page) -> None:
    admin_page.goto(f"{ANALYTICS}?last=90d&zone=Asia/Tokyo")
    admin_page.get_by_label("Account", exact=True).fill("acct-2")
    admin_page.keyboard.press("Enter")
    expect_heading(admin_page, "Analytics of acct-2")
    expect(admin_page.get_by_role("link", name="90 days")).to_have_attribute("aria-current", "true")
    assert "zone=Asia%2FTokyo" in admin_page.url
    admin_page.get_by_role("link", name="All accounts").click()
    expect_heading(admin_page, "Analytics of transactions")


@pytest.mark.usefixtures("logged")
def test_days_of_ones_own_are_asked_for(admin_page: Page) -> None:
    admin_page.goto(ANALYTICS)
    admin_page.get_by_text("From – to").click()
    day = f"{NOW - 24 * HOUR:%Y-%m-%d}"
    admin_page.get_by_label("First day").fill(day)
    admin_page.get_by_label("Last day").fill(day)
    admin_page.get_by_role("button", name="Show these days").click()
    expect(admin_page.locator(".own-days summary")).to_contain_text(f"{NOW - 24 * HOUR:%Y}")
    admin_page.get_by_role("link", name="7 days", exact=True).click()
    expect(admin_page.locator(".own-days summary")).to_contain_text("From – to")


@pytest.mark.usefixtures("logged")
def test_a_failure_opens_as_a_page_of_its_own(admin_page: Page) -> None:
    admin_page.goto(ANALYTICS)
    admin_page.locator("table.entries .row-link").first.click()
    admin_page.wait_for_url("**/logs/transactions/*/?*status=failed*")


@pytest.mark.usefixtures("logged")
def test_the_days_are_there_as_a_table_too(admin_page: Page) -> None:
    admin_page.goto(ANALYTICS)
    table = admin_page.get_by_role("table", name="Transactions over time")
    expect(table).to_be_hidden()
    admin_page.get_by_text("As a table").click()
    expect(table.get_by_role("link").first).to_be_visible()


def test_the_bar_under_the_pointer_is_told(admin_page: Page, mongo: Database[Document]) -> None:
    mongo.transaction_logs.insert_many([numbered(1, timestamp=AT), numbered(2, timestamp=AT, status="failed")])
    admin_page.goto(f"{ANALYTICS}?zone=UTC")
    admin_page.locator(f"#failed .column[data-label='{AT.day} {AT:%b}']").hover()
    expect(admin_page.locator("#failed-readout")).to_have_text(f"2 transactions, 1 failed {AT.day} {AT:%b}")


@pytest.mark.usefixtures("logged")
def test_a_step_of_a_transaction_leads_to_its_entry(admin_page: Page) -> None:
    admin_page.goto(f"{ONE}tx-s")
    link = admin_page.get_by_role("link", name=re.compile("pending ?, open this entry"))
    link.focus()
    assert link.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    admin_page.keyboard.press("Enter")
    admin_page.wait_for_url("**/logs/transactions/*/?transactionId=tx-s&last=all")


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize(
    "path",
    [
        f"{ANALYTICS}?last=90d",
        f"{ANALYTICS}?userId=nobody",
        f"{ANALYTICS}?last=all&x=1",
        f"{ONE}tx-s",
        f"{ONE}nobody",
        f"{ONE}",
        f"/logs/transactions/of/?{urlencode({'transactionId': HOSTILE})}",
    ],
    ids=["analytics", "nothing", "bad", "transaction", "none", "unnamed", "hostile"],
)
def test_the_pages_are_accessible_in_every_size_and_colour(
    new_page: Callable[..., Page], admin_user: AbstractBaseUser, axe: Callable[[Page], list[str]], path: str
) -> None:
    page = new_page(admin_user, reduced_motion="reduce")
    page.on("dialog", lambda dialog: pytest.fail(f"A script ran: {dialog.message}"))
    page.goto(path)
    for summary in page.locator("details.as-table > summary, details.more-currencies > summary").all():
        summary.click()
    assert findings(page, axe) == []


@pytest.mark.usefixtures("logged")
def test_the_page_works_without_javascript(new_page: Callable[..., Page], admin_user: AbstractBaseUser) -> None:
    page = new_page(admin_user, java_script_enabled=False)
    page.goto(ANALYTICS)
    page.get_by_label("Account", exact=True).fill("acct-2")
    page.get_by_role("button", name="Show", exact=True).click()
    expect_heading(page, "Analytics of acct-2")
