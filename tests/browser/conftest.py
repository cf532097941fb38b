"""A real Chromium before a live server; any console error or policy violation fails the test."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as project
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect, sync_playwright
from pymongo.database import Database
from pytest_django.live_server_helper import LiveServer

from mongo.client import Document
from tests.browser.chromium import launch
from tests.conftest import NO_CHROMIUM, client_for

HERE = Path(__file__).parent
PATIENCE_MS = 10_000
# What a page is made of; an icon or a script that is missing shows in no console.
PARTS = {"stylesheet", "script", "image", "font"}
# Errors on the console that need be none. A status like 404 is what a test may ask for. A request whose place
# another takes is given up on purpose; one that fails says so by an event of its own.
NO_PROBLEMS = ("Failed to load resource", "htmx:sendAbort,", "htmx:afterRequest,")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this session. Without one the tests are skipped, save where CI promises one."""
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright's loop runs in the tests' own thread, which Django takes for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=PATIENCE_MS)
        browser = launch(playwright)
        if browser is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def new_page(
    chromium: Browser, live_server: LiveServer, mongo: Database[Document]
) -> Iterator[Callable[..., Page]]:
    """Opens pages of the live server: `new_page(user, **options of the browser context)`."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_page(user: AbstractBaseUser | None = None, **options: object) -> Page:
        context = chromium.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        if user is not None:
            context.add_cookies([{"url": live_server.url, **session_cookie(user)}])
        page = context.new_page()
        page.on("console", lambda message: problems.extend(_problem(message)))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("response", lambda response: problems.extend(_missing(response)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def session_cookie(user: AbstractBaseUser) -> dict[str, str]:
    """The cookie of a browser in which the user is signed in."""
    name = project.SESSION_COOKIE_NAME
    return {"name": name, "value": client_for(user).cookies[name].value}


def _problem(message: ConsoleMessage) -> list[str]:
    # Refusals by the policy are errors as well. What has no address comes from a script that a test put in: axe
    # sets a style now and then, which the policy refuses.
    address = message.location.get("url")
    if message.type != "error" or message.text.startswith(NO_PROBLEMS) or not address:
        return []
    return [f"{address}: {message.text}"]


def _missing(response: Response) -> list[str]:
    if response.status < 400 or response.request.resource_type not in PARTS:
        return []
    return [f"{response.url} answered {response.status}"]


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page with nobody signed in."""
    return new_page()


@pytest.fixture
def viewer_page(new_page: Callable[..., Page], viewer: AbstractBaseUser) -> Page:
    return new_page(viewer)


@pytest.fixture
def manager_page(new_page: Callable[..., Page], manager: AbstractBaseUser) -> Page:
    return new_page(manager)


@pytest.fixture
def admin_page(new_page: Callable[..., Page], admin_user: AbstractBaseUser) -> Page:
    return new_page(admin_user)


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """`axe(page)` lists what breaks accessibility on the page as it is now: rule, and the elements.

    `axe(page, *rules)` looks at these alone.
    """
    script = Axe().axe_script

    def check(page: Page, *rules: str) -> list[str]:
        # The script is large, and stays where it is until the next page.
        if not page.evaluate("'axe' in window"):
            page.evaluate(script)
        options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
        found = page.evaluate("(options) => axe.run(options).then((results) => results.violations)", options)
        return [
            f"{rule['id']}: {rule['help']} ({', '.join(str(node['target']) for node in rule['nodes'])})"
            for rule in found
        ]

    return check
