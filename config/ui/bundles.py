"""A style sheet and a script for all pages, and another of each for the logs, put together from small files."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage

# Later layers and later rules win, so the order counts.
BUNDLES = {
    "app.css": (
        "css/tokens.css",
        "css/base.css",
        "css/layout.css",
        "css/components.css",
        "css/tables.css",
        "css/forms.css",
        "css/compare.css",
        "css/versions.css",
        "css/charts.css",
        "css/contracts.css",
        "css/worklists.css",
        "css/import.css",
        "css/bulk.css",
        "css/machines.css",
        "css/overlays.css",
        "css/palette.css",
        "css/utilities.css",
        "css/print.css",
    ),
    "app.js": (
        "js/page.js",
        "js/toasts.js",
        "js/theme.js",
        "js/copy.js",
        "js/nav.js",
        "js/dialogs.js",
        "js/keys.js",
        "js/palette.js",
        "js/rows.js",
        "js/ticks.js",
        "js/dirty.js",
        "js/once.js",
        "js/chart.js",
        "js/requests.js",
        "js/worklists.js",
        "js/price.js",
    ),
    # What the logs' pages need besides.
    "logs.css": (
        "css/logs.css",
        "css/tail.css",
        "css/entry.css",
        "css/analytics.css",
    ),
    "logs.js": (
        "js/explore.js",
        "js/zoom.js",
        "js/values.js",
        "js/times.js",
        "js/entry.js",
        "js/tail.js",
    ),
}


class BundleFinder(BaseFinder):
    """Gives staticfiles the bundles, written to a folder of their own whenever a part has changed."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.source = Path(settings.BASE_DIR) / "static"
        self.storage = FileSystemStorage(location=Path(settings.DATA_DIR) / "bundles")
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return [
            Error(f"{bundle} is made of {part}, which does not exist.", id="config.E003")
            for bundle, parts in BUNDLES.items()
            for part in parts
            if not (self.source / part).is_file()
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str]:
        """The path of a bundle that is up to date; [] for anything else, as staticfiles wants it."""
        if path not in BUNDLES:
            return []
        self._write(path)
        found = self.storage.path(path)
        return [found] if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for bundle in BUNDLES:
            self._write(bundle)
            yield bundle, self.storage

    def _write(self, bundle: str) -> None:
        target = Path(self.storage.path(bundle))
        content = joined(self.source, BUNDLES[bundle])
        if not target.is_file() or target.read_bytes() != content:
            replace(target, content)


def joined(source: Path, parts: tuple[str, ...]) -> bytes:
    """The parts one after the other."""
    return b"\n".join((source / part).read_bytes().strip() for part in parts) + b"\n"


def replace(target: Path, content: bytes) -> None:
    """Write a file in one step, since another process may be reading it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(target)
