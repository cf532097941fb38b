"""What is far longer than anybody planned for bends no page."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Page, expect
from pymongo.database import Database

from contracts.domain.model import AddOn, Contract, Pricing, PrimaryContact, VolumeTier
from mongo.client import Document
from tests.browser.steps import address, change, make, row, too_wide

UNBROKEN = "Wm" * 2_500
WIDTHS = (320, 768, 1440)
TIERS = tuple(
    VolumeTier(
        min_trades=number * 10 + 1,
        max_trades=number * 10 + 10 if number < 199 else None,
        price_per_trade=Decimal("0.0123456789"),
    )
    for number in range(200)
)


@pytest.fixture
def desk(new_page: Callable[..., Page], admin_user: AbstractBaseUser) -> Page:
    return new_page(admin_user, reduced_motion="reduce")


@pytest.fixture
def contract(desk: Page, mongo: Database[Document]) -> Contract:
    """A contract with the longest that its rules allow, and an account name far beyond them."""
    long = UNBROKEN[:200]
    contract = make(
        account_id=UNBROKEN[:100],
        account_name=long,
        account_manager=UNBROKEN[:150],
        base_monthly_fee=Decimal("9" * 30 + ".1234"),
        usage_based_pricing=Pricing(trade_volume_tiers=TIERS),
        primary_contact=PrimaryContact(name=long, role=UNBROKEN[:100], phone="1" * 50),
        features=(UNBROKEN[:100],) * 1,
        add_ons=(AddOn(name=long, monthly_fee=Decimal("9" * 30)),),
        tags=(UNBROKEN[:100],),
        notes=UNBROKEN,
    )
    contract = change(contract, notes="", add_ons=(), reason=UNBROKEN[:500])
    mongo.contracts.update_one({}, {"$set": {"account_name": UNBROKEN, "contract_type": UNBROKEN[:300]}})
    return contract


def too_wide_anywhere(page: Page) -> dict[int, list[str]]:
    """Width of the window → what reaches beyond it, for the widths at which something does."""
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found[width] = too_wide(page)
    return {width: parts for width, parts in found.items() if parts}


@pytest.mark.parametrize("page", ["", "edit/", "delete/", "history/", "history/1/", "history/2/"])
def test_a_contracts_pages_stay_within_the_window(desk: Page, contract: Contract, page: str) -> None:
    desk.goto(address(contract, page))
    assert too_wide_anywhere(desk) == {}


@pytest.mark.parametrize("page", ["/", "/contracts/", f"/contracts/?q={UNBROKEN[:200]}"])
def test_what_lists_contracts_stays_within_the_window(desk: Page, contract: Contract, page: str) -> None:
    desk.goto(page)
    assert too_wide_anywhere(desk) == {}


def test_two_hundred_tiers_are_edited_and_no_more_are_added(
    new_page: Callable[..., Page], manager: AbstractBaseUser
) -> None:
    page = new_page(manager)
    page.goto(address(make(usage_based_pricing=Pricing(trade_volume_tiers=TIERS)), "edit/"))
    row(page, "volume", 200).get_by_label("Price per trade").fill("1")
    expect(page.locator(".savebar")).to_contain_text("1 unsaved change")
    page.get_by_role("button", name="Add a volume tier").click()
    expect(page.locator("#volume [data-row]")).to_have_count(200)
