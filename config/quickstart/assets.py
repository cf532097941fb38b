"""Collects the static files when they have changed since the last time."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command


def collect(folder: Path) -> bool:
    """Collect the static files unless what was collected is of the same content; tells whether it did.

    `folder` keeps the digest of what was collected.
    """
    kept, now = folder / "static.sha256", digest()
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.is_file() and kept.is_file() and kept.read_text() == now:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    kept.write_text(now)
    return True


def digest() -> str:
    """SHA-256 of all static files, names and contents."""
    total = hashlib.sha256()
    files = sorted(
        ((path, storage) for finder in finders.get_finders() for path, storage in finder.list([])),
        key=lambda found: found[0],
    )
    for path, storage in files:
        with storage.open(path) as file:
            total.update(path.encode() + b"\0" + file.read())
    return total.hexdigest()
