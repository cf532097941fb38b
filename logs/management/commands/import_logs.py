"""Brings the entries of a file into a log, and names what is wrong with those that it refuses."""

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from logs import importing
from logs.fields import KINDS
from logs.files import entries
from logs.importing import EXPIRED, KNOWN, NEW, REFUSED, Imported
from logs.marks import mark_touched
from logs.services import record_audit
from mongo.errors import MongoError, OutcomeUnknown
from mongo.lines import opened
from users.actor import CONSOLE

# The log that usage is counted out of.
METERED = "transactions"


class Command(BaseCommand):
    help = (
        "Bring entries into a log from NDJSON (plain or Extended JSON v2, one entry a line). Each is stored once, "
        "however often its file comes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=tuple(KINDS), help="the log that the entries belong to")
        parser.add_argument("file", help="one entry a line; - reads standard input")
        parser.add_argument("--dry-run", action="store_true", help="tell what would happen and write nothing")

    def handle(self, *, kind: str, file: str, dry_run: bool, **_: Any) -> None:
        self._outcomes: Counter[str] = Counter()
        log = KINDS[kind]
        try:
            with opened(file) as (stream, total):
                if not dry_run:
                    _record(kind, Path(file).name)
                touched = mark_touched if kind == METERED else None
                imported = importing.run(
                    entries(stream, log), log, now=datetime.now(UTC), dry_run=dry_run, touched=touched
                )
                self._tell(tqdm(imported, total=total, unit=" lines", leave=False, disable=None))
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}. {self._so_far()}") from error
        except MongoError as error:
            raise CommandError(f"{error} {self._so_far(isinstance(error, OutcomeUnknown))}") from error
        self._sum_up(is_dry=dry_run)
        if kind == METERED and self._outcomes[NEW] and not dry_run:
            call_command("roll_up_usage", touched=True, stdout=self.stdout)
        if refused := self._outcomes[REFUSED]:
            raise CommandError(f"Entries refused: {refused:,}. Nothing of them is stored.")

    def _so_far(self, is_unsure: bool = False) -> str:
        done = self._outcomes.total()
        if not done and not is_unsure:
            return "Nothing was imported."
        return f"The {done:,} entries before are done; another run stores nothing twice."

    def _tell(self, imported: Iterable[Imported]) -> None:
        for entry in imported:
            self._outcomes[entry.outcome] += 1
            for problem in entry.problems:
                parts = (f"line {entry.line}", problem.field, problem.message)
                with tqdm.external_write_mode(sys.stderr):
                    self.stderr.write(": ".join(part for part in parts if part))

    def _sum_up(self, *, is_dry: bool) -> None:
        found = self._outcomes
        self.stdout.write(", ".join(f"{found[name]:,} {name}" for name in (NEW, KNOWN, REFUSED)))
        if found[EXPIRED]:
            kept = f"the audit trail keeps entries for {settings.AUDIT_RETENTION_DAYS} days"
            self.stdout.write(f"{found[EXPIRED]:,} too old and left out: {kept}.")
        if is_dry:
            self.stdout.write("This was a dry run: nothing was written.")


def _record(kind: str, file: str) -> None:
    """What comes by a file says of itself who did it: the audit trail tells first that it came so."""
    now = datetime.now(UTC)
    record_audit(actor=CONSOLE, action="log.imported", entity=("log", kind), details={"file": file}, now=now)
