"""What stands beside the list: chart, values and counts, each by itself, in a fragment or a page of its own."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from pymongo.database import Database

from mongo.client import Document
from tests.logs.entries import audit_entry, stored, transaction

LIST = "/logs/transactions/"
HTMX = {"HX-Request": "true"}
PARTS = ("histogram/", "values/status/", "count/", "undated/count/")


def part(client: Client, address: str, status: int = 200) -> str:
    response = client.get(f"{LIST}{address}", headers=HTMX)
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def few(mongo: Database[Document]) -> None:
    now = datetime.now(UTC)
    for number, status in enumerate(("failed", "completed", "completed")):
        stored(mongo, "transactions", transaction(timestamp=now - timedelta(hours=number + 1), status=status))


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_a_fragment_and_without_javascript_a_page(admin_client: Client, few: None, name: str) -> None:
    assert "<html" not in part(admin_client, name)
    page = admin_client.get(f"{LIST}{name}?status=failed").content.decode()
    assert "<html" in page
    assert f'href="{LIST}?status=failed"' in page


@pytest.mark.parametrize("name", PARTS)
def test_a_part_says_what_cannot_be_asked(admin_client: Client, few: None, name: str) -> None:
    page = admin_client.get(f"{LIST}{name}?foo=1")
    assert page.status_code == 400
    assert "“foo” is no field of this log" in page.content.decode()


def test_the_chart_says_how_many_and_how_many_failed(admin_client: Client, few: None) -> None:
    chart = part(admin_client, "histogram/?last=24h")
    assert "<b>3 entries</b>" in chart
    assert "1 failure" in chart


def test_a_bar_leads_to_its_piece_of_time_and_says_so(admin_client: Client, few: None) -> None:
    chart = part(admin_client, "histogram/?last=24h&type=withdrawal")
    address, words = re.search(r'<a href="([^"]*)" aria-label="([^"]*failure)"', chart).groups()
    assert re.fullmatch(
        r"/logs/transactions/\?type=withdrawal&from=[\dTZ%A-F-]+&to=[\dTZ%A-F-]+", unescape(address)
    )
    assert words.endswith(": 1 entry, 1 failure")
    rows = admin_client.get(unescape(address)).content.decode()
    assert rows.count("<tr data-id") == 1


def test_the_chart_tells_the_foot_how_many_there_are_in_it_and_beyond(
    admin_client: Client, few: None, mongo: Database[Document]
) -> None:
    stored(mongo, "transactions", transaction(timestamp=datetime.now(UTC) + timedelta(days=3)))
    assert 'data-total="4"' in part(admin_client, "histogram/?last=24h")


def test_the_scale_is_the_most_that_a_bar_counts(admin_client: Client, few: None) -> None:
    assert '<text class="scale" x="100%" y="9">3</text>' in part(admin_client, "histogram/?last=90d")


def test_a_bar_without_entries_says_its_time(admin_client: Client, few: None) -> None:
    said = re.findall(r'data-said="([^"]+)"', part(admin_client, "histogram/?last=24h"))
    assert said
    assert all(re.fullmatch(r"\d+ \w{3} \d{4} \d\d:\d\d – \d\d:\d\d: no entries", words) for words in said)


def test_a_chart_of_nothing_says_so(admin_client: Client, mongo: Database[Document]) -> None:
    assert "No entries to count" in part(admin_client, "histogram/?last=all")


def test_values_toggle_and_leave_out(admin_client: Client, few: None) -> None:
    facet = unescape(part(admin_client, "values/status/?status=failed"))
    assert f'href="{LIST}" hx-get' in facet
    assert f'href="{LIST}?-status=failed"' in facet
    assert f'href="{LIST}?status=failed&status=completed"' in facet


def test_what_is_chosen_comes_first_even_where_nothing_has_it(admin_client: Client, few: None) -> None:
    facet = part(admin_client, "values/status/?status=nope")
    assert re.findall(r"<bdi>(\w+)</bdi></span><b>(\d+)", facet) == [
        ("nope", "0"),
        ("completed", "2"),
        ("failed", "1"),
    ]


@pytest.mark.parametrize("value", ["x" * 300, ["a", "failed"], "a\0b"])
def test_how_many_have_a_chosen_value_is_not_told_where_some_were_not_counted_by_it(
    admin_client: Client, mongo: Database[Document], value: object
) -> None:
    chosen = value if isinstance(value, str) and "\0" not in value else "failed"
    stored(mongo, "transactions", transaction(timestamp=datetime.now(UTC), status=value))
    facet = part(admin_client, f"values/status/?status={chosen}")
    assert re.findall(r"<b>(\d*)</b>", facet)[-1] == "1"
    assert "<b>0</b>" not in facet and "a\0b" not in facet


def test_there_are_no_values_of_what_is_no_field(admin_client: Client, few: None) -> None:
    assert admin_client.get(f"{LIST}values/foo/").status_code == 404


def test_entries_are_counted(admin_client: Client, few: None) -> None:
    assert part(admin_client, "count/?status=completed").strip() == "of 2"


def test_entries_without_a_usable_date_are_told_where_there_are_any(
    admin_client: Client, few: None, mongo: Database[Document]
) -> None:
    assert part(admin_client, "undated/count/").strip() == ""
    stored(mongo, "transactions", transaction(timestamp="yesterday"))
    told = part(admin_client, "undated/count/?status=failed&last=24h")
    assert f'href="{LIST}undated/?status=failed"' in told
    assert "1 entry without a usable date" in told


@pytest.mark.parametrize("name", ["histogram/", "values/action/", "count/", "undated/count/"])
def test_a_part_of_the_audit_trail_is_in_it_before_it_is_shown(
    admin_client: Client, mongo: Database[Document], name: str
) -> None:
    stored(mongo, "audit", audit_entry())
    assert admin_client.get(f"/logs/audit/{name}?userId=maya", headers=HTMX).status_code == 200
    assert mongo.audit_trails.count_documents({"action": "audit.viewed", "details.asked": "userId=maya"}) == 1


@pytest.mark.parametrize("name", PARTS)
def test_parts_of_a_whole_log_are_for_administrators(manager_client: Client, few: None, name: str) -> None:
    assert manager_client.get(f"{LIST}{name}", headers=HTMX).status_code == 403
