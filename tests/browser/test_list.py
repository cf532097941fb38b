"""The list as scripts drive it: rows follow what is typed and chosen, and the address says it all."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.steps import make


@pytest.fixture
def listed(manager_page: Page) -> Page:
    make(account_id="a", account_name="Alpha", contract_type="basic")
    make(account_id="b", account_name="Beta", base_monthly_fee=Decimal(900), account_manager="tom")
    make(account_id="c", account_name="Alphabet", status="draft")
    manager_page.goto("/contracts/")
    return manager_page


def test_the_rows_follow_what_is_typed_and_chosen(listed: Page) -> None:
    names = listed.locator(".row-link")
    search = listed.get_by_label("Search contracts")
    search.press_sequentially("alpha")
    expect(names).to_have_text(["Alpha", "Alphabet"])
    expect(search).to_be_focused()
    listed.get_by_role("link", name="Draft 1").click()
    expect(names).to_have_text(["Alphabet"])
    search.fill("alp")
    expect(listed).to_have_url(re.compile(r"q=alp&status=draft$"))
    expect(names).to_have_text(["Alphabet"])
    listed.get_by_role("link", name="All 2").click()
    expect(listed).to_have_url(re.compile(r"q=alp$"))
    listed.get_by_label("Plan").select_option("Basic")
    expect(listed).to_have_url(re.compile(r"q=alp&contract_type=basic$"))
    expect(names).to_have_text(["Alpha"])


def test_taking_a_filter_away_empties_its_control_too(listed: Page) -> None:
    listed.get_by_label("Account manager").select_option("tom")
    expect(listed.locator(".row-link")).to_have_text(["Beta"])
    listed.get_by_role("link", name="Manager: tom").click()
    expect(listed.locator(".row-link")).to_have_count(3)
    expect(listed.get_by_label("Account manager")).to_have_value("")


def test_back_and_a_reload_show_the_same_rows(listed: Page) -> None:
    listed.get_by_role("link", name="Base fee").click()
    expect(listed.locator("th[aria-sort=ascending]")).to_contain_text("Base fee")
    listed.get_by_role("link", name="Base fee").click()
    names = listed.locator(".row-link")
    expect(names).to_have_text(["Beta", "Alpha", "Alphabet"])
    listed.reload()
    expect(names).to_have_text(["Beta", "Alpha", "Alphabet"])
    names.first.click()
    listed.go_back()
    expect(names).to_have_text(["Beta", "Alpha", "Alphabet"])


def test_rows_on_their_way_dim_those_that_are_there(listed: Page) -> None:
    held: list[Route] = []
    listed.route(re.compile("q=alpha$"), lambda route: held.append(route))
    listed.get_by_label("Search contracts").fill("alpha")
    results = listed.locator("#results")
    expect(results).to_have_css("opacity", "0.55")
    expect(results).to_have_attribute("aria-busy", "true")
    held[0].continue_()
    expect(listed.locator(".row-link")).to_have_text(["Alpha", "Alphabet"])
    expect(results).to_have_css("opacity", "1")
    expect(results).not_to_have_attribute("aria-busy", "true")
