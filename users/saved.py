"""Views that somebody keeps under a name: a list's page and a query string. Everybody sees their own alone."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database

from mongo import transaction
from mongo.client import Document, reading, reading_aside, writing
from mongo.errors import Duplicate, translated

MOST_VIEWS = 50
LONGEST_NAME = 60
# A page can do without the name.
NAME_SECONDS = 0.5


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


def name_of(user: str, page: str, query: str) -> str:
    """What somebody calls the view that asks for this; "" where they keep none."""
    with reading_aside(NAME_SECONDS) as db:
        found = db.saved_views.find_one({"user": user, "page": page, "query": query}, {"name": 1})
    return _view(found).name if found else ""


def get(user: str, page: str, view_id: str) -> SavedView:
    """One view of somebody's. Raises ViewNotFound."""
    with reading() as db:
        return _found(db.saved_views.find_one({"_id": view_id, "user": user, "page": page}))


def save(user: str, page: str, name: str, query: str, *, replace: bool = False) -> SavedView:
    """Keep a view; one of this name is replaced only where that is asked for, unless it is the very same.

    Raises ViewExists and TooManyViews.
    """
    with writing() as db:
        view = _called(db, user, page, name)
        if view is None:
            return _added(db, user, page, SavedView(str(uuid.uuid4()), name, query))
        if view.query != query:
            if not replace:
                raise ViewExists(view.name)
            if not db.saved_views.update_one({"_id": view.view_id}, {"$set": {"query": query}}).matched_count:
                # Another tab has deleted it meanwhile.
                return _added(db, user, page, SavedView(view.view_id, name, query))
    return SavedView(view.view_id, view.name, query)


def _called(
    db: Database[Document], user: str, page: str, name: str, *, session: ClientSession | None = None
) -> SavedView | None:
    """The view that goes by this name; people take a name in other letters for the same."""
    found = map(_view, db.saved_views.find({"user": user, "page": page}, session=session).limit(2 * MOST_VIEWS))
    alike = [view for view in found if view.name.casefold() == name.casefold()]
    return next((view for view in alike if view.name == name), alike[0] if alike else None)


def _added(db: Database[Document], user: str, page: str, view: SavedView) -> SavedView:
    if taken := _called(db, user, page, view.name):
        raise ViewExists(taken.name)
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
        if taken := _called(db, user, page, name, session=session):
            raise ViewExists(taken.name)
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
