"""Brings the rows of an SQL table into the audit trail, and names those that are odd or cannot be stored."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from logs.domain.moments import NoMoment, bound_of
from logs.importing import REFUSED
from logs.migrating import Migration
from logs.sql.database import SqlUnusable
from logs.sql.source import opened
from mongo.errors import MongoError

LARGEST_BATCH = 100_000


class Command(BaseCommand):
    help = "Bring an SQL table of audit entries into the audit trail, each row once, however often it runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database", default="default", help="alias of the settings, or URL (%(default)s)")
        parser.add_argument("--table", default="AuditLog", help="or schema.table; case counts (%(default)s)")
        parser.add_argument("--columns", default="", help="where they are not called as fields: userId=user_id,…")
        parser.add_argument("--batch", type=_batch, default=10_000, help="rows stored at a time (%(default)s)")
        parser.add_argument("--since", type=_moment, help="leave out rows before this day or moment in UTC")
        parser.add_argument("--dry-run", action="store_true", help="tell what would happen and write nothing")

    def handle(self, *, database: str, table: str, columns: str, batch: int, dry_run: bool, **options: Any) -> None:
        migration = Migration(now=datetime.now(UTC), since=options["since"], batch=batch, dry_run=dry_run)
        try:
            with opened(database, table, columns) as source:
                rows = tqdm(source.rows(batch), total=source.total, unit=" rows", leave=False, disable=None)
                for told in migration.run(rows, source):
                    with tqdm.external_write_mode(sys.stderr):
                        self.stderr.write(str(told))
        except (SqlUnusable, MongoError) as error:
            raise CommandError(f"{error} {migration.so_far}") from error
        self.stdout.write("\n".join(migration.summary))
        if failed := migration.counts[REFUSED]:
            raise CommandError(f"Rows that failed: {failed:,}. Nothing of them is stored.")


def _batch(text: str) -> int:
    size = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    if 0 < size <= LARGEST_BATCH:
        return size
    raise ArgumentTypeError(f"give a number from 1 to {LARGEST_BATCH:,}")


def _moment(text: str) -> datetime:
    try:
        return bound_of(text)
    except NoMoment as error:
        raise ArgumentTypeError(str(error)) from error
