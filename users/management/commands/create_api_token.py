"""Makes an API token and prints it, this once."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as SqlError
from django.utils import timezone

from users import tokens
from users.actor import CONSOLE
from users.models import SCOPES, ApiToken

MOST_DAYS = 3650


class Command(BaseCommand):
    help = "Make a token for another service. It is printed to standard output, this once; only a hash is stored."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="what will use it; the audit trail names the token by it")
        parser.add_argument(
            "--scope",
            dest="scopes",
            metavar="SCOPE",
            nargs="+",
            action="extend",
            required=True,
            help=f"what it may do, one or more of {', '.join(SCOPES)}",
        )
        parser.add_argument(
            "--expires",
            type=_end,
            metavar="DAYS|DATE",
            help="after so many days, or after a day as in 2027-01-31 in UTC; without it, never",
        )

    def handle(self, *, name: str, scopes: Sequence[str], expires: datetime | None, **_: Any) -> None:
        try:
            token, secret = tokens.issue(name, scopes, CONSOLE, expires)
        except ValidationError as problems:
            raise CommandError(" ".join(problems.messages)) from problems
        except SqlError as error:
            raise CommandError(f"No token was made, since SQL refused: {error}") from error
        self.stderr.write(_words(token))
        self.stdout.write(secret)


def _words(token: ApiToken) -> str:
    end = f"until {token.expires_at:%Y-%m-%d %H:%M} UTC" if token.expires_at else "until it is revoked"
    return f"The token “{token.name}” may do {', '.join(token.scopes)} {end}. It cannot be shown again:"


def _end(text: str) -> datetime:
    """A number of days or a last day, as the moment at which the token expires."""
    if text.isascii() and text.isdigit() and len(text) <= len(str(MOST_DAYS)) and 0 < int(text) <= MOST_DAYS:
        return timezone.now() + timedelta(days=int(text))
    try:
        return tokens.end_of(date.fromisoformat(text))
    except ValueError:
        raise ArgumentTypeError(f"give 1 to {MOST_DAYS} days, or a day as in 2027-01-31") from None
