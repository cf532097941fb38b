"""Imports in MongoDB, one document each: the file's description, what its columns mean, how far it has got."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from contracts.uploads.model import (
    CHECKED,
    CHECKING,
    COLUMNS,
    IMPORTING,
    RUNNING,
    Arrived,
    Import,
    Place,
)
from mongo import claims
from mongo.claims import Claim
from mongo.client import reading, writing
from mongo.indexes import index

Document = dict[str, Any]

COLLECTIONS = ("imports", "import_pieces", "import_rows")
INDEXES = [
    # A person's imports, newest first.
    index("imports", "user", "-created_at"),
    # The pieces of a file; the rows of a check in the order of the file, and those of one outcome.
    index("import_pieces", "import", "number", unique=True),
    index("import_rows", "plan", "line", unique=True),
    index("import_rows", "plan", "outcome", "line"),
    *(index(name, "expires_at", expire_after=0) for name in COLLECTIONS),
]
MOST_KEPT = 20


class ImportNotFound(Exception):
    """This person has no such import, or not any more."""


def add(upload: Import) -> None:
    """Store a new import. Raises MongoError."""
    with writing() as db:
        db.imports.insert_one({"_id": upload.import_id, **_fields(upload)})


def find(import_id: str, user: int, *, now: datetime | None = None) -> Import:
    """A person's import. Raises ImportNotFound."""
    with reading() as db:
        return _found(db.imports.find_one({"_id": import_id, **_living(user, now)}), now)


def of_user(user: int, *, now: datetime | None = None) -> list[Import]:
    """A person's imports that are still kept, newest first."""
    with reading() as db:
        found = list(db.imports.find(_living(user, now)).sort("created_at", -1).limit(MOST_KEPT))
    return [import_of(entry, now=now) for entry in found]


def remove(import_id: str, user: int) -> Import:
    """Forget an import, but not in the middle of writing, unless that was stopped. Raises ImportNotFound."""
    now = datetime.now(UTC)
    removable = {"$or": [{"state": {"$ne": IMPORTING}}, {"stopped": True, **claims.free(now)}]}
    with writing() as db:
        return _found(db.imports.find_one_and_delete({"_id": import_id, "user": user, **removable}), now)


def check_again(upload: Import, plan: str, *, columns: Sequence[str], mode: str, expires_at: datetime) -> bool:
    """Begin the comparison with the live contracts anew; False where the import is being written or is over."""
    fresh = {
        "state": CHECKING,
        "plan": plan,
        "columns": list(columns),
        "mode": mode,
        "place": asdict(upload.file.body),
        "expires_at": expires_at,
    }
    nothing_yet = {"counts": {}, "ignored": [], "at": 0, "written": 0, "claim": None}
    with writing() as db:
        changed = db.imports.update_one(
            {"_id": upload.import_id, "user": upload.user, "state": {"$in": [COLUMNS, CHECKING, CHECKED]}},
            {"$set": {**fresh, **nothing_yet}},
        )
    return changed.matched_count == 1


def begin_writing(upload: Import, plan: str, reason: str, expires_at: datetime) -> bool:
    """Let the rows of this very check be written; False where they are not, or not any more, to be."""
    checked = {"_id": upload.import_id, "user": upload.user, "state": CHECKED, "plan": plan}
    with writing() as db:
        begun = db.imports.update_one(
            checked, {"$set": {"state": IMPORTING, "reason": reason, "expires_at": expires_at}}
        )
    return begun.matched_count == 1


def set_stopped(upload: Import, *, stopped: bool) -> None:
    """Stop writing after the present slice, or let it go on."""
    with writing() as db:
        db.imports.update_one(
            {"_id": upload.import_id, "user": upload.user, "state": IMPORTING}, {"$set": {"stopped": stopped}}
        )


def claim(import_id: str, user: int, *, now: datetime | None = None) -> Claim | None:
    """A claim on an import that has something to do; None where another has it."""
    moment = now or datetime.now(UTC)
    wanted = {"_id": import_id, **_living(user, moment), "state": {"$in": list(RUNNING)}, "stopped": False}
    return claims.take("imports", wanted, moment)


def noted(upload: Import) -> Document:
    """What is written down of an import by those that go on with it."""
    fields = _fields(upload)
    return {name: fields[name] for name in ("state", "place", "counts", "ignored", "at", "written", "expires_at")}


def _living(user: int, now: datetime | None) -> Document:
    """What selects a person's imports; what has expired may lie there for a minute more."""
    return {"user": user, "expires_at": {"$gt": now or datetime.now(UTC)}}


def _fields(upload: Import) -> Document:
    fields = asdict(upload)
    del fields["import_id"], fields["is_claimed"]
    # Anybody's text may be the name of a field that was ignored, which a key of MongoDB may not be.
    fields["ignored"] = [{"name": name, "rows": rows} for name, rows in upload.ignored.items()]
    return {**fields, "claim": None}


def _found(document: Document | None, now: datetime | None) -> Import:
    if document is None:
        raise ImportNotFound
    return import_of(document, now=now)


def import_of(document: Mapping[str, Any], *, now: datetime | None = None) -> Import:
    """The import that a document tells of."""
    names = "user mode state plan created_at expires_at counts at written stopped".split()
    return Import(
        **{name: document[name] for name in names},
        is_claimed=claims.is_taken(document, now or datetime.now(UTC)),
        import_id=document["_id"],
        reason=document.get("reason", ""),
        file=_arrived(document["file"]),
        columns=tuple(document["columns"]),
        place=Place(**document["place"]),
        ignored={entry["name"]: entry["rows"] for entry in document["ignored"]},
    )


def _arrived(document: Mapping[str, Any]) -> Arrived:
    lists = {name: tuple(document[name]) for name in ("header", "columns")}
    samples = tuple(tuple(column) for column in document["samples"])
    return Arrived(**{**document, **lists, "samples": samples, "body": Place(**document["body"])})
