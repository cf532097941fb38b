"""Contracts in a file to take away: exactly what a list shows, in its order; the audit trail tells who took it."""

from dataclasses import replace
from datetime import date, datetime

from django.utils.text import slugify

from contracts import repository
from contracts.domain.filters import ContractFilter
from contracts.exporting import lines
from logs.services import record_audit
from users.actor import CONSOLE, Actor
from users.downloads import Pieces, pieces


def file_name(wanted: ContractFilter, form: str, day: date) -> str:
    """What the file is called: the day, the status, and whether anything else was filtered; ASCII alone."""
    status = slugify(wanted.status)[:40]
    others = "filtered" if replace(wanted, status="").is_narrowed else ""
    return f"{'-'.join(filter(None, ('contracts', day.isoformat(), status, others)))}.{form}"


def exported(form: str, name: str, count: int, *, now: datetime) -> None:
    """Record that all contracts were written to a file, or to a pipe, from the console. Raises MongoError."""
    details = {"format": form, "count": count}
    record_audit(actor=CONSOLE, action="export.downloaded", entity=("export", name), details=details, now=now)


def begin(wanted: ContractFilter, form: str, *, name: str, actor: Actor, now: datetime) -> Pieces:
    """The file in pieces, once the audit trail holds who takes it. Raises MongoError before the first.

    What matches is settled here: who comes or goes while the file is read changes neither its order nor its rest.
    """
    ids = repository.matching_ids(wanted, today=now.date())
    found = lines(repository.documents_by_id(ids), form)
    # What fails at once is still to be answered by a page, and then nobody has taken anything.
    begun = pieces((line.text for line in found), form, f"{len(ids):,} contracts")
    details = {"format": form, "filter": wanted.parameters, "count": len(ids)}
    record_audit(actor=actor, action="export.downloaded", entity=("export", name), details=details, now=now)
    return begun
