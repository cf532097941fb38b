"""What the explorer costs: a page of fifty entries beyond what it cannot do without, a page far down, a file.

Pages are measured as in benchmarks/pages.py. That of depth 1,000 takes turns with the first, in time that passes,
since it is MongoDB that might look through what lies before it.
"""

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from wsgiref.types import WSGIApplication

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from pymongo import MongoClient

from benchmarks.pages import BROWSER, HTMX, ROUNDS, cases, get, in_turns, measure
from benchmarks.stage import MAYA, NOW, cookies, stage
from logs import repository
from logs.domain.filters import LogFilter
from logs.kinds import LOGS
from mongo.client import JOB_SECONDS, Document, writing
from users.access import ADMINISTRATOR

ENTRIES, AT_ONCE = 100_000, 5_000
DEPTH, PAGE = 1_000, 50
# A page may cost this much more than a constant one and its reads; one far down this much more than the first.
ALLOWED_MS, ALLOWED_TIMES = 8.0, 1.2

EVERYTHING = "?last=all"
PAGES = (
    ("50 transactions", f"/logs/transactions/{EVERYTHING}", {}),
    ("50 transactions, htmx fragment", f"/logs/transactions/{EVERYTHING}", HTMX),
    ("50 transactions, filtered", "/logs/transactions/?last=90d&status=failed&-type=deposit", {}),
    ("50 agent runs", f"/logs/agents/{EVERYTHING}", {}),
    ("50 audit entries", f"/logs/audit/{EVERYTHING}", {}),
)


def main() -> None:
    """Measure the pages, depth and files, and print the tables."""
    with stage() as (_, uri), MongoClient(uri) as plain:
        _fill()
        application = get_wsgi_application()
        browser = BROWSER | {"HTTP_COOKIE": cookies("ines", "Ines", "Moreau", ADMINISTRATOR)}
        print(f"CPU a request in ms, medians of {ROUNDS} rounds in turns; allowed: a + b + {ALLOWED_MS:g}\n")
        print("| page of | page | (a) constant | (b) reads | page − a − b | bytes |\n|---|---|---|---|---|---|")
        for case in cases(application, browser, plain.get_database(settings.MONGODB_DB_NAME), PAGES):
            page, constant, reads, size = measure(case, application, browser)
            rest = page - constant - reads
            verdict = "" if rest <= ALLOWED_MS else " too much"
            print(f"| {case.name} | {page:.2f} | {constant:.2f} | {reads:.2f} | {rest:.2f}{verdict} | {size:,} |")
        _depth(application, browser)
        _files(application, browser)


def _depth(application: WSGIApplication, browser: dict[str, str]) -> None:
    first = f"/logs/transactions/{EVERYTHING}"
    deep = f"{first}&after={_cursor()}"
    near, far = in_turns(
        *(partial(get, application, address, browser) for address in (first, deep)), clock=time.perf_counter
    )
    verdict = "" if far <= near * ALLOWED_TIMES else " too much"
    print(
        f"\nTime of the first page {near:.1f} ms, at depth {DEPTH:,} {far:.1f} ms: {far / near:.2f} times{verdict}"
    )


def _cursor() -> str:
    """Where the page of this depth begins."""
    cursor, at_once = None, 1_000
    for _ in range(DEPTH * PAGE // at_once):
        wanted = LogFilter(last="all")
        cursor = repository.find_page(LOGS["transactions"], wanted, limit=at_once, after=cursor).after
    return cursor or ""


def _files(application: WSGIApplication, browser: dict[str, str]) -> None:
    plain = browser | {"HTTP_ACCEPT_ENCODING": "identity"}
    for form in ("ndjson", "csv"):
        started = time.perf_counter()
        size = len(get(application, f"/logs/transactions/export.{form}{EVERYTHING}", plain))
        seconds = time.perf_counter() - started
        print(
            f"Export as {form}: {ENTRIES / seconds:,.0f} entries a second, {size / seconds / 1e6:.1f} MB a second"
        )


def _fill() -> None:
    chance = random.Random(7)
    with writing(JOB_SECONDS) as db:
        db.transaction_logs.delete_many({})
        db.ai_agent_logs.insert_many(_run(number, chance) for number in range(AT_ONCE))
        db.audit_trails.insert_many(_deeds())
    for start in range(0, ENTRIES, AT_ONCE):
        with writing(JOB_SECONDS) as db:
            db.transaction_logs.insert_many(_transaction(start + number, chance) for number in range(AT_ONCE))


def _transaction(number: int, chance: random.Random) -> Document:
    return {
        "transactionId": f"tx_{number:08}",
        "userId": f"acct-{chance.randrange(600):04}",
        "type": chance.choice(("deposit", "withdrawal", "transfer")),
        "amount": Decimal(chance.randrange(100, 9_999_999)) / 100,
        "currency": chance.choice(("USD", "USD", "EUR", "JPY")),
        "status": chance.choice(("completed", "completed", "completed", "pending", "failed")),
        "metadata": {"channel": chance.choice(("api", "web")), "quantity": chance.randrange(9), "desk": "north"},
        "timestamp": NOW - timedelta(seconds=40 * number),
        "createdAt": NOW,
    }


def _run(number: int, chance: random.Random) -> Document:
    return {
        "agentId": f"agent_{chance.randrange(12)}",
        "agentName": "Contract reader",
        "action": chance.choice(("extract_terms", "match_entries", "draft_mail")),
        "status": chance.choice(("completed", "completed", "failed", "started")),
        "duration": chance.randrange(40, 90_000),
        "runId": f"run_{number // 5}",
        "input": {"account": f"acct-{chance.randrange(600):04}", "pages": chance.randrange(40)},
        "timestamp": NOW - timedelta(minutes=number),
        "createdAt": NOW,
    }


def _deeds() -> Iterator[Document]:
    for number in range(AT_ONCE):
        yield {
            "userId": MAYA.id,
            "action": "contract.edited",
            "entity": {"type": "contract", "id": f"contract_{number:06}"},
            "details": {"version": number, "changes": [{"path": "notes", "before": None, "after": "Signed."}]},
            "ipAddress": "192.0.2.7",
            "via": "form",
            "timestamp": NOW - timedelta(minutes=number),
            "createdAt": NOW - timedelta(minutes=number),
        }
