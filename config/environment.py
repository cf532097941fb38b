"""Typed reading of environment variables: a malformed value stops the start with a sentence."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

ENGINES = {"django.db.backends.postgresql", "django.db.backends.sqlite3"}
TRUE = {"true", "1", "yes", "on"}
FALSE = {"false", "0", "no", "off"}

env = environ.Env()


def read_file(path: Path) -> None:
    """Take what a `.env` file says for every variable that is not set already."""
    if path.is_file():
        env.read_env(path)


def text(name: str, default: str = "") -> str:
    return str(env.str(name, default=default)).strip()


def words(name: str, default: Sequence[str] = ()) -> list[str]:
    """A comma-separated list; spaces around a word do not count."""
    return [word for word in (part.strip() for part in text(name, ",".join(default)).split(",")) if word]


def flag(name: str, *, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in TRUE | FALSE:
        return value in TRUE
    raise ImproperlyConfigured(f"{name} is “{value}”. Set it to true or false, or leave it out for {default}.")


def whole(name: str, default: int, *, least: int, most: int) -> int:
    value = text(name)
    if not value:
        return default
    if re.fullmatch(r"[+-]?[0-9]{1,18}", value) and least <= int(value) <= most:
        return int(value)
    raise ImproperlyConfigured(
        f"{name} is “{value}”. Set it to a whole number from {least} to {most}, or leave it out for {default}."
    )


def one_of(name: str, choices: Sequence[str], default: str) -> str:
    value = text(name, default)
    if value in choices:
        return value
    raise ImproperlyConfigured(f"{name} is “{value}”. Set it to one of {', '.join(choices)}.")


def database(name: str, default: str) -> dict[str, Any]:
    """The SQL database that a URL names, as Django's settings want it."""
    try:
        found = env.db_url_config(text(name) or default)
    except ValueError:
        found = {}
    if found.get("ENGINE") in ENGINES:
        return found
    # The value is not repeated, since it may hold a password.
    raise ImproperlyConfigured(
        f"{name} cannot be read. It looks like postgres://user:password@host:5432/name or sqlite:///path."
    )
