"""Writes all contracts in normal form, as NDJSON or CSV, in the order of their ids."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts import exporting, repository
from contracts.downloads import exported
from contracts.exporting import CSV, EXTENDED, PLAIN
from mongo.errors import MongoError

Write = Callable[[str], Any]


class Command(BaseCommand):
    help = "Write all contracts in normal form to standard output or a file, as import_contracts reads them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=(PLAIN, CSV), default=PLAIN, help="default: %(default)s")
        parser.add_argument("--extended", action="store_true", help="NDJSON as Extended JSON v2, which keeps types")
        parser.add_argument("--output", metavar="FILE", help="a file, which is there in full or not at all")

    def handle(self, *, format: str, extended: bool, output: str | None, **_: Any) -> None:
        if extended and format == CSV:
            raise CommandError("CSV has no types: --extended goes with NDJSON.")
        try:
            with self._opened(output, bom=format == CSV) as write:
                count = self._write(write, EXTENDED if extended else format)
                exported(format, Path(output).name if output else "standard output", count, now=datetime.now(UTC))
        except OSError as error:
            raise CommandError(f"{output or 'The output'} cannot be written: {error.strerror}.") from error
        except MongoError as error:
            raise CommandError(f"{error} The export is not complete.") from error

    def _write(self, write: Write, form: str) -> int:
        as_found, count = [], 0
        for line in exporting.lines(repository.all_documents(), form):
            count += 1
            write(line.text)
            as_found += [f"{line.contract_id or 'a contract without an id'}: {path}" for path in line.as_found]
        if as_found:
            self.stderr.write(f"{len(as_found):,} values could not be understood and stand as they were found:")
            self.stderr.write("\n".join(as_found))
        # A table begins with a header.
        return count - 1 if form == CSV else count

    @contextmanager
    def _opened(self, output: str | None, *, bom: bool) -> Iterator[Write]:
        if output is None:
            # What a pipe reads has no use for a mark of its encoding; Excel knows UTF-8 by it.
            yield lambda text: self.stdout.write(text, ending="")
            return
        part = Path(f"{output}.part")
        try:
            with part.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
                yield file.write
            part.replace(output)
        finally:
            part.unlink(missing_ok=True)
