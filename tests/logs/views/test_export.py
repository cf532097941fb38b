"""A list of entries as a file: exactly its entries in its order, for administrators alone, each one audited."""

import csv
import io
import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from bson.datetime_ms import DatetimeMS
from django.http import StreamingHttpResponse
from django.test import Client
from pymongo.database import Database

from logs.kinds import LOGS
from mongo import paging
from mongo.client import Document
from mongo.paging import WALK_SECONDS, WALKED_AT_ONCE
from tests.logs.entries import MADE, stored
from users.downloads import EXPORTS, PIECE_BYTES, DownloadBroken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

Block = Callable[[], AbstractContextManager[None]]

LOG = "/logs/transactions/"
CSV, NDJSON = f"{LOG}export.csv", f"{LOG}export.ndjson"


def many(mongo: Database[Document], count: int, **terms: object) -> None:
    """Entries of the last minutes, a second apart, called 0, 1, … from the newest on."""
    now = datetime.now(UTC)
    mongo.transaction_logs.insert_many(
        {
            "transactionId": str(n),
            "timestamp": now - timedelta(seconds=n),
            "status": ("failed", "done")[n % 2],
            **terms,
        }
        for n in range(count)
    )


def text_of(response: StreamingHttpResponse) -> str:
    assert response.status_code == 200
    return b"".join(response).decode()


def names(client: Client, query: str = "", url: str = NDJSON) -> list[str]:
    """The entries in the file, in its order."""
    return [json.loads(line)["transactionId"] for line in text_of(client.get(url + query)).split("\n")[:-1]]


def table(client: Client, query: str = "") -> list[dict[str, str]]:
    text = text_of(client.get(CSV + query))
    assert text[0] == "\ufeff"
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def audited(mongo: Database[Document]) -> list[Document]:
    return list(mongo.audit_trails.find({"action": "export.downloaded"}))


# What is in it --------------------------------------------------------------------------------------------


def test_it_holds_all_pages_newest_first(admin_client: Client, mongo: Database[Document]) -> None:
    many(mongo, 2 * WALKED_AT_ONCE + 1)
    assert names(admin_client) == [str(n) for n in range(2 * WALKED_AT_ONCE + 1)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?order=oldest", ["5", "4", "3", "2", "1", "0"]),
        ("?status=failed", ["0", "2", "4"]),
        ("?-status=failed&order=oldest", ["5", "3", "1"]),
        ("?transactionId=1&transactionId=4", ["1", "4"]),
        ("?from=2020-01-01&to=2020-01-02", []),
        ("?columns=status&zone=Europe/Berlin&transactionId=3&after=anything&entry=507f1f77bcf86cd799439011", ["3"]),
    ],
)
def test_it_holds_what_the_address_asks_for_in_its_order(
    admin_client: Client, mongo: Database[Document], query: str, expected: list[str]
) -> None:
    many(mongo, 6)
    assert names(admin_client, query) == expected
    assert [row["transactionId"] for row in table(admin_client, query)] == expected


def test_entries_without_a_date_have_a_file_of_their_own(admin_client: Client, mongo: Database[Document]) -> None:
    many(mongo, 1)
    mongo.transaction_logs.insert_many(
        [{"_id": n, "transactionId": f"u{n}", "timestamp": "soon"} for n in range(3)]
    )
    undated = f"{LOG}undated/export.ndjson"
    assert names(admin_client, url=undated) == ["u2", "u1", "u0"]
    assert names(admin_client, "?transactionId=u1", url=undated) == ["u1"]
    (entry,) = [entry for entry in audited(mongo) if "transactionId" in entry["details"]["filter"]]
    assert entry["details"]["filter"] == {"transactionId": "u1", "undated": True}


@pytest.mark.parametrize("log", LOGS)
def test_each_log_has_its_file_in_both_formats(admin_client: Client, mongo: Database[Document], log: str) -> None:
    mongo[LOGS[log].collection].insert_one(MADE[log]())
    for form in ("csv", "ndjson"):
        assert str(MADE[log]()["timestamp"].year) in text_of(
            admin_client.get(f"/logs/{log}/export.{form}?last=all")
        )


def test_other_services_entries_are_in_it_whatever_they_hold(
    admin_client: Client, mongo: Database[Document]
) -> None:
    odd = [
        {"_id": "text", "timestamp": DatetimeMS(2**50)},
        {"_id": {"a": 1}, "timestamp": datetime.now(UTC), "status": [1], "metadata": 7},
        {"_id": ObjectId(), "timestamp": datetime(1970, 1, 1, tzinfo=UTC), "note": "=1+1"},
    ]
    mongo.transaction_logs.insert_many(odd)
    assert len(text_of(admin_client.get(f"{NDJSON}?last=all")).splitlines()) == 3
    assert len(table(admin_client, "?last=all")) == 3


def test_of_no_entry_a_table_has_the_header_alone(admin_client: Client) -> None:
    assert text_of(admin_client.get(CSV)).startswith("\ufefftimestamp,transactionId,userId,")
    assert (table(admin_client), names(admin_client)) == ([], [])


def test_it_comes_in_pieces_of_64_kilobytes_at_most(admin_client: Client, mongo: Database[Document]) -> None:
    many(mongo, 3, metadata={"text": "é" * 100_000})
    sizes = [len(piece) for piece in admin_client.get(NDJSON)]
    assert sizes[:-1] == [PIECE_BYTES] * (len(sizes) - 1) and 600_000 < sum(sizes) < 610_000


# Who may, and who did -------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [CSV, NDJSON, f"{LOG}undated/export.csv", "/logs/audit/export.csv"])
def test_only_administrators_may_take_a_file(
    viewer_client: Client, manager_client: Client, away: Block, url: str
) -> None:
    with away():
        assert [client.get(url).status_code for client in (viewer_client, manager_client)] == [403, 403]


def test_the_audit_trail_tells_who_took_what(admin_client: Client, mongo: Database[Document]) -> None:
    many(mongo, 4)
    url = f"{CSV}?status=failed&status=lost&metadata.a.b=1&zone=UTC&after=x&-type=a"
    response = admin_client.get(url, headers={"User-Agent": "Tests"})
    (entry,) = audited(mongo)
    assert entry["details"] == {
        "log": "transactions",
        "format": "csv",
        "filter": {"last": "7d", "status": ["failed", "lost"], "metadata.a.b": "1", "zone": "UTC", "-type": "a"},
        "count": "0",
    }
    assert (entry["userId"], entry["userAgent"], entry["entity"]["type"]) == ("admin", "Tests", "export")
    assert entry["entity"]["id"] in response["Content-Disposition"]


def test_a_file_with_bounds_is_audited_with_these_and_no_other_time(
    admin_client: Client, mongo: Database[Document]
) -> None:
    admin_client.get(f"{CSV}?from=2026-01-01")
    assert audited(mongo)[0]["details"]["filter"] == {"from": "2026-01-01"}


def test_the_head_alone_reads_nothing_and_is_not_audited(
    admin_client: Client, counted: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with counted() as commands:
        response = admin_client.head(CSV)
    assert (response.status_code, response["Content-Type"], commands) == (200, "text/csv; charset=utf-8", [])


def test_it_can_only_be_asked_for(admin_client: Client) -> None:
    assert admin_client.post(CSV).status_code == 405


def test_files_of_contracts_and_of_logs_are_counted_together(
    admin_client: Client, mongo: Database[Document]
) -> None:
    for _ in range(EXPORTS - 1):
        admin_client.get("/contracts/export.csv")
    assert admin_client.get(CSV).status_code == 200
    assert [admin_client.get(url).status_code for url in (NDJSON, "/contracts/export.csv")] == [429, 429]
    assert len(audited(mongo)) == EXPORTS


# Its name -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (CSV, "transactions-{day}.csv"),
        (f"{CSV}?last=24h&order=oldest", "transactions-{day}.csv"),
        (f"{NDJSON}?status=%22%0d%0a../", "transactions-{day}-filtered.ndjson"),
        (f"{LOG}undated/export.csv?q=a", "transactions-{day}-undated-filtered.csv"),
        ("/logs/audit/export.csv", "audit-trail-{day}.csv"),
        ("/logs/agents/export.csv", "agent-runs-{day}.csv"),
    ],
)
def test_the_file_is_called_by_log_and_day(admin_client: Client, url: str, name: str) -> None:
    response = admin_client.head(url)
    day = datetime.now(UTC).date().isoformat()
    assert response["Content-Disposition"] == f'attachment; filename="{name.format(day=day)}"'
    assert response["Cache-Control"] == "no-store"


def test_the_file_of_one_entry_is_in_the_trail_too(admin_client: Client, mongo: Database[Document]) -> None:
    entry = stored(mongo, "agents", MADE["agents"]())
    admin_client.get(f"/logs/agents/{entry['_id']}/?as=json")
    [taken] = audited(mongo)
    assert taken["details"] == {"log": "agents", "format": "json", "entry": str(entry["_id"])}


# What goes wrong ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?nonsense=1", "is no field of this log"),
        ("?last=soon", "last: “soon” is none."),
        ("?from=2026-02-31", "from:"),
        ("?%3Cb%3E=1", "“&lt;b&gt;” is no field"),
        ("?undated=1", "“undated” is no field"),
    ],
)
def test_a_bad_parameter_is_named_on_a_page(
    admin_client: Client, mongo: Database[Document], query: str, words: str
) -> None:
    response = admin_client.get(CSV + query)
    assert (response.status_code, words in response.content.decode()) == (400, True)
    assert audited(mongo) == []


def test_without_mongodb_there_is_a_page_instead_of_a_file(admin_client: Client, away: Block) -> None:
    before = time.monotonic()
    with away():
        response = admin_client.get(CSV)
    assert (response.status_code, "Content-Disposition" in response.headers) == (503, False)
    assert time.monotonic() - before < WALK_SECONDS / 2


def test_a_file_that_cannot_be_finished_ends_in_an_error(
    admin_client: Client, mongo: Database[Document], away: Block, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(mongo, 2 * WALKED_AT_ONCE)
    monkeypatch.setattr(paging, "WALK_SECONDS", 1.0)
    pieces = iter(admin_client.get(NDJSON))
    assert next(pieces)
    with (
        away(),
        pytest.raises(DownloadBroken, match=r"A download of about 2,000 entries|of 2,000 entries broke off"),
    ):
        list(pieces)
