"""Usage beside the terms, in a browser: by keyboard, on a phone, in every colour."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Page, expect
from pymongo.database import Database

from contracts.domain.model import AddOn, Contract, Pricing, UsageLimits, ValueTier, VolumeTier
from mongo.client import Document
from tests.browser.steps import address, expect_heading, make, too_wide
from tests.browser.test_every_page import findings

NOW = datetime.now(UTC)
LAST_MONTH = NOW.replace(day=1) - timedelta(days=1)
LARGEST = Decimal("9" * 32 + ".99")
HOSTILE = "<b>" + "W" * 300
FITS = "box => box.scrollWidth <= box.clientWidth"
PAGES = ("", "usage/", f"usage/?month={LAST_MONTH:%Y-%m}")


@pytest.fixture
def contract(mongo: Database[Document]) -> Contract:
    """A contract over its limit in both months, with trades in currencies of every kind."""
    kinds = [("USD", Decimal("123456.78")), ("EUR", Decimal("9.5")), (HOSTILE, Decimal("9" * 30)), (None, "ten")]
    common = {"userId": "acct-1", "type": "crypto_order", "status": "completed"}
    mongo.transaction_logs.insert_many(
        {"transactionId": f"{at}-{number}", "currency": currency, "amount": amount, "timestamp": at, **common}
        for at in (NOW, LAST_MONTH)
        for number in range(3)
        for currency, amount in [kinds[number]]
    )
    return make(usage_limits=UsageLimits(max_monthly_trades=2, max_trade_value=Decimal(150_000)))


@pytest.fixture
def largest(mongo: Database[Document]) -> Contract:
    """A contract whose fees, limits and trades have as many digits as MongoDB holds."""
    common = {"userId": "acct-1", "type": "deposit", "status": "completed", "currency": "USD"}
    mongo.transaction_logs.insert_many(
        {"transactionId": f"{at}", "amount": LARGEST, "timestamp": at, **common} for at in (NOW, LAST_MONTH)
    )
    return make(
        base_monthly_fee=LARGEST,
        add_ons=(AddOn(name="Sandbox", monthly_fee=LARGEST),),
        usage_limits=UsageLimits(max_monthly_trades=2**53 - 1, max_trade_value=LARGEST),
        usage_based_pricing=Pricing(
            trade_volume_tiers=(VolumeTier(min_trades=0, price_per_trade=LARGEST),),
            trade_value_tiers=(ValueTier(min_value=Decimal(0), percentage_fee=LARGEST),),
        ),
    )


@pytest.fixture
def narrow(new_page: Callable[..., Page], manager: AbstractBaseUser) -> Page:
    return new_page(manager, viewport={"width": 390, "height": 844}, has_touch=True, reduced_motion="reduce")


def test_a_month_is_opened_by_keyboard(viewer_page: Page, contract: Contract) -> None:
    viewer_page.goto(address(contract))
    link = viewer_page.get_by_role("link", name=f"{LAST_MONTH:%B %Y} 3 trades")
    link.focus()
    assert link.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    viewer_page.keyboard.press("Enter")
    expect_heading(viewer_page, f"Usage in {LAST_MONTH:%B %Y}")
    expect(viewer_page.locator(".months [aria-current]")).to_contain_text("3 trades")


def test_months_lead_to_those_beside_them(viewer_page: Page, contract: Contract) -> None:
    viewer_page.goto(address(contract, "usage/"))
    viewer_page.get_by_role("link", name=f"{LAST_MONTH:%B %Y}", exact=True).click()
    expect_heading(viewer_page, f"Usage in {LAST_MONTH:%B %Y}")
    viewer_page.get_by_role("link", name=f"{NOW:%B %Y}", exact=True).click()
    expect_heading(viewer_page, f"Usage in {NOW:%B %Y}")


def test_the_bar_under_the_pointer_is_told(viewer_page: Page, contract: Contract) -> None:
    viewer_page.goto(address(contract, PAGES[2]))
    viewer_page.locator("#summed .column").last.hover()
    expect(viewer_page.locator("#summed-readout")).to_contain_text("3 trades by")


@pytest.mark.parametrize("width", [390, 320])
def test_nothing_sticks_out_on_a_phone(narrow: Page, contract: Contract, width: int) -> None:
    narrow.set_viewport_size({"width": width, "height": 844})
    found = []
    for page in PAGES:
        narrow.goto(address(contract, page))
        found += too_wide(narrow)
    assert found == []


@pytest.mark.parametrize("page", PAGES)
def test_the_longest_amounts_fit_on_the_narrowest_phone(narrow: Page, largest: Contract, page: str) -> None:
    narrow.set_viewport_size({"width": 320, "height": 844})
    narrow.goto(address(largest, page))
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
    invoice = narrow.get_by_role("region", name="Invoice, line by line")
    assert [found for found in (narrow.locator("main"), invoice) if not found.evaluate(FITS)] == []


@pytest.mark.parametrize("width", [320, 768, 1440])
def test_the_list_shows_every_digit_of_a_fee(narrow: Page, largest: Contract, width: int) -> None:
    narrow.set_viewport_size({"width": width, "height": 844})
    narrow.goto("/contracts/")
    parts = [narrow.locator("html"), narrow.locator("#results"), narrow.get_by_role("cell").filter(has_text="USD")]
    assert [found for found in parts if not found.evaluate(FITS)] == []


def test_an_invoice_is_read_on_a_phone_without_scrolling_it(narrow: Page, contract: Contract) -> None:
    narrow.goto(address(contract))
    box = narrow.get_by_role("region", name="Invoice, line by line")
    assert box.evaluate(FITS)


@pytest.mark.parametrize("page", PAGES[:2])
def test_usage_is_accessible_in_every_size_and_colour(
    new_page: Callable[..., Page],
    viewer: AbstractBaseUser,
    contract: Contract,
    axe: Callable[[Page], list[str]],
    page: str,
) -> None:
    opened = new_page(viewer, reduced_motion="reduce")
    opened.goto(address(contract, page))
    assert findings(opened, axe) == []
