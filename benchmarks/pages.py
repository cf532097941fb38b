"""What a page costs beyond what it cannot do without, in milliseconds of CPU a request.

Three things take turns in every round, in process and in one thread:
page: through the WSGI application with its whole middleware, for somebody whose session is in SQLite;
(a) the same HTML as a constant, behind the same middleware with session and user loaded;
(b) the page's MongoDB commands alone, through a plain PyMongo client without our codec.
What is left of the page after (a) and (b) is what the application makes of the data.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from wsgiref.types import WSGIApplication
from wsgiref.util import setup_testing_defaults

import bson
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from pymongo import MongoClient, monitoring
from pymongo.database import Database

from benchmarks import urls
from benchmarks.stage import FIRST, stage
from mongo import client
from mongo.client import Document
from mongo.codec import CODEC_OPTIONS

WARM_UP = 30
ROUNDS = 200
# A page may cost this much more than (a) and (b) together.
ALLOWED_MS = 6.0

LIST = "/contracts/?status=active&q=example.com&sort=-end"
BROWSER = {"HTTP_HOST": "localhost", "HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd"}
HTMX = {"HTTP_HX_REQUEST": "true"}
Pages = Sequence[tuple[str, str, dict[str, str]]]
PAGES: Pages = (
    ("50 contracts", LIST, {}),
    ("50 contracts, htmx fragment", LIST, HTMX),
    ("one contract with its usage", f"/contracts/{FIRST}/", {}),
    ("overview", "/", {}),
)
# What a driver adds to a command for its own connection.
OF_THE_CONNECTION = {"lsid", "$db", "$clusterTime", "$readPreference", "maxTimeMS"}

Work = Callable[[], object]
HEADINGS = ("", "page", "(a) constant", "(b) reads", "page − a − b", "queries")


@dataclass(frozen=True)
class Case:
    """A page by name and address, with what htmx adds to the request and its commands on a plain client."""

    name: str
    address: str
    headers: dict[str, str]
    commands: Work


def main() -> None:
    """Measure every page and print the table."""
    with stage() as (cookies, uri), MongoClient(uri) as plain:
        application = get_wsgi_application()
        browser = BROWSER | {"HTTP_COOKIE": cookies}
        print(f"CPU a request in ms, medians of {ROUNDS} rounds in turns; allowed: a + b + {ALLOWED_MS:g}\n")
        print("| page of | page | (a) constant | (b) reads | page − a − b | bytes |\n|---|---|---|---|---|---|")
        for case in cases(application, browser, plain.get_database(settings.MONGODB_DB_NAME)):
            page, constant, reads, size = measure(case, application, browser)
            rest = page - constant - reads
            verdict = "" if rest <= ALLOWED_MS else " too much"
            print(f"| {case.name} | {page:.2f} | {constant:.2f} | {reads:.2f} | {rest:.2f}{verdict} | {size:,} |")


class Recorder(monitoring.CommandListener):
    """The reads that a page sends to MongoDB, as they can be sent again."""

    def __init__(self) -> None:
        self.commands: list[Document] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in ("find", "aggregate"):
            own = {name: value for name, value in event.command.items() if name not in OF_THE_CONNECTION}
            # As a plain client knows it, which has no Decimal.
            self.commands.append(bson.decode(bson.encode(own, codec_options=CODEC_OPTIONS)))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Noted when it started."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Noted when it started."""


def cases(
    application: WSGIApplication, browser: dict[str, str], db: Database[Document], pages: Pages = PAGES
) -> Iterator[Case]:
    """Pages, each with what it asks of MongoDB."""
    recorder = Recorder()
    monitoring.register(recorder)
    # The listeners of a client are those there were when it was made.
    client.close()
    for name, address, headers in pages:
        recorder.commands = []
        get(application, address, browser | headers)
        yield Case(name, address, headers, partial(replay, db, list(recorder.commands)))


def replay(db: Database[Document], commands: Sequence[Document]) -> None:
    for command in commands:
        db.command(command)


def measure(case: Case, application: WSGIApplication, browser: dict[str, str]) -> tuple[float, float, float, int]:
    """Median CPU of the page, of (a) and of (b) in milliseconds, and the bytes of the page uncompressed."""
    headers = browser | case.headers
    urls.page = get(application, case.address, headers | {"HTTP_ACCEPT_ENCODING": "identity"})
    page, constant, reads = in_turns(
        lambda: get(application, case.address, headers),
        lambda: get(application, "/constant/", headers),
        case.commands,
    )
    return page, constant, reads, len(urls.page)


def get(application: WSGIApplication, address: str, headers: dict[str, str]) -> bytes:
    """The body of an answer, taken as a WSGI server takes it."""
    path, _, query = address.partition("?")
    environ = {"PATH_INFO": path, "QUERY_STRING": query, **headers}
    setup_testing_defaults(environ)
    statuses: list[str] = []
    response = application(environ, lambda status, *_: statuses.append(status))
    try:
        body = b"".join(response)
    finally:
        response.close()
    if statuses != ["200 OK"]:
        raise SystemExit(f"{address} answered {statuses}.")
    return body


def in_turns(*works: Work, clock: Callable[[], float] = time.thread_time) -> list[float]:
    """The median of each in milliseconds, of CPU unless told; every round begins with another one."""
    spent: Sequence[list[float]] = [[] for _ in works]
    for number in range(WARM_UP + ROUNDS):
        for turn in range(len(works)):
            position = (number + turn) % len(works)
            started = clock()
            works[position]()
            if number >= WARM_UP:
                spent[position].append((clock() - started) * 1000)
    return [median(times) for times in spent]
