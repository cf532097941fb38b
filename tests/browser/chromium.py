"""Finds the Chromium of this machine and starts it."""

import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

# The first is the same browser without windows, and takes two thirds of the time.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_PROGRAM = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# The sandbox needs rights that a container's root lacks; the rest keeps Chromium from calling home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Playwright) -> Browser | None:
    """A running Chromium: the machine's, else Playwright's own; None where there is neither."""
    program = _program(playwright.chromium.executable_path)
    return playwright.chromium.launch(executable_path=program, args=FLAGS) if program else None


def _program(bundled: str) -> str | None:
    installed = (found for found in map(shutil.which, PROGRAMS) if found)
    others = (str(path) for path in (Path(bundled), MAC_PROGRAM) if path.is_file())
    return next(installed, None) or next(others, None)
