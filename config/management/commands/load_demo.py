"""Fills an empty database with believable contracts, their histories and a year of logs."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from config.demo import loading
from config.demo.loading import Demo, Stage
from contracts.domain.errors import ContractError
from mongo.errors import MongoError

MOST = 20
INCOMPLETE = "The demo is not complete; load it again with --force."


class Command(BaseCommand):
    help = "Fill an empty database with demo data, the same for the same seed and day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=7, help="another seed makes other data (%(default)s)")
        add_scale(parser)
        parser.add_argument("--today", type=date.fromisoformat, help="the day it leads up to; now, in UTC")
        parser.add_argument("--force", action="store_true", help="empty the collections that it fills, first")

    def handle(self, *, seed: int, scale: float, today: date | None, force: bool, **_: Any) -> None:
        self._has_begun = False
        try:
            self._make_room(force=force)
            for stage in Demo(seed, today or datetime.now(UTC).date(), scale).stages():
                self._run(stage)
        except (MongoError, ContractError) as error:
            rest = INCOMPLETE if self._has_begun else "Nothing was loaded."
            raise CommandError(f"{error} {rest}") from error

    def _make_room(self, *, force: bool) -> None:
        found = loading.occupied()
        if found and not force:
            raise CommandError(
                f"The database holds {', '.join(found)} already, so nothing was loaded. "
                "With --force they are deleted first."
            )
        if force:
            self.stdout.write(f"Deleting everything in {', '.join((*loading.FILLED, *loading.DERIVED))}.")
            loading.empty()

    def _run(self, stage: Stage) -> None:
        self._has_begun, done = True, 0
        with tqdm(total=stage.steps, desc=stage.name, leave=False, disable=None) as bar:
            for count in stage.run:
                done += count
                bar.update()
        self.stdout.write(f"Loaded {stage.name}: {done:,}.")


def add_scale(parser: ArgumentParser) -> None:
    """Let whoever calls a command say how much demo data there is to be."""
    parser.add_argument("--scale", type=_scale, default=1.0, help="how much of it: 1 is about 160 contracts")


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = 0
    if not 0 < scale <= MOST:
        raise ArgumentTypeError(f"give a number above 0, up to {MOST}")
    return scale
