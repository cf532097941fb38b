"""Typed reading of environment variables: a malformed value stops the start with a sentence."""

import re
from collections.abc import Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

SMTP = "django.core.mail.backends.smtp.EmailBackend"
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


def email(name: str, default: str) -> dict[str, Any]:
    """The way to send mail that a URL names, as Django's settings want it."""
    try:
        found = env.email_url_config(text(name) or default)
    except (ImproperlyConfigured, ValueError):
        found = {}
    if found and (found["EMAIL_BACKEND"] != SMTP or found["EMAIL_HOST"]):
        port = 465 if found.get("EMAIL_USE_SSL") else 587 if found.get("EMAIL_USE_TLS") else 25
        return found | {"EMAIL_PORT": found["EMAIL_PORT"] or port}
    # The value is not repeated, since it may hold a password.
    raise ImproperlyConfigured(
        f"{name} cannot be read. It looks like smtp+tls://user:password@host:587, or consolemail:// to print mail."
    )


def sender(name: str, default: str) -> str:
    """An address that mail comes from, with or without a name."""
    value = text(name) or default
    if value.isprintable() and re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(value)[1]):
        return value
    raise ImproperlyConfigured(f"{name} is “{value}”. It looks like Counterpart <counterpart@example.com>.")


def site(name: str, default: str) -> str:
    """The address under which people reach the site, without a slash at its end."""
    value = text(name) or default
    try:
        parts = urlsplit(value)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_bare = not (parts.query or parts.fragment or parts.username) and value.isprintable() and " " not in value
    except ValueError:
        is_address = is_bare = False
    if is_address and is_bare:
        return value.rstrip("/")
    raise ImproperlyConfigured(f"{name} is “{value}”. It looks like https://counterpart.example.com.")
