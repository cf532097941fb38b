"""The list of a log: what it shows of every entry, where it leads, and what it says where there is nothing."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from bson import Decimal128, ObjectId
from bson.datetime_ms import DatetimeMS
from django.test import Client
from pymongo.database import Database

from logs.kinds import LOGS
from mongo.client import Document
from tests.logs.entries import agent_run, audit_entry, stored, transaction

MINUTE = timedelta(minutes=1)
LIST = "/logs/transactions/"
HTMX = {"HX-Request": "true"}


def ago(minutes: float) -> datetime:
    return datetime.now(UTC) - minutes * MINUTE


def put(mongo: Database[Document], count: int, **fields: object) -> None:
    mongo.transaction_logs.insert_many([transaction(timestamp=ago(n), **fields) for n in range(1, count + 1)])


def shown(client: Client, address: str = LIST, status: int = 200, **headers: str) -> str:
    response = client.get(address, headers=headers)
    assert response.status_code == status
    return response.content.decode()


def rows(page: str) -> list[str]:
    return re.findall(r"<tr data-id=.*?</tr>", page)


def link(page: str, words: str) -> str:
    """The address of the link that holds these words."""
    return unescape(re.search(rf'<a [^>]*href="([^"]*)"[^>]*>(?:(?!</a>).)*{words}', page)[1])


@pytest.fixture
def hundred(mongo: Database[Document]) -> None:
    mongo.transaction_logs.insert_many(
        [transaction(timestamp=ago(n), transactionId=f"tx_{n:03}") for n in range(1, 121)]
    )


def ids(page: str) -> list[str]:
    return re.findall(r"tx_\d{3}(?=</bdi>)", page)


# Pages and order ------------------------------------------------------------------------------------------


def test_the_newest_entries_come_first(admin_client: Client, hundred: None) -> None:
    assert ids(shown(admin_client)) == [f"tx_{n:03}" for n in range(1, 51)]


def test_pages_go_on_and_back_without_a_gap(admin_client: Client, hundred: None) -> None:
    first = shown(admin_client)
    second = shown(admin_client, link(first, "Older"))
    third = shown(admin_client, link(second, "Older"))
    assert ids(first) + ids(second) + ids(third) == [f"tx_{n:03}" for n in range(1, 121)]
    assert ids(shown(admin_client, link(third, "Newer"))) == ids(second)


def test_the_order_can_be_turned(admin_client: Client, hundred: None) -> None:
    page = shown(admin_client, link(shown(admin_client), "Time"))
    assert ids(page)[:2] == ["tx_120", "tx_119"]
    assert 'aria-sort="ascending"' in page
    assert ids(shown(admin_client, link(page, "Newer")))[0] == "tx_070"


def test_a_place_that_is_none_is_told_and_leads_to_the_first_page(admin_client: Client, hundred: None) -> None:
    page = shown(admin_client, f"{LIST}?type=withdrawal&after=nonsense", 400)
    assert "This place in the list cannot be found" in page
    assert link(page, "Go to the first page") == f"{LIST}?type=withdrawal"


def test_a_place_of_another_filter_is_told(admin_client: Client, hundred: None) -> None:
    place = link(shown(admin_client), "Older").partition("after=")[2]
    assert "cannot be found" in shown(admin_client, f"{LIST}?status=failed&after={place}", 400)


# What is asked for ----------------------------------------------------------------------------------------


def test_fields_are_asked_for_and_left_out(admin_client: Client, mongo: Database[Document]) -> None:
    for status in ("failed", "completed", "pending"):
        put(mongo, 2, status=status)
    assert len(rows(shown(admin_client, f"{LIST}?status=failed&status=pending"))) == 4
    assert len(rows(shown(admin_client, f"{LIST}?-status=failed"))) == 4


def test_every_filter_is_a_chip_that_can_be_turned_and_taken_away(admin_client: Client, hundred: None) -> None:
    page = shown(admin_client, f"{LIST}?status=failed&-type=deposit&zone=Europe/Berlin")
    assert link(page, "leave it out instead") == f"{LIST}?-status=failed&-type=deposit&zone=Europe%2FBerlin"
    assert link(page, "ask for it instead") == f"{LIST}?status=failed&type=deposit&zone=Europe%2FBerlin"
    assert link(page, "Take away Type deposit") == f"{LIST}?status=failed&zone=Europe%2FBerlin"
    assert link(page, "Clear all") == f"{LIST}?zone=Europe%2FBerlin"


def test_what_cannot_be_asked_is_told_and_the_rest_is_offered(admin_client: Client, hundred: None) -> None:
    page = shown(admin_client, f"{LIST}?foo=1&status=failed&last=5y", 400)
    assert "“foo” is no field of this log" in page
    assert "“5y” is none" in page
    assert link(page, "Show it without that") == f"{LIST}?status=failed"


def test_the_form_is_there_where_the_address_is_wrong(admin_client: Client, hundred: None) -> None:
    page = shown(admin_client, f"{LIST}?q={'x' * 300}", 400)
    assert f'value="{"x" * 300}"' in page


def test_columns_are_those_asked_for_behind_the_time(admin_client: Client, hundred: None) -> None:
    page = shown(admin_client, f"{LIST}?columns=metadata.channel,status")
    assert re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>|<bdi>)([\w.]+)', page) == [
        "Time",
        "metadata.channel",
        "Status",
    ]
    assert 'data-name="metadata.channel" data-value="api"' in page


def test_a_box_for_each_column_makes_one_parameter(admin_client: Client, hundred: None) -> None:
    response = admin_client.get(f"{LIST}?status=failed&columns=type&columns=&columns=amount")
    assert (response.status_code, response["Location"]) == (302, f"{LIST}?status=failed&columns=type%2Camount")


def test_times_stand_on_the_clock_of_the_zone_with_utc_in_the_title(
    admin_client: Client, mongo: Database[Document]
) -> None:
    stored(mongo, "transactions", transaction(timestamp=datetime(2026, 1, 2, 23, 30, 1, 5_000, tzinfo=UTC)))
    page = shown(admin_client, f"{LIST}?last=all&zone=Asia/Tokyo")
    assert 'title="2026-01-02 23:30:01.005 UTC">2026-01-03 08:30:01.005</time>' in page


def test_quick_ranges_keep_the_filters(admin_client: Client, hundred: None) -> None:
    assert (
        link(shown(admin_client, f"{LIST}?status=failed&from=2026-01-01"), "24 hours")
        == f"{LIST}?status=failed&last=24h"
    )


def test_a_fragment_is_not_a_page(admin_client: Client, hundred: None) -> None:
    page = shown(admin_client, f"{LIST}?status=failed", **HTMX)
    assert "<!doctype" not in page
    assert 'id="log-menus" hx-swap-oob="true"' in page


# Rows -----------------------------------------------------------------------------------------------------


def test_a_row_leads_to_its_entry_with_what_was_asked(admin_client: Client, mongo: Database[Document]) -> None:
    entry = stored(mongo, "transactions", transaction(timestamp=ago(1)))
    (row,) = rows(shown(admin_client, f"{LIST}?status=failed"))
    assert f'href="{LIST}{entry["_id"]}/?status=failed"' in row
    assert f'hx-push-url="{LIST}?status=failed&amp;entry={entry["_id"]}"' in row


def test_failures_stand_out_in_words_too(admin_client: Client, mongo: Database[Document]) -> None:
    stored(mongo, "agents", agent_run(timestamp=ago(1)))
    (row,) = rows(shown(admin_client, "/logs/agents/"))
    assert 'data-tone="bad"><td class="c-time">' in row
    assert '<span class="pill" data-tone="bad" title="failed"><bdi>failed</bdi></span>' in row


def test_what_an_audit_entry_is_about_can_be_asked_for_by_its_id(
    admin_client: Client, mongo: Database[Document]
) -> None:
    stored(mongo, "audit", audit_entry(timestamp=ago(1)))
    page = shown(admin_client, "/logs/audit/?action=contract.edited")
    assert 'data-name="entity.id" data-value="contract_20260101_000000_abcdef"' in page


def test_durations_have_a_unit(admin_client: Client, mongo: Database[Document]) -> None:
    stored(mongo, "agents", agent_run(timestamp=ago(1), duration=125_000))
    assert '<span title="125000 ms"><bdi>2 min 5 s</bdi></span>' in shown(admin_client, "/logs/agents/")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("amount", 29.33, "A binary fraction"),
        ("amount", "29.33", "This is text, not an amount"),
        ("amount", Decimal128("NaN"), "not an amount"),
        ("status", 7, "This is a number, not text"),
        ("userId", ObjectId(), "This is an ObjectId, not text"),
        ("type", {"a": 1}, "This is an object, not text"),
        ("transactionId", ["a"], "This is a list, not text"),
        ("transactionId", "x" * 1_000_000, "Cut: 1,000,000 characters"),
    ],
)
def test_what_belongs_elsewhere_is_shown_as_what_it_is(
    admin_client: Client, mongo: Database[Document], field: str, value: object, said: str
) -> None:
    stored(mongo, "transactions", transaction(timestamp=ago(1), **{field: value}))
    page = shown(admin_client)
    assert said in page
    assert len(page) < 100_000


def test_an_entry_that_holds_nothing_but_a_time_has_a_row(admin_client: Client, mongo: Database[Document]) -> None:
    for name, log in LOGS.items():
        mongo[log.collection].insert_one({"timestamp": ago(1)})
        assert len(rows(shown(admin_client, f"/logs/{name}/?last=1h"))) >= 1


def test_a_row_without_an_address_says_why(admin_client: Client, mongo: Database[Document]) -> None:
    stored(mongo, "transactions", transaction(_id="x" * 5_000, timestamp=ago(1)))
    (row,) = rows(shown(admin_client))
    assert "too long for an address" in row


def test_two_hundred_levels_are_one_line(admin_client: Client, mongo: Database[Document]) -> None:
    deep: Document = {}
    for _ in range(150):
        deep = {"a": deep}
    stored(mongo, "transactions", transaction(timestamp=ago(1), metadata=deep))
    assert "{a: {a: " in shown(admin_client, f"{LIST}?columns=metadata")


def test_text_that_looks_like_a_page_stays_text(admin_client: Client, mongo: Database[Document]) -> None:
    evil = "\"><script>alert(1)</script>'"
    stored(mongo, "transactions", transaction(timestamp=ago(1), status=evil, metadata={evil: evil}, currency=evil))
    page = shown(admin_client, f"{LIST}?columns=status,metadata,amount,currency")
    assert "<script>alert" not in page


# Nothing to show ------------------------------------------------------------------------------------------


def test_nothing_in_this_time_tells_of_the_newest_entry(admin_client: Client, mongo: Database[Document]) -> None:
    stored(mongo, "transactions", transaction(timestamp=datetime(2025, 3, 4, 12, tzinfo=UTC)))
    page = shown(admin_client)
    assert "Nothing in this time" in page
    assert link(page, "Show that day") == f"{LIST}?from=2025-03-04&to=2025-03-04"
    assert len(rows(shown(admin_client, link(page, "Show that day")))) == 1


def test_nothing_matches(admin_client: Client, hundred: None) -> None:
    page = shown(admin_client, f"{LIST}?status=nope")
    assert "No entries match" in page
    assert link(page, "Clear the filters") == LIST


def test_an_empty_log_says_so(admin_client: Client, mongo: Database[Document]) -> None:
    assert "No entries yet" in shown(admin_client)


# Without a usable date ------------------------------------------------------------------------------------


def test_entries_without_a_usable_date_are_a_list_of_their_own(
    admin_client: Client, mongo: Database[Document]
) -> None:
    for moment in (None, "yesterday", 17):
        stored(mongo, "transactions", transaction(timestamp=moment))
    page = shown(admin_client, f"{LIST}undated/?status=failed")
    assert len(rows(page)) == 3
    assert "This is text, not a date" in page


def test_a_year_beyond_the_calendar_is_shown_as_it_is(admin_client: Client, mongo: Database[Document]) -> None:
    stored(mongo, "transactions", transaction(timestamp=DatetimeMS(2**60)))
    assert f"{2**60} ms since 1970" in shown(admin_client, f"{LIST}?last=all")


# Whose it is ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("log", LOGS)
def test_only_administrators_see_whole_logs(
    log: str, manager_client: Client, viewer_client: Client, client: Client, mongo: Database[Document]
) -> None:
    for browser in (manager_client, viewer_client):
        shown(browser, f"/logs/{log}/", 403)
    assert client.get(f"/logs/{log}/").status_code == 302


def test_looking_at_the_audit_trail_is_in_it(admin_client: Client, mongo: Database[Document]) -> None:
    assert "audit.viewed" in shown(admin_client, "/logs/audit/")
