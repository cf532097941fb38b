"""How fast entries are taken in over HTTP, beside a bare insert of the very documents that they become.

Both take turns in every round: a batch posted through the whole application as a server would call it, token, limit
and all, and `insert_many` of as many entries, on a server that answers a write when it is in the journal.
"""

import io
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bson import ObjectId
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test.utils import override_settings, setup_databases, teardown_databases

from benchmarks.stage import MAYA
from logs.api import bodies
from mongo import client, indexes
from mongo.client import Document, database
from mongo.embedded import EmbeddedServer
from users import tokens

ENTRIES, ROUNDS = 1_000, 25
# What is promised: the part of the speed of a bare insert.
ALLOWED_PART = 0.5
PATH = "/api/v1/logs/transactions"


def main() -> None:
    """Measure and print the table."""
    posted, bare = staged()
    part = median(one / other for one, other in zip(bare, posted, strict=True))
    print(f"{ENTRIES:,} transactions, medians of {ROUNDS} rounds in turns\n")
    print("| stored by | ms | a second |\n|---|---|---|")
    for name, seconds in (("insert_many", median(bare)), ("POST", median(posted))):
        print(f"| {name} | {seconds * 1_000:.1f} | {ENTRIES / seconds:,.0f} |")
    verdict = "" if part >= ALLOWED_PART else " Not kept."
    print(f"\n{part:.2f} of the bare speed; wanted: {ALLOWED_PART:g}.{verdict}")


def staged() -> tuple[list[float], list[float]]:
    """Seconds of each round by both ways, on a throw-away server with every index."""
    with (
        tempfile.TemporaryDirectory(prefix="counterpart-bench-") as name,
        EmbeddedServer(Path(name), "--sync-on-commit") as server,
    ):
        settings.DATABASES["default"]["TEST"]["NAME"] = f"{name}/users.sqlite3"
        made = setup_databases(verbosity=0, interactive=False)
        with override_settings(MONGODB_URI=server.uri):
            for drift in indexes.drifts(indexes.declared()):
                indexes.mend(drift)
            seconds = measure(tokens.issue("bench", ["logs:write"], MAYA)[1])
            client.close()
        teardown_databases(made, verbosity=0)
    return seconds


def measure(secret: str) -> tuple[list[float], list[float]]:
    application = get_wsgi_application()
    posted, bare = [], []
    for number in range(ROUNDS):
        body = json.dumps([entry(number, one) for one in range(ENTRIES)]).encode()
        posted.append(timed(lambda body=body: post(application, secret, body)))
        documents = made(json.loads(json.dumps([entry(ROUNDS + number, one) for one in range(ENTRIES)])))
        bare.append(timed(lambda documents=documents: database().transaction_logs.insert_many(documents)))
    if database().transaction_logs.count_documents({}) != 2 * ROUNDS * ENTRIES:
        raise SystemExit("Not everything was stored.")
    return posted, bare


def entry(batch: int, number: int) -> Document:
    return {
        "transactionId": f"tx_{batch}_{number}",
        "userId": f"acct-{number % 300:04}",
        "type": "deposit",
        "amount": f"{number}.45",
        "currency": "USD",
        "status": "completed",
        "metadata": {"channel": "api", "reference": f"INV-{number}", "attempt": 1},
    }


def made(entries: Sequence[Document]) -> list[Document]:
    """The documents that entries become."""
    read = bodies.read(entries, "transactions", now=datetime.now(UTC), via="bench")
    return [{"_id": ObjectId(), **one.document} for one in read]


def post(application: Callable[..., Any], secret: str, body: bytes) -> None:
    """One request as a server hands it over. Ends the run where it is not taken."""
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATH,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_AUTHORIZATION": f"Bearer {secret}",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
    }
    answer = application(environ, lambda status, _: statuses.append(status))
    content = b"".join(answer)
    answer.close()
    if statuses != ["201 Created"]:
        raise SystemExit(f"{statuses}: {content.decode()[:500]}")


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
