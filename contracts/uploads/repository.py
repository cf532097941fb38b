"""Imports in MongoDB, one document each: the file's description, what its columns mean, how far it has got."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from contracts.uploads.model import (
    CHECKED,
    CHECKING,
    COLUMNS,
    IMPORTING,
    LIFETIME,
    RUNNING,
    Arrived,
    Import,
    Place,
)
from mongo import claims
from mongo.claims import Store
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
    *(index(name, "created_at", expire_after=int(LIFETIME.total_seconds())) for name in COLLECTIONS),
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
        return _found(db.imports.find_one({"_id": import_id, **_living(user, now)}))


def of_user(user: int, *, now: datetime | None = None) -> list[Import]:
    """A person's imports of the last day, newest first."""
    with reading() as db:
        found = list(db.imports.find(_living(user, now)).sort("created_at", -1).limit(MOST_KEPT))
    return [_import(entry) for entry in found]


def remove(import_id: str, user: int) -> Import:
    """Forget an import, but not in the middle of writing. Raises ImportNotFound."""
    removable = {"_id": import_id, "user": user, "state": {"$ne": IMPORTING}}
    with writing() as db:
        return _found(db.imports.find_one_and_delete(removable))


def check_again(upload: Import, plan: str, *, columns: Sequence[str], mode: str) -> bool:
    """Begin the comparison with the live contracts anew; False where the import is being written or is over."""
    fresh = {
        "state": CHECKING,
        "plan": plan,
        "columns": list(columns),
        "mode": mode,
        "place": asdict(upload.file.body),
    }
    nothing_yet = {"counts": {}, "ignored": [], "at": 0, "written": 0, "claim": None}
    with writing() as db:
        changed = db.imports.update_one(
            {"_id": upload.import_id, "user": upload.user, "state": {"$in": [COLUMNS, CHECKING, CHECKED]}},
            {"$set": {**fresh, **nothing_yet}},
        )
    return changed.matched_count == 1


def begin_writing(upload: Import, plan: str) -> bool:
    """Let the rows of this very check be written; False where they are not, or not any more, to be."""
    checked = {"_id": upload.import_id, "user": upload.user, "state": CHECKED, "plan": plan}
    with writing() as db:
        return db.imports.update_one(checked, {"$set": {"state": IMPORTING}}).matched_count == 1


def claim(import_id: str, user: int, by: str, *, now: datetime | None = None) -> Import | None:
    """Take an import that has something to do, for this claim alone; None where another has it."""
    moment = now or datetime.now(UTC)
    wanted = {"_id": import_id, **_living(user, moment), "state": {"$in": list(RUNNING)}}
    found = claims.take("imports", wanted, by, moment)
    return _import(found) if found else None


def released(import_id: str, by: str) -> AbstractContextManager[None]:
    """A block at whose end others may go on with an import."""
    return claims.released("imports", import_id, by)


def note(upload: Import, by: str, store: Store) -> None:
    """Write down how far a claimed import has got, and `store` its rows: both, or neither. Raises Overtaken."""
    fields = _fields(upload)
    changes = {name: fields[name] for name in ("state", "place", "counts", "ignored", "at", "written")}
    claims.note("imports", upload.import_id, by, changes, store)


def _living(user: int, now: datetime | None) -> Document:
    """What selects a person's imports; what has expired may lie there for a minute more."""
    return {"user": user, "created_at": {"$gt": (now or datetime.now(UTC)) - LIFETIME}}


def _fields(upload: Import) -> Document:
    fields = asdict(upload)
    del fields["import_id"]
    # Anybody's text may be the name of a field that was ignored, which a key of MongoDB may not be.
    fields["ignored"] = [{"name": name, "rows": rows} for name, rows in upload.ignored.items()]
    return {**fields, "claim": None}


def _found(document: Document | None) -> Import:
    if document is None:
        raise ImportNotFound
    return _import(document)


def _import(document: Mapping[str, Any]) -> Import:
    kept = {
        name: document[name] for name in ("user", "mode", "state", "plan", "created_at", "counts", "at", "written")
    }
    return Import(
        **kept,
        import_id=document["_id"],
        file=_arrived(document["file"]),
        columns=tuple(document["columns"]),
        place=Place(**document["place"]),
        ignored={entry["name"]: entry["rows"] for entry in document["ignored"]},
    )


def _arrived(document: Mapping[str, Any]) -> Arrived:
    lists = {name: tuple(document[name]) for name in ("header", "columns")}
    samples = tuple(tuple(column) for column in document["samples"])
    return Arrived(**{**document, **lists, "samples": samples, "body": Place(**document["body"])})
