"""Ways to MongoDB that fail on demand, and a database without any index."""

import sys
from collections.abc import Callable, Iterator

import pytest
from pymongo.database import Database
from pytest_django import Settings

from mongo import client
from mongo.client import Document
from tests.proxy import Proxy


@pytest.fixture
def proxy(mongo: Database[Document], mongo_uri: str, settings: Settings) -> Iterator[Proxy]:
    """The product reaches MongoDB through this proxy alone."""
    with Proxy(mongo_uri) as between:
        settings.MONGODB_URI = between.uri
        client.close()
        yield between
        # Closing says goodbye to the server, and waits for one that is away.
        between.heal()
        client.close()


@pytest.fixture
def bare(mongo_uri: str, mongo_name: str, settings: Settings) -> Iterator[Database[Document]]:
    """A database of its own with nothing in it, dropped afterwards."""
    settings.MONGODB_URI = mongo_uri
    settings.MONGODB_DB_NAME = f"{mongo_name}_bare"
    yield client.database()
    client.client().drop_database(settings.MONGODB_DB_NAME)


@pytest.fixture
def at_uri(settings: Settings) -> Iterator[Callable[[str], None]]:
    """`at_uri("mongodb://…")` points the product at another server."""

    def point(uri: str) -> None:
        client.close()
        settings.MONGODB_URI = uri

    yield point
    client.close()


class _Dialled(list[object]):
    """Every address that this process connects to while recording."""

    recording = False


_dialled = _Dialled()


def _record(event: str, arguments: tuple[object, ...]) -> None:
    if _dialled.recording and event in {"socket.connect", "socket.getaddrinfo"}:
        _dialled.append(arguments)


# An audit hook cannot be removed again, so there is one for the session.
sys.addaudithook(_record)


@pytest.fixture
def dialled() -> Iterator[list[object]]:
    """Every address that this process connects to or looks up during the test."""
    _dialled.clear()
    _dialled.recording = True
    yield _dialled
    _dialled.recording = False
