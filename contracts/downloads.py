"""Contracts in a file to take away: exactly what a list shows, in its order; the audit trail tells who took it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import chain

from django.utils.text import slugify

from contracts import repository
from contracts.domain.filters import ContractFilter
from contracts.exporting import CSV, PLAIN, Line, lines
from logs.services import record_audit
from mongo.errors import MongoError
from mongo.lines import BOM
from users.actor import Actor

CONTENT_TYPES = {CSV: "text/csv; charset=utf-8", PLAIN: "application/x-ndjson"}
PIECE_CHARACTERS = 64 * 1024


class DownloadBroken(Exception):
    """MongoDB went away in the middle of a file. The browser is to see that the file is not whole."""

    def __init__(self, contracts: int, error: MongoError) -> None:
        super().__init__(f"A download of {contracts:,} contracts broke off. {error}")


def file_name(wanted: ContractFilter, form: str, day: date) -> str:
    """What the file is called: the day, the status, and whether anything else was filtered; ASCII alone."""
    status = slugify(wanted.status)[:40]
    others = "filtered" if replace(wanted, status="").is_narrowed else ""
    return f"{'-'.join(filter(None, ('contracts', day.isoformat(), status, others)))}.{form}"


def begin(wanted: ContractFilter, form: str, *, name: str, actor: Actor, now: datetime) -> Iterator[str]:
    """The text of the file in pieces, once the audit trail holds who takes it. Raises MongoError before the first.

    What matches is settled here: who comes or goes while the file is read changes neither its order nor its rest.
    """
    ids = repository.matching_ids(wanted, today=now.date())
    pieces = _pieces(lines(repository.documents_by_id(ids), form))
    # What fails at once is still to be answered by a page.
    first = next(pieces)
    details = {"format": form, "filter": wanted.parameters, "count": len(ids)}
    record_audit(actor=actor, action="export.downloaded", entity=("export", name), details=details, now=now)
    mark = BOM.decode() if form == CSV else ""
    return chain([mark + first], _or_broken(pieces, len(ids)))


def _pieces(found: Iterable[Line]) -> Iterator[str]:
    """The lines in larger pieces, at least one: each is compressed and sent by itself."""
    piece: list[str] = []
    size = 0
    for line in found:
        piece.append(line.text)
        size += len(line.text)
        if size >= PIECE_CHARACTERS:
            yield "".join(piece)
            piece, size = [], 0
    yield "".join(piece)


def _or_broken(pieces: Iterator[str], contracts: int) -> Iterator[str]:
    try:
        yield from pieces
    except MongoError as error:
        raise DownloadBroken(contracts, error) from error
