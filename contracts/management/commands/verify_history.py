"""Recomputes every chain of revisions and names what does not hold."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts import revisions, verifying
from mongo.errors import MongoError


class Command(BaseCommand):
    help = "Recompute all histories; exit 1 where a revision was changed, slipped in, or taken from between others."

    def handle(self, **_: Any) -> None:
        try:
            self._verify()
        except MongoError as error:
            raise CommandError(f"{error} The histories are not verified.") from error

    def _verify(self) -> None:
        found = [f"{at.contract_id}, version {at.version}: {at.reason}" for at in revisions.breaks()]
        self._tell_of_unadopted()
        if found:
            self.stderr.write("\n".join(found))
            raise CommandError(f"Revisions that do not hold: {len(found):,}. The first is {found[0]}.")
        total, contracts = revisions.tally()
        self.stdout.write(f"{total:,} revisions of {contracts:,} contracts hold together.")

    def _tell_of_unadopted(self) -> None:
        if count := sum(1 for _ in verifying.unadopted()):
            self.stdout.write(f"{count:,} contracts carry changes by other services that are not adopted yet.")
