"""Entries in a file to take away: exactly what a list finds, in its order; the audit trail tells who took it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.text import slugify

from logs import repository, retention
from logs.asking import Asked
from logs.domain.filters import LogFilter
from logs.exporting import LINES
from logs.kinds import LOGS, Log
from logs.queries.matching import query_of
from logs.services import record_audit
from mongo import paging
from users.actor import Actor
from users.downloads import Pieces, pieces


def file_name(log: Log, wanted: LogFilter, form: str, day: date) -> str:
    """What the file is called: the log, the day, and whether anything was filtered."""
    undated, others = "undated" if wanted.is_undated else "", "filtered" if wanted.is_narrowed else ""
    return f"{'-'.join(filter(None, (slugify(log.label), day.isoformat(), undated, others)))}.{form}"


def begin(log: Log, asked: Asked, form: str, *, name: str, actor: Actor, now: datetime) -> Pieces:
    """The file in pieces, once the audit trail holds who takes it. Raises MongoError before the first."""
    total = repository.count(log, asked.wanted)
    found = paging.walk(log.collection, query_of(log, asked.wanted), now=now, oldest_first=asked.oldest_first)
    # What fails at once is still to be answered by a page, and then nobody has taken anything.
    begun = pieces(LINES[form](log, found), form, f"{total} entries")
    details = {"log": log.name, "format": form, "filter": _filter(asked), "count": str(total)}
    _record(name, details, actor, now)
    return begun


def begin_leaving(form: str, *, name: str, actor: Actor, now: datetime) -> Pieces:
    """The file of what goes next of the audit trail, as `begin` does. Raises MongoError before the first piece."""
    begun = pieces(LINES[form](LOGS["audit"], retention.leaving(now)), form, "entries that go next")
    details = {"log": "audit", "format": form, "filter": {"leaving": retention.AHEAD.days}}
    _record(name, details, actor, now)
    return begun


def taken(log: Log, entry_id: str, *, actor: Actor, now: datetime) -> None:
    """Record that somebody takes the file of one entry. Raises MongoError."""
    details = {"log": log.name, "format": "json", "entry": entry_id}
    _record("entry.json", details, actor, now)


def _record(name: str, details: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    record_audit(actor=actor, action="export.downloaded", entity=("export", name), details=details, now=now)


def _filter(asked: Asked) -> dict[str, Any]:
    """What is asked for by the names of the address, with the time also where the address leaves it open."""
    values: dict[str, list[str]] = defaultdict(list)
    for name, value in asked.parameters:
        values[name].append(value)
    told = {name: several[0] if len(several) == 1 else several for name, several in values.items()}
    if asked.wanted.is_undated:
        return {**told, "undated": True}
    return {"last": asked.last, **told} if asked.last else told
