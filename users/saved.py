"""Views that somebody keeps under a name: a list's page and a query string. Everybody sees their own alone."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database

from mongo import transaction
from mongo.client import Document, reading, writing
from mongo.errors import Duplicate, translated

MOST_VIEWS = 50
LONGEST_NAME = 60


class ViewNotFound(Exception):
    """This person has no such view, or not any more."""


class ViewExists(Exception):
    """Another view of this person's has the name already; the message is fit to show."""

    def __init__(self, name: str) -> None:
        super().__init__(f"You have another view called “{name}”.")


class TooManyViews(Exception):
    """This person keeps as many views of the page as there can be; the message is fit to show."""

    def __init__(self) -> None:
        super().__init__(f"You have {MOST_VIEWS} views, and no more can be kept. Delete one first.")


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view by the id that its addresses carry."""

    view_id: str
    name: str
    query: str


def of(user: str, page: str) -> list[SavedView]:
    """Somebody's views of a page, by name."""
    with reading() as db:
        found = [_view(entry) for entry in db.saved_views.find({"user": user, "page": page}).limit(2 * MOST_VIEWS)]
    return sorted(found, key=lambda view: (view.name.casefold(), view.name))


def get(user: str, page: str, view_id: str) -> SavedView:
    """One view of somebody's. Raises ViewNotFound."""
    with reading() as db:
        return _found(db.saved_views.find_one({"_id": view_id, "user": user, "page": page}))


def save(user: str, page: str, name: str, query: str, *, replace: bool = False) -> SavedView:
    """Keep a view; one of this name is replaced only where that is asked for, unless it is the very same.

    Raises ViewExists and TooManyViews.
    """
    with writing() as db:
        live = db.saved_views.find_one({"user": user, "page": page, "name": name})
        if live is None:
            return _added(db, user, page, SavedView(str(uuid.uuid4()), name, query))
        view = _view(live)
        if view.query != query:
            if not replace:
                raise ViewExists(name)
            db.saved_views.update_one({"_id": live["_id"]}, {"$set": {"query": query}})
    return SavedView(view.view_id, name, query)


def _added(db: Database[Document], user: str, page: str, view: SavedView) -> SavedView:
    if db.saved_views.count_documents({"user": user, "page": page}) >= MOST_VIEWS:
        raise TooManyViews
    with _named(view.name):
        db.saved_views.insert_one(
            {"_id": view.view_id, "user": user, "page": page, "name": view.name, "query": view.query}
        )
    return view


@contextmanager
def _named(name: str) -> Iterator[None]:
    """What the unique index refuses is a name that is taken."""
    try:
        with translated(write=True):
            yield
    except Duplicate:
        raise ViewExists(name) from None


def rename(user: str, page: str, view_id: str, name: str) -> SavedView:
    """Give a view another name. Raises ViewNotFound and ViewExists."""

    def renamed(db: Database[Document], session: ClientSession) -> SavedView:
        entry = db.saved_views.find_one_and_delete({"_id": view_id, "user": user, "page": page}, session=session)
        view = _found(entry)
        db.saved_views.insert_one({**entry, "name": name}, session=session)
        return SavedView(view.view_id, name, view.query)

    with _named(name):
        return transaction.run(renamed)


def remove(user: str, page: str, view_id: str) -> SavedView:
    """Forget a view; what it was can be put back. Raises ViewNotFound."""
    with writing() as db:
        return _found(db.saved_views.find_one_and_delete({"_id": view_id, "user": user, "page": page}))


def put_back(user: str, page: str, view: SavedView) -> None:
    """Keep a view that was removed again, under its own id, unless it is there. Raises ViewExists, TooManyViews."""
    with writing() as db:
        if db.saved_views.find_one({"_id": view.view_id, "user": user, "page": page}) is None:
            _added(db, user, page, view)


def _found(entry: Mapping[str, Any] | None) -> SavedView:
    if entry is None:
        raise ViewNotFound
    return _view(entry)


def _view(entry: Mapping[str, Any]) -> SavedView:
    """What is kept, as texts in any case: who else writes there is not ours to trust."""
    return SavedView(str(entry["_id"]), str(entry.get("name", "")), str(entry.get("query", "")))
