"""Tokens in a browser: made, copied and revoked, with scripts and without."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone
from playwright.sync_api import Error, Page, expect

from tests.browser.steps import expect_heading
from users import tokens

NewPage = Callable[..., Page]


def make(page: Page) -> str:
    """Make a token on its page; returns the secret that is shown."""
    page.goto("/tokens/")
    page.get_by_role("link", name="New token").click()
    page.get_by_label("Name").fill("billing-service")
    page.get_by_label("contracts:read").check()
    page.get_by_role("button", name="Make the token").click()
    expect_heading(page, "The token billing-service is made")
    return page.locator(".secret code").inner_text()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_token_is_made_and_revoked(new_page: NewPage, admin_user: AbstractBaseUser, scripts: bool) -> None:
    page = new_page(admin_user, java_script_enabled=scripts)
    secret = make(page)
    assert tokens.find(secret, timezone.now()).scopes == ["contracts:read"]
    assert secret not in page.url
    page.get_by_role("link", name="All tokens").click()
    page.get_by_role("link", name="Revoke billing-service").click()
    page.get_by_role("button", name="Revoke the token").click()
    expect(page.get_by_text("The token “billing-service” is revoked.")).to_be_visible()
    with pytest.raises(tokens.TokenEnded):
        tokens.find(secret, timezone.now())


def test_the_secret_is_copied_and_not_said_aloud(new_page: NewPage, admin_user: AbstractBaseUser) -> None:
    page = new_page(admin_user, permissions=["clipboard-read", "clipboard-write"])
    secret = make(page)
    page.get_by_role("button", name="Copy the token").click()
    expect(page.get_by_role("status", name="Messages")).to_contain_text("The token is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == secret


def test_nothing_of_the_secret_stays_in_the_browser(admin_page: Page) -> None:
    secret = make(admin_page)
    admin_page.get_by_role("link", name="All tokens").click()
    kept = admin_page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert secret not in kept
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        admin_page.go_back()


def test_the_day_is_asked_for_where_it_is_chosen(admin_page: Page) -> None:
    admin_page.goto("/tokens/new/")
    expect(admin_page.get_by_label("Last day")).to_be_hidden()
    admin_page.get_by_label("After a day of my choice").check()
    expect(admin_page.get_by_label("Last day")).to_be_visible()
