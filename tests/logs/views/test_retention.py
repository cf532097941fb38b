"""How long the audit trail is kept: told beside its list, with what is to be exported in time."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from bson import ObjectId
from bson.datetime_ms import DatetimeMS
from django.test import Client
from pymongo.database import Database
from pytest_django import Settings

from mongo.client import Document
from tests.logs.entries import audit_entry
from users.downloads import FORMS

ADDRESS = "/logs/audit/retention/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def ninety_days(settings: Settings) -> None:
    settings.AUDIT_RETENTION_DAYS = 90


def put(mongo: Database[Document], *days: float, **fields: object) -> None:
    for one in days:
        moment = datetime.now(UTC) - timedelta(days=one)
        mongo.audit_trails.insert_one(audit_entry(**{"timestamp": moment, "createdAt": moment, **fields}))


def told(client: Client) -> str:
    response = client.get(ADDRESS, headers=HTMX)
    assert response.status_code == 200
    return response.content.decode()


def words(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", markup).split())


def test_what_goes_next_is_counted(admin_client: Client, mongo: Database[Document]) -> None:
    put(mongo, 89, 84, 82, 10)
    oldest = datetime.now(UTC) - timedelta(days=89)
    assert f"is of {oldest.day} {oldest:%b %Y}; 2 entries go within the next 7 days." in words(told(admin_client))


def test_exactly_those_are_exported(admin_client: Client, mongo: Database[Document]) -> None:
    put(mongo, 89, 84, 82, 10)
    links = [unescape(link) for link in re.findall(r'<a [^>]*href="([^"]*)"', told(admin_client))]
    lines = b"".join(admin_client.get(links[1])).splitlines()
    assert links == [f"{ADDRESS}export.csv", f"{ADDRESS}export.ndjson"]
    assert len(lines) == 2


def test_what_goes_is_told_by_when_it_was_stored(admin_client: Client, mongo: Database[Document]) -> None:
    """As entries are that were migrated without a time, or with one that is yet to come."""
    now = datetime.now(UTC)
    for moment in (None, "yesterday", now + timedelta(days=3), now - timedelta(days=400)):
        put(mongo, 85, _id=ObjectId(), timestamp=moment)
    put(mongo, 1, timestamp=now - timedelta(days=86))
    assert "4 entries go" in words(told(admin_client))
    lines = {form: b"".join(admin_client.get(f"{ADDRESS}export.{form}")).splitlines() for form in FORMS}
    assert {form: len(found) for form, found in lines.items()} == {"csv": 5, "ndjson": 4}


def test_taking_what_goes_is_in_the_trail(admin_client: Client, mongo: Database[Document]) -> None:
    admin_client.get(f"{ADDRESS}export.ndjson")
    [entry] = mongo.audit_trails.find({"action": "export.downloaded"})
    assert entry["details"]["filter"] == {"leaving": 7}


def test_nothing_goes_soon(admin_client: Client, mongo: Database[Document]) -> None:
    put(mongo, 10)
    assert words(told(admin_client)).endswith("none goes within the next 7 days.")


def test_an_empty_trail_has_no_oldest_entry(admin_client: Client, mongo: Database[Document]) -> None:
    # That somebody looks at it is its first entry.
    assert "Entries are kept for 90 days." in words(told(admin_client))


@pytest.mark.parametrize("odd", ["yesterday", None, 7, DatetimeMS(-(2**60))])
def test_what_has_no_date_of_its_own_never_goes(
    admin_client: Client, mongo: Database[Document], odd: object
) -> None:
    put(mongo, 89, createdAt=odd)
    assert "none goes" in words(told(admin_client))


def test_a_question_of_the_list_that_makes_no_sense_is_told(
    admin_client: Client, mongo: Database[Document]
) -> None:
    assert admin_client.get(f"{ADDRESS}?colour=red", headers=HTMX).status_code == 400


@pytest.mark.parametrize("log", ["transactions", "agents"])
def test_only_the_audit_trail_ends(admin_client: Client, mongo: Database[Document], log: str) -> None:
    assert admin_client.get(f"/logs/{log}/retention/").status_code == 404
    assert "retention/" not in admin_client.get(f"/logs/{log}/").content.decode()


def test_the_list_asks_for_it_after_its_rows(admin_client: Client, mongo: Database[Document]) -> None:
    page = admin_client.get("/logs/audit/?action=contract.edited").content.decode()
    assert 'hx-get="/logs/audit/retention/?action=contract.edited" hx-trigger="load"' in page


def test_its_own_page_is_named_after_it(admin_client: Client, mongo: Database[Document]) -> None:
    text = admin_client.get(ADDRESS).content.decode()
    assert "<h1><bdi>How long entries are kept</bdi></h1>" in text
    assert "<title>How long entries are kept" in " ".join(text.split())
