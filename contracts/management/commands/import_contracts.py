"""Brings the contracts of a file in, row by row, and names what is wrong with those that it refuses."""

import getpass
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from contracts import importing
from contracts.files import ndjson
from contracts.files.formats import FormatUnknown, reader_for
from contracts.files.table import ColumnsUnreadable
from contracts.planning import OUTCOMES, REASON, REFUSED, Mode, Planned
from mongo.errors import MongoError
from mongo.lines import STDIN, opened
from users.actor import Actor


class Command(BaseCommand):
    help = (
        "Bring in contracts from NDJSON (plain or Extended JSON v2, one contract a line) or from CSV (headed by "
        "dotted paths of fields). What the file does not mention stays as it is; the renewal date follows the end."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help=".ndjson, .jsonl, .json or .csv; - reads NDJSON from standard input")
        parser.add_argument("--dry-run", action="store_true", help="tell what would happen and write nothing")
        parser.add_argument("--update", action="store_true", help="change contracts still at the file's version")
        parser.add_argument("--overwrite", action="store_true", help="change contracts at any version")

    def handle(self, *, file: str, dry_run: bool, update: bool, overwrite: bool, **_: Any) -> None:
        self._outcomes: Counter[str] = Counter()
        self._ignored: Counter[str] = Counter()
        try:
            rows = ndjson.rows if file == STDIN else reader_for(file)
            with opened(file) as (stream, total):
                planned = importing.run(
                    rows(stream), Mode(update, overwrite), actor=_actor(), reason=_reason(file), dry_run=dry_run
                )
                self._tell(tqdm(planned, total=total, unit=" lines", leave=False, disable=None))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}. {self._so_far()}") from error
        except (FormatUnknown, ColumnsUnreadable, MongoError) as error:
            raise CommandError(f"{error} {self._so_far()}") from error
        self._sum_up(is_dry=dry_run)

    def _so_far(self) -> str:
        done = sum(self._outcomes[name] for name in OUTCOMES)
        if not done:
            return "Nothing was imported."
        return f"The {done:,} rows before are done; another run leaves what is stored as it is."

    def _tell(self, planned: Iterable[Planned]) -> None:
        for row in planned:
            self._outcomes[row.outcome] += 1
            self._outcomes["existing"] += row.exists
            self._ignored.update(row.ignored)
            for problem in row.problems:
                parts = (f"line {row.line}", problem.path, problem.message)
                with tqdm.external_write_mode(sys.stderr):
                    self.stderr.write(": ".join(part for part in parts if part))

    def _sum_up(self, *, is_dry: bool) -> None:
        for name, count in self._ignored.items():
            self.stderr.write(f"ignored: {name} (rows: {count:,})")
        found = self._outcomes
        self.stdout.write(", ".join(f"{found[name]:,} {name}" for name in OUTCOMES))
        if is_dry:
            self.stdout.write("This was a dry run: nothing was written.")
        if found["existing"]:
            self.stdout.write("Contracts that exist are changed with --update.")
        if found[REFUSED]:
            raise CommandError(f"Rows refused: {found[REFUSED]:,}. Nothing of them is stored.")


def _reason(file: str) -> str:
    return REASON if file == STDIN else f"Imported from {PurePath(file).name}"


def _actor() -> Actor:
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        # A container may run under a number that no user has.
        name = "import"
    return Actor(id=name, name="Import", via="import")
