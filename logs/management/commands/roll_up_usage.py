"""Computes the usage of accounts out of the transaction log, whole days at a time."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from logs import rollup
from mongo.errors import MongoError


class Command(BaseCommand):
    help = (
        "Compute usage again for the days that changed and for the last 35, which heals what other services wrote "
        "into the log."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--touched", action="store_true", help="only the days that changed, and today")
        which.add_argument("--all", action="store_true", help="every day that has entries, from nothing")

    def handle(self, *, touched: bool, **options: Any) -> None:
        now, done = datetime.now(UTC), 0
        wanted = rollup.all_days if options["all"] else rollup.touched_days if touched else rollup.recent_days
        try:
            days = wanted(now)
            for _ in tqdm(
                rollup.roll_up(days, now, afresh=options["all"]),
                total=len(days),
                unit=" days",
                leave=False,
                disable=None,
            ):
                done += 1
            left_out = 0 if touched else rollup.uncounted()
        except MongoError as error:
            raise CommandError(f"{error} {done:,} days are computed; run this again for the rest.") from error
        self.stdout.write(f"Computed {done:,} days, from {days[0]} to {days[-1]}.")
        if left_out:
            self.stdout.write(f"Entries that count nowhere, for want of a usable date or account: {left_out:,}.")
