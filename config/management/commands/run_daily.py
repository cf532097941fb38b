"""The job of the day: contracts as the calendar asks, usage, and the mails that tell what is due."""

from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as SqlError

from contracts.daily import digest, job
from contracts.domain import lifecycle
from contracts.domain.rules import EARLIEST, LATEST
from logs import rollup
from mongo import client, runs
from mongo.errors import MongoError

JOB = "run_daily"
# What goes to standard error, which is what cron mails and log watchers look at.
ALARMING = (job.PERSON, job.FAILED, digest.UNREACHED, digest.HELD)
COUNTED = {
    lifecycle.WAIT: "pending renewal",
    lifecycle.RENEW: "renewed",
    lifecycle.EXPIRE: "expired",
    job.PERSON: "for a person",
    job.FAILED: "failed",
    digest.MAILED: "mailed",
    "reminders": "reminders",
    "days": "days of usage",
}


class Command(BaseCommand):
    help = (
        "Open notice windows, renew and expire contracts, compute usage of the last 35 days, and mail account "
        "managers what is due. Run it once a day, early in UTC; a missed day is made up for by the next run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and write nothing")
        parser.add_argument("--today", type=_day, help="another day, in UTC; with --dry-run only")

    def handle(self, *, dry_run: bool, today: date | None, **_: Any) -> None:
        self._now, self._is_dry, self._counts = _now(), dry_run, Counter[str]()
        self._today = today or self._now.date()
        if self._today != self._now.date() and not dry_run:
            raise CommandError(_other_day(self._today, self._now.date()))
        try:
            self._run()
        except MongoError as error:
            raise CommandError(f"{error} {self._summary()} Another run does the rest.") from error
        self.stdout.write(self._summary())
        if failures := self._counts[job.FAILED]:
            raise CommandError(f"Failures: {failures:,}. The rest is done; another run tries these again.")
        if self._counts[digest.HELD]:
            raise CommandError("Some reminders are held by another run. Run this again once they are free.")

    def _run(self) -> None:
        self._made: list[job.Done] = []
        run = None if self._is_dry else runs.begin(JOB, self._now)
        for name, stage in (("Contracts", self._settle), ("Usage", self._compute), ("Mails", self._mail)):
            try:
                stage()
            except (MongoError, SqlError) as error:
                if isinstance(error, MongoError) and client.is_gone(error):
                    raise
                self._tell(job.FAILED, f"{name}: not done to the end. {error}")
        if run:
            runs.end(run, _now(), self._counts)

    def _settle(self) -> None:
        for done in job.run(clock=_now, today=self._today, is_dry=self._is_dry):
            self._tell(done.outcome, done.text)
            self._made.append(done)

    def _compute(self) -> None:
        if not self._is_dry:
            for _ in rollup.roll_up(rollup.recent_days(self._now), self._now):
                self._counts["days"] += 1

    def _mail(self) -> None:
        for told in digest.run(clock=_now, today=self._today, is_dry=self._is_dry, made=self._made):
            self._tell(told.outcome, told.text)
            if told.outcome == digest.MAILED:
                self._counts["reminders"] += told.reminders

    def _tell(self, outcome: str, text: str) -> None:
        self._counts[outcome] += 1
        (self.stderr if outcome in ALARMING else self.stdout).write(text)

    def _summary(self) -> str:
        if not self._counts and not self._is_dry:
            return f"Nothing was done as of {self._today}."
        counts = ", ".join(f"{self._counts[name]:,} {words}" for name, words in COUNTED.items())
        return f"{'A dry run' if self._is_dry else 'Done'} as of {self._today}: {counts}."


def _now() -> datetime:
    return datetime.now(UTC)


def _other_day(asked: date, today: date) -> str:
    """Why nothing is written as of another day."""
    if asked > today:
        return f"{asked} is still to come. Add --dry-run to see what it would bring."
    return (
        f"{asked} has passed, and contracts and mails would be those of that day. A run without --today makes up "
        "for missed days; add --dry-run to see what that day asked for."
    )


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no day; give one as in 2026-12-31") from None
    if not EARLIEST <= day <= LATEST:
        raise ArgumentTypeError(f"“{text}” is out of reach; give a day from {EARLIEST.year} to {LATEST.year}")
    return day
