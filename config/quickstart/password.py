"""The demo users' password: QUICKSTART_PASSWORD, or one that is made once and kept."""

import secrets
from pathlib import Path

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from config import environment as env


def demo_password(folder: Path) -> str:
    """The password of all demo users, the same at every start."""
    return env.text("QUICKSTART_PASSWORD") or _kept(folder / "password")


def _kept(path: Path) -> str:
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12))
    return path.read_text().strip()


def weakness(password: str) -> str | None:
    """What the rules for passwords have against it, in one sentence; None where they allow it."""
    try:
        validate_password(password)
    except ValidationError as error:
        return f"QUICKSTART_PASSWORD is weak, which only a demo may be: {' '.join(error.messages)}"
    return None
