"""Every page in light and dark, on a desk and on a phone: nothing that axe finds, nothing that sticks out.

A console error or a violation of the content security policy fails a test by the fixture that opens the page.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Page
from pymongo.database import Database
from pytest_django import Settings

from mongo import client
from mongo.client import Document
from tests.browser.log_pages import BELOW_A_CONTRACT, LOG_PAGES
from tests.browser.pages import ENTRANCES, PAGES, Visit
from tests.browser.steps import make, too_wide

Axe = Callable[..., list[str]]
NewPage = Callable[..., Page]

# No colour is to be looked at halfway between two.
SETTLED = "() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null)))"
# The rules that look at colours.
ON_COLOURS = ("color-contrast", "link-in-text-block")
SIZES = {"desk": (1440, 900), "phone": (390, 844)}


@pytest.fixture
def visit(
    new_page: NewPage, admin_user: AbstractBaseUser, mongo: Database[Document], settings: Settings
) -> Iterator[Visit]:
    """A browser of an administrator's, and MongoDB as it was found when the test is over."""
    here = settings.MONGODB_URI
    page = new_page(admin_user, reduced_motion="reduce")
    yield Visit(page=page, contract=make(), mongo=mongo, settings=settings)
    settings.MONGODB_URI = here
    client.close()


def findings(page: Page, axe: Axe) -> list[str]:
    """What is wrong with the page in any size and colour."""
    found = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{size}: {part} sticks out" for part in too_wide(page)]
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours, reduced_motion="reduce")
            page.evaluate(SETTLED)
            # The rest is the same in every colour.
            rules = ON_COLOURS if colours == "dark" else ()
            found += [f"{size}, {colours}: {violation}" for violation in axe(page, *rules)]
    return found


@pytest.mark.parametrize("reach", [*PAGES, *LOG_PAGES], ids=lambda reach: reach.__name__)
def test_a_page_is_accessible_in_every_size_and_colour(
    visit: Visit, axe: Axe, reach: Callable[[Visit], None]
) -> None:
    reach(visit)
    assert findings(visit.page, axe) == []


@pytest.mark.parametrize("reach", BELOW_A_CONTRACT, ids=lambda reach: reach.__name__)
def test_the_entries_of_an_account_are_accessible_to_its_manager(
    visit: Visit, new_page: NewPage, manager: AbstractBaseUser, axe: Axe, reach: Callable[[Visit], None]
) -> None:
    page = new_page(manager, reduced_motion="reduce")
    reach(replace(visit, page=page))
    assert findings(page, axe) == []


@pytest.mark.parametrize("reach", ENTRANCES, ids=lambda reach: reach.__name__)
def test_the_entrance_is_accessible_in_every_size_and_colour(
    page: Page, axe: Axe, reach: Callable[[Page], None]
) -> None:
    reach(page)
    assert findings(page, axe) == []


def test_what_a_role_may_not_do_is_said_accessibly(new_page: NewPage, viewer: AbstractBaseUser, axe: Axe) -> None:
    page = new_page(viewer, reduced_motion="reduce")
    page.goto("/contracts/new/")
    assert findings(page, axe) == []
