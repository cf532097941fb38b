"""An import's way from the file to the contracts, in slices that the page asks for.

A slice ends when its time is over; the next one, in whichever window or process, goes on from there. Every row is a
save of its own, known by the import and its line, so that a slice that comes again saves nothing twice.
"""

import time
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any, BinaryIO

from contracts import importing, planning, slices
from contracts.planning import BATCH_SIZE, REFUSED, Planned
from contracts.uploads import pieces, reading, repository, rows
from contracts.uploads.arriving import examined
from contracts.uploads.model import (
    CHECKED,
    CHECKING,
    COLUMNS,
    DONE,
    IMPORTING,
    LIFETIME,
    MODES,
    WRITING_LIFETIME,
    Import,
    Place,
)
from contracts.uploads.repository import MOST_KEPT
from mongo.claims import Claim
from users.actor import Actor

WRITTEN_AT_ONCE = 50
MOST_IGNORED = 50
LONGEST_NAME = 100


class TooManyImports(Exception):
    """A person has as many imports as are kept."""

    def __init__(self) -> None:
        super().__init__(f"You have {MOST_KEPT} imports already. Discard one of them first.")


def receive(name: str, size: int, stream: BinaryIO, *, user: int, mode: str, now: datetime | None = None) -> Import:
    """Take a file in, and ask for its columns where its header does not say what they are.

    Raises FileRefused, TooManyImports and MongoError.
    """
    moment = now or datetime.now(UTC)
    file = examined(name, size, stream)
    if len(repository.of_user(user, now=moment)) >= MOST_KEPT:
        raise TooManyImports
    upload = Import(
        import_id=str(uuid.uuid4()),
        user=user,
        file=file,
        mode=mode,
        state=CHECKING if file.names_fields else COLUMNS,
        plan=str(uuid.uuid4()),
        created_at=moment,
        expires_at=moment + LIFETIME,
        columns=file.columns,
        place=file.body,
    )
    pieces.store(upload.import_id, stream, upload.expires_at)
    repository.add(upload)
    return upload


def check_again(upload: Import, *, columns: Sequence[str], mode: str) -> bool:
    """Compare all rows with the live contracts anew; False where it is too late for that. Raises MongoError."""
    until, plan = datetime.now(UTC) + LIFETIME, str(uuid.uuid4())
    pieces.keep(upload.import_id, until)
    begun = repository.check_again(upload, plan, columns=columns, mode=mode, expires_at=until)
    if begun:
        rows.remove(upload.plan)
    return begun


def start(upload: Import, plan: str, reason: str = "") -> bool:
    """Let the rows of this very check be written; False where they are not, or not any more, to be.

    `reason` is why contracts are cancelled, where the file cancels any.
    """
    if plan != upload.plan:
        return False
    until = datetime.now(UTC) + WRITING_LIFETIME
    # First the rows, so that an import never outlives what it is to write.
    rows.keep(plan, until + LIFETIME)
    return repository.begin_writing(upload, plan, reason, until)


def stop(upload: Import) -> None:
    """Stop writing after the present slice. Raises MongoError."""
    repository.set_stopped(upload, stopped=True)


def resume(upload: Import) -> None:
    """Let an import that was stopped go on. Raises MongoError."""
    repository.set_stopped(upload, stopped=False)


def discard(import_id: str, user: int) -> None:
    """Forget an import, but not in the middle of writing, unless it was stopped.

    Raises ImportNotFound and MongoError.
    """
    upload = repository.remove(import_id, user)
    rows.remove(upload.plan)
    pieces.remove(import_id)


def go_on(import_id: str, user: int, *, actor: Actor, seconds: float = slices.SLICE_SECONDS) -> bool:
    """Do a slice of what is to be done next; False where another window is at it. Raises FileGone, MongoError."""
    until = time.monotonic() + seconds
    claim = repository.claim(import_id, user)
    if claim is None:
        return False
    with claim.released():
        upload = repository.import_of(claim.document)
        if upload.state == CHECKING:
            _check(upload, claim, until)
        else:
            _write(upload, claim, until, actor)
        return True
    return False


def _check(upload: Import, claim: Claim, until: float) -> None:
    stream = reading.Counted(pieces.opened(upload.import_id, upload.file.size, upload.place.offset), upload.place)
    remaining, taken = reading.rows(upload, stream), rows.taken(upload.plan)
    while upload.state == CHECKING:
        batch = list(islice(remaining, BATCH_SIZE))
        is_over = len(batch) < BATCH_SIZE or batch[-1].is_last
        planned = list(planning.plan(batch, MODES[upload.mode], taken=taken))
        upload = _checked(upload, planned, stream.place, is_over=is_over)
        documents = [rows.document_of(row, upload.plan, upload.expires_at) for row in planned]
        claim.note(repository.noted(upload), partial(rows.insert, documents))
        if time.monotonic() >= until:
            return


def _checked(upload: Import, planned: Sequence[Planned], place: Place, *, is_over: bool) -> Import:
    counts = Counter(upload.counts)
    counts.update(row.outcome for row in planned)
    counts["existing"] += sum(row.exists for row in planned)
    counts["cancels"] += sum(row.cancels for row in planned)
    counts["unknown"] += sum(row.is_unknown for row in planned)
    ignored = Counter(upload.ignored)
    for name in (name[:LONGEST_NAME] for row in planned for name in row.ignored):
        if name in ignored or len(ignored) < MOST_IGNORED:
            ignored[name] += 1
    state = CHECKED if is_over else CHECKING
    return replace(upload, counts=dict(counts), ignored=dict(ignored), place=place, state=state)


def _write(upload: Import, claim: Claim, until: float, actor: Actor) -> None:
    while upload.state == IMPORTING:
        found = rows.pending(upload.plan, upload.at, WRITTEN_AT_ONCE)
        written, error = slices.done(found, partial(_imported, upload, actor), until)
        upload = _written(upload, found, written)
        # What is written is noted, also where MongoDB went away after it.
        claim.note(repository.noted(upload), partial(rows.settle, upload.plan, written))
        if error is not None:
            raise error
        if time.monotonic() >= until:
            break
    if upload.state == DONE:
        # What is left of the import is what its report tells.
        pieces.remove(upload.import_id)
        rows.keep(upload.plan, upload.expires_at)


def _imported(upload: Import, actor: Actor, row: Mapping[str, Any]) -> Planned:
    # What makes the save of a row the same save whenever it is asked for.
    form_id = str(uuid.uuid5(uuid.UUID(upload.plan), str(row["line"])))
    planned, name = rows.planned_of(row), upload.file.name
    reason = f"{upload.reason} (imported from {name})" if planned.cancels else f"Imported from {name}"
    return importing.write(planned, actor=actor, reason=reason, form_id=form_id)


def _written(upload: Import, found: Sequence[Mapping[str, Any]], written: Sequence[Planned]) -> Import:
    """The import after the first of the rows found were written, or refused because somebody was faster."""
    counts = Counter(upload.counts)
    for row, outcome in zip(found, written, strict=False):
        if outcome.outcome == REFUSED:
            counts.subtract([row["outcome"]])
            counts.update([REFUSED, "late"])
    is_over = len(written) == len(found) < WRITTEN_AT_ONCE
    return replace(
        upload,
        counts=dict(counts),
        at=written[-1].line if written else upload.at,
        written=upload.written + len(written),
        state=DONE if is_over else IMPORTING,
        expires_at=datetime.now(UTC) + LIFETIME if is_over else upload.expires_at,
    )
