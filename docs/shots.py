"""Takes the pictures of the README: `make shots`, or `python -m docs.shots` in the environment.

It looks at what `make run` serves, over throw-away databases with the demo data.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from mongo.embedded import EmbeddedServer
from tests.browser.chromium import launch

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
# A README is read before anything is installed, so its pictures stay small.
MOST_BYTES = 200_000
DESK = {"viewport": {"width": 1240, "height": 700}, "color_scheme": "light"}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 1.5,
    "is_mobile": True,
    "has_touch": True,
    "color_scheme": "dark",
}
READY = "Counterpart runs at "


def main() -> None:
    password = secrets.token_urlsafe(16)
    with served(password) as address, sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            raise SystemExit("No Chromium is installed. On Debian and Ubuntu: apt-get install chromium")
        manager = signed_in(browser, address, "manager", password, DESK)
        admin = signed_in(browser, address, "admin", password, DESK)
        take_overview(manager)
        take_contract(manager)
        take_conflict(manager, admin)
        take_phone(signed_in(browser, address, "manager", password, PHONE))
        browser.close()


@contextmanager
def served(password: str) -> Iterator[str]:
    """The application over databases of its own, with demo data; gives its address."""
    with tempfile.TemporaryDirectory(prefix="counterpart-shots-") as name, EmbeddedServer(Path(name)) as server:
        settings = {
            "DATABASE_URL": f"sqlite:///{name}/users.sqlite3",
            "MONGODB_URI": server.uri,
            "PORT": str(free_port()),
            "QUICKSTART_PASSWORD": password,
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, "manage.py", "quickstart"]
        with subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env=os.environ | settings, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                yield address_said_by(process)
            finally:
                process.send_signal(signal.SIGTERM)
                process.communicate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def address_said_by(process: subprocess.Popen[str]) -> str:
    """What the start prints once everything is ready."""
    for line in process.stdout or ():
        if line.startswith(READY):
            return line.removeprefix(READY).strip()
    raise SystemExit("The application did not start; it says why above.")


def signed_in(browser: Browser, address: str, user: str, password: str, options: dict[str, object]) -> Page:
    page = browser.new_context(base_url=address, reduced_motion="reduce", **options).new_page()
    page.goto("/")
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Overview").wait_for()
    return page


def take_overview(page: Page) -> None:
    # Anew, since the first page after sign-in holds a message.
    page.goto("/")
    keep(page, "overview")


def take_contract(page: Page) -> None:
    """The contract in force whose account uses the most of a limit."""
    page.goto("/contracts/?status=active&sort=-usage")
    page.locator(".row-link").first.click()
    page.get_by_role("heading", name="Invoice").wait_for()
    keep(page, "contract")


def take_conflict(page: Page, other: Page) -> None:
    """The same contract, edited by two people at once."""
    form = f"{page.url}edit/"
    page.goto(form)
    other.goto(form)
    fee = Decimal(page.get_by_label("Base fee a month").input_value())
    edit(other, fee + 25, notice="45", reason="Index of January")
    other.get_by_role("link", name="Edit", exact=True).wait_for()
    edit(page, fee + 60, notice="60", reason="New price list")
    page.get_by_role("heading", name="Somebody else changed this contract meanwhile").wait_for()
    page.get_by_role("row", name="Base fee a month").get_by_label("Yours").check()
    keep(page, "conflict")


def edit(page: Page, fee: Decimal, notice: str, reason: str) -> None:
    page.get_by_label("Base fee a month").fill(str(fee))
    page.get_by_label("Notice in days").fill(notice)
    page.get_by_label("Reason for this change").fill(reason)
    page.get_by_role("button", name="Save changes").click()


def take_phone(page: Page) -> None:
    page.goto("/contracts/")
    keep(page, "phone")


def keep(page: Page, name: str) -> None:
    """Store what the window shows."""
    page.evaluate("() => window.scrollTo(0, 0)")
    picture = page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")
    print(f"docs/images/{name}.png, {len(picture) // 1000} kB")  # noqa: T201
    if len(picture) > MOST_BYTES:
        raise SystemExit(f"{name} has more than {MOST_BYTES // 1000} kB.")


if __name__ == "__main__":
    main()
