"""Makes and mends the indexes that the product declares; safe to run at any time, and twice at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mongo import indexes
from mongo.errors import Duplicate, MongoError
from mongo.indexes import Drift

DONE = {"create": "made", "rebuild": "rebuilt", "retain": "changed"}


class Command(BaseCommand):
    help = "Make and mend all indexes of MongoDB."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only report what differs; exit 1 if anything")
        parser.add_argument(
            "--shorten-retention",
            action="store_true",
            help="allow changes that let MongoDB delete entries sooner than now",
        )

    def handle(self, *, check: bool, shorten_retention: bool, verbosity: int, **_: Any) -> None:
        self._is_quiet = verbosity == 0
        try:
            declared = indexes.declared()
            found = indexes.drifts(declared)
        except MongoError as error:
            raise CommandError(str(error)) from error
        if check:
            self._report(found)
        else:
            self._mend(found, shorten_retention=shorten_retention)
        self._say(f"All {len(declared)} indexes are as declared.")

    def _report(self, found: list[Drift]) -> None:
        for drift in found:
            self._say(f"differs: {drift}")
        if found:
            raise CommandError(f"{len(found)} indexes differ. Run `python manage.py ensure_indexes`.")

    def _mend(self, found: list[Drift], *, shorten_retention: bool) -> None:
        problems = [problem for drift in found if (problem := self._mend_one(drift, shorten_retention))]
        if problems:
            raise CommandError("\n".join(problems))

    def _mend_one(self, drift: Drift, shorten_retention: bool) -> str | None:
        """Mend one index; a sentence where that is not possible, so that the others are mended all the same."""
        if drift.shortens_retention and not shorten_retention:
            return f"{drift}. MongoDB would delete older entries: say --shorten-retention if that is meant."
        try:
            indexes.mend(drift)
        except Duplicate:
            return f"{drift}, but {drift.index.collection} holds {_example(drift)} more than once. Mend that first."
        except MongoError as error:
            return f"{drift}, and cannot be mended: {error}"
        self._say(f"{DONE[drift.fix]}: {drift.index.collection}.{drift.index.name}")
        return None

    def _say(self, line: str) -> None:
        if not self._is_quiet:
            self.stdout.write(line)


def _example(drift: Drift) -> str:
    value = indexes.duplicated(drift.index) or {}
    return ", ".join(f"{field} {content!r}" for field, content in value.items()) or "a value"
