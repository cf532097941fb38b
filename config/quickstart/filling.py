"""Remembers that a database is being filled, so that the next start knows of a filling that was cut short."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


def was_cut_short(folder: Path) -> bool:
    """Whether the last filling of the database in the embedded server's folder did not come to its end."""
    mark = _mark(folder)
    # The folder may hold databases of other names, which are no business of this one's.
    return mark.is_file() and mark.read_text() == settings.MONGODB_DB_NAME


@contextmanager
def marked(folder: Path) -> Iterator[None]:
    """Keep a mark in the folder while the block runs, which is left behind where it is cut short."""
    mark = _mark(folder)
    mark.write_text(settings.MONGODB_DB_NAME)
    yield
    mark.unlink()


def _mark(folder: Path) -> Path:
    return folder / "filling"
