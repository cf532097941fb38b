"""Indexes as data: what settings lists by dotted name is compared with the server, made and mended."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from mongo.client import JOB_SECONDS, Document, reading, writing

BUILD_SECONDS = 600.0
INDEX_NOT_FOUND = 27


@dataclass(frozen=True, slots=True)
class Index:
    """An index of one collection; `keys` are (field, 1 or -1), `expire_after` is the TTL in seconds.

    A `sparse` one holds the documents that have the field. A `suffix` to the name tells those of equal keys apart.
    """

    collection: str
    keys: tuple[tuple[str, int], ...]
    unique: bool = False
    partial: Mapping[str, Any] | None = None
    sparse: bool = False
    expire_after: int | None = None
    suffix: str = ""

    @property
    def name(self) -> str:
        parts = [f"{field}_{direction}" for field, direction in self.keys]
        return "_".join([*parts, self.suffix] if self.suffix else parts)

    @property
    def options(self) -> dict[str, Any]:
        options: dict[str, Any] = {"name": self.name}
        if self.unique:
            options["unique"] = True
        if self.partial is not None:
            options["partialFilterExpression"] = dict(self.partial)
        if self.sparse:
            options["sparse"] = True
        if self.expire_after is not None:
            options["expireAfterSeconds"] = self.expire_after
        return options


@dataclass(frozen=True, slots=True)
class Drift:
    """How the server differs from one declared index.

    `fix` is create, rebuild, or retain (another TTL, by collMod); `present` is the index as the server has it.
    """

    index: Index
    fix: str
    reason: str
    present: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        return f"{self.index.collection}.{self.index.name} {self.reason}"

    @property
    def shortens_retention(self) -> bool:
        """Whether mending lets the server delete entries that it would keep as it is."""
        if self.present is None or self.index.expire_after is None:
            return False
        return float(self.present.get("expireAfterSeconds", math.inf)) > self.index.expire_after


def index(collection: str, *fields: str, **options: Any) -> Index:
    """Shorthand: `index("contracts", "status", "-end_date")`, a minus sign for descending."""
    keys = tuple((field.lstrip("-"), -1 if field.startswith("-") else 1) for field in fields)
    return Index(collection, keys, **options)


def declared() -> list[Index]:
    """All indexes that settings.MONGODB_INDEXES lists; a callable is asked, since a TTL may be a setting."""
    found: list[Index] = []
    for name in settings.MONGODB_INDEXES:
        value = import_string(name)
        found.extend(value() if callable(value) else value)
    return found


def drifts(wanted: Sequence[Index]) -> list[Drift]:
    """What differs on the server from the indexes wanted. Indexes that nobody declared are left alone."""
    with reading(JOB_SECONDS) as db:
        present = {name: list(db[name].list_indexes()) for name in {entry.collection for entry in wanted}}
    found = (_drift(entry, _counterpart(entry, present[entry.collection])) for entry in wanted)
    return [drift for drift in found if drift is not None]


def _counterpart(wanted: Index, present: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The index of that name; else one of the same keys that another service made under its own name."""
    named = (entry for entry in present if entry["name"] == wanted.name)
    alike = (entry for entry in present if _keys(entry) == wanted.keys and _filters_alike(wanted, entry))
    return next(named, None) or next(alike, None)


def _keys(present: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(present["key"].items())


def _filters_alike(wanted: Index, present: Mapping[str, Any]) -> bool:
    has_filter = dict(present.get("partialFilterExpression") or {}) == dict(wanted.partial or {})
    return has_filter and bool(present.get("sparse")) == wanted.sparse


def _drift(wanted: Index, present: Mapping[str, Any] | None) -> Drift | None:
    if present is None:
        return Drift(wanted, "create", "is missing")
    if _keys(present) != wanted.keys:
        return Drift(wanted, "rebuild", "has other keys", present)
    if bool(present.get("unique")) != wanted.unique:
        return Drift(wanted, "rebuild", "should be unique" if wanted.unique else "should not be unique", present)
    if not _filters_alike(wanted, present):
        return Drift(wanted, "rebuild", "holds other documents", present)
    return _retention_drift(wanted, present)


def _retention_drift(wanted: Index, present: Mapping[str, Any]) -> Drift | None:
    ttl, expected = present.get("expireAfterSeconds"), wanted.expire_after
    if ttl == expected:
        return None
    if ttl is None:
        return Drift(wanted, "rebuild", f"should expire entries after {expected} s", present)
    if expected is None:
        return Drift(wanted, "rebuild", "should not expire entries", present)
    return Drift(wanted, "retain", f"expires entries after {int(ttl)} s instead of {expected} s", present)


def mend(drift: Drift) -> None:
    """Make the server agree with one declared index. Raises Duplicate where a unique one cannot be built."""
    wanted = drift.index
    with writing(BUILD_SECONDS) as db:
        collection = db[wanted.collection]
        if drift.present is None:
            collection.create_index(list(wanted.keys), **wanted.options)
        elif drift.fix == "retain":
            change = {"name": drift.present["name"], "expireAfterSeconds": wanted.expire_after}
            db.command("collMod", wanted.collection, index=change)
        else:
            _rebuild(collection, wanted, drift.present)


def _rebuild(collection: Collection[Document], wanted: Index, present: Mapping[str, Any]) -> None:
    try:
        collection.drop_index(present["name"])
    except OperationFailure as error:
        if error.code != INDEX_NOT_FOUND:
            raise
    try:
        collection.create_index(list(wanted.keys), **wanted.options)
    except OperationFailure:
        # An index that is not as declared serves queries better than none.
        former = {name: value for name, value in present.items() if name not in {"v", "key", "ns"}}
        collection.create_index(list(_keys(present)), **former)
        raise


def duplicated(wanted: Index) -> Document | None:
    """One value that keeps a unique index from being built, as {field: value}; None where there is none."""
    fields = {field.replace(".", "_"): f"${field}" for field, _ in wanted.keys}
    present = {field: {"$exists": True} for field, _ in wanted.keys} if wanted.sparse else {}
    stages: list[Document] = [
        {"$match": {**present, **(wanted.partial or {})}},
        {"$group": {"_id": fields, "count": {"$sum": 1}}},
        {"$match": {"count": {"$gt": 1}}},
        {"$limit": 1},
    ]
    with reading(JOB_SECONDS) as db:
        found = next(db[wanted.collection].aggregate(stages), None)
    return found["_id"] if found else None
