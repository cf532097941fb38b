"""The choice of colours: at once, kept, and right from the first byte."""

import pytest
from playwright.sync_api import Page, expect

GROUND = "() => getComputedStyle(document.body).backgroundColor"


def test_a_choice_shows_at_once_and_is_in_the_next_page_from_its_first_byte(manager_page: Page) -> None:
    manager_page.goto("/contracts/")
    light = manager_page.evaluate(GROUND)
    with manager_page.expect_response("**/theme/"):
        manager_page.get_by_role("button", name="Dark colours").click()
    assert manager_page.evaluate(GROUND) != light
    assert 'data-theme="dark"' in manager_page.reload().text()
    expect(manager_page.get_by_role("button", name="Dark colours")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("system", ["light", "dark"])
def test_without_a_choice_the_colours_are_the_systems(viewer_page: Page, system: str) -> None:
    viewer_page.emulate_media(color_scheme=system)
    viewer_page.goto("/contracts/")
    undecided = viewer_page.evaluate(GROUND)
    with viewer_page.expect_response("**/theme/"):
        viewer_page.get_by_role("button", name=f"{system.capitalize()} colours").click()
    assert viewer_page.evaluate(GROUND) == undecided


def test_the_administration_wears_the_same_colours(admin_page: Page) -> None:
    admin_page.goto("/")
    with admin_page.expect_response("**/theme/"):
        admin_page.get_by_role("button", name="Dark colours").click()
    admin_page.goto("/admin/auth/user/")
    expect(admin_page.locator("body")).to_have_css("color-scheme", "dark")


def test_the_choice_outlives_signing_out(manager_page: Page) -> None:
    manager_page.goto("/")
    with manager_page.expect_response("**/theme/"):
        manager_page.get_by_role("button", name="Dark colours").click()
    manager_page.get_by_role("button", name="Sign out").click()
    expect(manager_page.locator("html")).to_have_attribute("data-theme", "dark")
