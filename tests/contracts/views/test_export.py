"""The list as a file: exactly its contracts in its order, for who may take them, and never half of it unnoticed."""

import csv
import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from bson import ObjectId
from django.http import StreamingHttpResponse
from django.test import Client
from pymongo.database import Database

from contracts import downloads, services
from contracts.domain.filters import SORTS, ContractFilter
from contracts.domain.model import Contract
from contracts.repository import BATCH_SIZE
from mongo.client import Document
from tests.factories import MAYA, MAYAS_FILE, NOW, TODAY, make_contract
from users.downloads import EXPORTS, DownloadBroken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

LIST, CSV, NDJSON = "/contracts/", "/contracts/export.csv", "/contracts/export.ndjson"


def make(account: str, **terms: object) -> Contract:
    contract = make_contract(account_id=account, **{"account_name": f"Name of {account}", **terms})
    return services.create(contract, actor=MAYAS_FILE, now=NOW).contract


def text_of(response: StreamingHttpResponse) -> str:
    assert response.status_code == 200
    return b"".join(response).decode()


def accounts(browser: Client, query: str = "") -> list[str]:
    """The accounts in the NDJSON file, in its order."""
    return [json.loads(line)["account_id"] for line in text_of(browser.get(NDJSON + query)).splitlines()]


def listed(browser: Client, query: str) -> list[str]:
    """The accounts in the list, in its order."""
    return [row.contract.account_id for row in browser.get(LIST + query).context["page"].rows]


def table(browser: Client, query: str = "") -> list[dict[str, str]]:
    """The rows of the CSV file, as a spreadsheet reads them."""
    text = text_of(browser.get(CSV + query))
    assert text[0] == "\ufeff"
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def audited(mongo: Database[Document]) -> list[Document]:
    return list(mongo.audit_trails.find({"action": "export.downloaded"}))


@pytest.fixture
def some(mongo: Database[Document]) -> None:
    """Contracts that every filter tells apart, and a document of another service."""
    today = datetime.now(UTC).date()
    make("basic", contract_type="basic", account_name="Zulu", end_date=today + timedelta(days=20))
    make("draft", status="draft", base_monthly_fee=Decimal(9), end_date=None, auto_renewal=False)
    make("euro", currency="EUR", account_manager="tom", base_monthly_fee=Decimal(100))
    make("tagged", tags=("needle",), end_date=today + timedelta(days=90))
    mongo.contracts.insert_one({"_id": {"a": 1}, "contract_id": 17, "account_id": "odd", "end_date": "soon"})


# What is in it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?q=needle",
        "?status=draft",
        "?contract_type=basic",
        "?account_manager=tom",
        "?currency=EUR",
        "?ends=30",
        "?notice=365",
        "?usage=80",
        *(f"?sort={sign}{key}" for key in SORTS for sign in ("", "-")),
    ],
)
@pytest.mark.usefixtures("some")
def test_it_holds_exactly_what_the_list_shows_in_its_order(manager_client: Client, query: str) -> None:
    assert accounts(manager_client, query) == listed(manager_client, query)


@pytest.mark.usefixtures("some")
def test_both_formats_hold_the_same(manager_client: Client) -> None:
    assert [row["account_id"] for row in table(manager_client)] == accounts(manager_client)


def test_it_holds_all_pages_whichever_is_asked_for(manager_client: Client, mongo: Database[Document]) -> None:
    names = [f"a{number:04}" for number in range(2 * BATCH_SIZE + 1)]
    mongo.contracts.insert_many({"contract_id": name, "account_id": name} for name in reversed(names))
    assert sorted(accounts(manager_client, "?page=3")) == names


def test_of_no_contract_a_table_has_the_header_alone(manager_client: Client) -> None:
    assert text_of(manager_client.get(CSV)).startswith("\ufeffcontract_id,account_id,")
    assert (table(manager_client), accounts(manager_client)) == ([], [])


@pytest.mark.parametrize(
    "name", ["=1+1", "@SUM(A1)", "+1", "-1", '"quoted", "twice"', "two\r\nlines", "<b>&", "\u202eevil"]
)
def test_hostile_text_is_text_in_a_spreadsheet_and_comes_whole(manager_client: Client, name: str) -> None:
    make("a", account_name=name)
    (row,) = table(manager_client)
    assert row["account_name"].lstrip("'") == name
    assert row["account_name"][0] not in "=+-@"


@pytest.mark.parametrize("own", [7, "text", None, {"a": 1}, Decimal("1.5"), True, ObjectId()])
def test_whatever_kind_of_id_another_service_gave_it_is_there(
    manager_client: Client, mongo: Database[Document], own: object
) -> None:
    mongo.contracts.insert_one(
        {"_id": own, "account_id": "odd", "account_name": "B", "tags": 5, "sla_terms": "none"}
    )
    make("a", account_name="A")
    assert accounts(manager_client) == ["a", "odd"]


def test_who_comes_and_goes_during_a_download_moves_nobody_else(mongo: Database[Document]) -> None:
    names = [f"a{number:04}" for number in range(3 * BATCH_SIZE)]
    mongo.contracts.insert_many(
        {"contract_id": n, "account_id": n, "account_name": n, "notes": "x" * 5000} for n in names
    )
    pieces = downloads.begin(ContractFilter(), "ndjson", name="f", actor=MAYA, now=NOW)
    first = next(pieces)
    mongo.contracts.delete_one({"account_id": names[-1]})
    mongo.contracts.update_one({"account_id": names[-2]}, {"$set": {"account_name": "A"}})
    mongo.contracts.insert_one({"contract_id": "new", "account_id": "new", "account_name": "a0599"})
    found = [json.loads(line)["account_id"] for line in (first + b"".join(pieces)).splitlines()]
    assert found == names[:-1]


# Who may, and who did -------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [CSV, NDJSON])
def test_a_viewer_may_not_take_a_file_and_nothing_is_read(
    viewer_client: Client, away: Callable[[], AbstractContextManager[None]], url: str
) -> None:
    with away():
        assert viewer_client.get(url).status_code == 403


def test_who_is_not_signed_in_is_asked_to(client: Client) -> None:
    assert client.get(CSV + "?status=active").url == "/sign-in/?next=/contracts/export.csv%3Fstatus%3Dactive"


def test_the_audit_trail_tells_who_took_what(manager_client: Client, mongo: Database[Document]) -> None:
    make("a-1")
    make("b-1")
    response = manager_client.get(CSV + "?q=a-&status=active&sort=-end&page=2", headers={"User-Agent": "Tests"})
    (entry,) = audited(mongo)
    assert entry["details"] == {
        "format": "csv",
        "filter": {"q": "a-", "status": "active", "sort": "-end"},
        "count": 1,
    }
    assert (entry["userId"], entry["userAgent"], entry["entity"]["type"]) == ("manager", "Tests", "export")
    assert entry["entity"]["id"] in response["Content-Disposition"]


def test_the_head_alone_reads_nothing_and_is_not_audited(
    manager_client: Client, counted: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    with counted() as commands:
        response = manager_client.head(CSV)
    assert (response.status_code, response["Content-Type"], commands) == (200, "text/csv; charset=utf-8", [])


def test_it_can_only_be_asked_for(manager_client: Client) -> None:
    assert manager_client.post(CSV).status_code == 405


def test_who_takes_too_many_files_is_told_when_to_come_again(
    manager_client: Client, admin_client: Client, mongo: Database[Document]
) -> None:
    assert {manager_client.get(CSV).status_code for _ in range(EXPORTS)} == {200}
    refused = manager_client.get(NDJSON)
    assert (refused.status_code, audited(mongo)[EXPORTS:]) == (429, [])
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert "Too many tries" in refused.content.decode()
    assert admin_client.get(CSV).status_code == 200


def test_what_is_no_download_counts_as_none(manager_client: Client) -> None:
    for _ in range(EXPORTS):
        manager_client.head(CSV)
        manager_client.get(CSV + "?ends=soon")
    assert manager_client.get(CSV).status_code == 200


# Its name -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "name"),
    [
        ({}, "contracts-2026-11-21.csv"),
        ({"sort": "-end"}, "contracts-2026-11-21.csv"),
        ({"status": "pending_renewal"}, "contracts-2026-11-21-pending_renewal.csv"),
        ({"q": "north"}, "contracts-2026-11-21-filtered.csv"),
        ({"status": "active", "ends": 30}, "contracts-2026-11-21-active-filtered.csv"),
        ({"status": '"\r\n../é/☃'}, "contracts-2026-11-21-e.csv"),
    ],
)
def test_the_file_is_called_by_day_and_filter(terms: dict[str, object], name: str) -> None:
    assert downloads.file_name(ContractFilter(**terms), "csv", TODAY) == name


def test_the_browser_is_told_to_keep_the_file_and_nothing_else_of_it(manager_client: Client) -> None:
    response = manager_client.get(NDJSON + "?status=active")
    assert response["Content-Type"] == "application/x-ndjson"
    assert response["Content-Disposition"].startswith('attachment; filename="contracts-20')
    assert response["Cache-Control"] == "no-store"


# What goes wrong ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("?ends=soon", "Ends within days"),
        ("?sort=password", "Sort"),
        (f"?q={'x' * 201}", "Search"),
        ("?q=%00", "Search"),
    ],
)
def test_a_bad_parameter_is_named_on_a_page(
    manager_client: Client, mongo: Database[Document], query: str, word: str
) -> None:
    response = manager_client.get(CSV + query)
    assert (response.status_code, word in response.content.decode()) == (400, True)
    assert audited(mongo) == []


def test_without_mongodb_there_is_a_page_instead_of_a_file(
    manager_client: Client, away: Callable[[], AbstractContextManager[None]]
) -> None:
    with away():
        response = manager_client.get(CSV)
    assert response.status_code == 503
    assert "Content-Disposition" not in response.headers
    assert "MongoDB does not answer" in response.content.decode()


def test_a_download_that_cannot_be_finished_ends_in_an_error(
    manager_client: Client, mongo: Database[Document], away: Callable[[], AbstractContextManager[None]]
) -> None:
    mongo.contracts.insert_many(
        {"account_id": f"a{n}", "contract_id": f"c{n}", "notes": "x" * 1000} for n in range(500)
    )
    pieces = iter(manager_client.get(NDJSON))
    assert next(pieces)
    with away(), pytest.raises(DownloadBroken, match=r"A download of 500 contracts broke off\. MongoDB did not"):
        list(pieces)


def test_the_list_offers_what_it_shows_as_a_file(manager_client: Client, viewer_client: Client) -> None:
    make("a-1")
    page = manager_client.get(LIST + "?q=a-&page=1").content.decode()
    assert 'href="/contracts/export.csv?q=a-"' in page
    assert "Export 1 contract as NDJSON" in page
    assert "export.csv" not in viewer_client.get(LIST).content.decode()
    assert "export.csv" not in manager_client.get(LIST + "?q=none").content.decode()
