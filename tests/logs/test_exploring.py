"""What stands beside the entries: how many when, with which values, and what lies around one of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from bson import ObjectId
from bson.datetime_ms import DatetimeMS

from logs import exploring, repository
from logs.domain.filters import LogFilter
from logs.kinds import LOGS
from mongo.cursors import CursorUnreadable
from tests.logs.entries import agent_run, audit_entry, stored, transaction

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
ZONE = ZoneInfo("UTC")
TRANSACTIONS, AGENTS, AUDIT = LOGS["transactions"], LOGS["agents"], LOGS["audit"]
LAST_DAY = LogFilter(start=NOW - DAY)


def put(mongo, *moments, **fields):
    return [stored(mongo, "transactions", transaction(timestamp=moment, **fields)) for moment in moments]


def test_the_chart_counts_every_entry_once(mongo):
    put(mongo, *(NOW - DAY + n * HOUR for n in range(24)))
    bars = exploring.histogram(TRANSACTIONS, LAST_DAY, ZONE, now=NOW).bars
    assert sum(bar.count for bar in bars) == 24
    assert [bar for bar in bars if bar.count > 1] == []


def test_the_chart_tells_failures_apart(mongo):
    put(mongo, NOW - HOUR, status="failed")
    put(mongo, NOW - HOUR, status="completed")
    bars = exploring.histogram(TRANSACTIONS, LAST_DAY, ZONE, now=NOW).bars
    assert [(bar.count, bar.alarming) for bar in bars if bar.count] == [(2, 1)]


def test_the_chart_of_all_time_begins_with_the_first_entry(mongo):
    put(mongo, NOW - 40 * DAY, NOW - HOUR)
    bars = exploring.histogram(TRANSACTIONS, LogFilter(), ZONE, now=NOW).bars
    assert bars[0].count == 1
    assert bars[0].start <= NOW - 40 * DAY < bars[0].end


def test_one_entry_of_a_clock_that_stopped_leaves_the_chart_readable(mongo):
    put(mongo, datetime(1970, 1, 1, tzinfo=UTC), NOW - HOUR)
    bars = exploring.histogram(TRANSACTIONS, LogFilter(), ZONE, now=NOW).bars
    assert 2 <= len(bars) <= 62
    assert bars[-1].count == 1


@pytest.mark.parametrize(
    "moment", ["2026-11-21", None, 17, DatetimeMS(2**60), DatetimeMS(-(2**60)), [NOW, NOW - DAY]]
)
def test_odd_times_break_no_chart(mongo, moment):
    put(mongo, moment)
    assert sum(bar.count for bar in exploring.histogram(TRANSACTIONS, LAST_DAY, ZONE, now=NOW).bars) == 0


@pytest.mark.parametrize("name", ["last", "open", "closed", "all"])
def test_each_bar_has_as_many_entries_as_the_list_of_its_time(mongo, name):
    """Around the first and the last bar, too, which begin and end where the time asked for does."""
    wanted = {
        "last": LogFilter(start=NOW - DAY + 20 * SECOND),
        "open": LogFilter(start=NOW - 40 * DAY + HOUR / 3),
        "closed": LogFilter(start=NOW - 3 * DAY + HOUR / 3, end=NOW - DAY - HOUR / 7),
        "all": LogFilter(),
    }[name]
    put(mongo, *(NOW + HOUR - n * HOUR / 5 for n in range(400)), *(NOW - n * DAY for n in range(50)))
    found = exploring.histogram(TRANSACTIONS, wanted, ZONE, now=NOW)
    for bar in found.bars:
        there = replace(wanted, start=bar.start, end=bar.end)
        assert bar.count == repository.count(TRANSACTIONS, there).number
    assert sum(bar.count for bar in found.bars) + found.beyond == repository.count(TRANSACTIONS, wanted).number


def test_what_lies_in_no_bar_is_counted_beside_them(mongo):
    put(mongo, NOW - HOUR, NOW + 3 * DAY, NOW + 300 * DAY, DatetimeMS(2**60))
    assert exploring.histogram(TRANSACTIONS, LAST_DAY, ZONE, now=NOW).beyond == 3
    assert exploring.histogram(TRANSACTIONS, replace(LAST_DAY, end=NOW), ZONE, now=NOW).beyond == 0


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2030, 1, 1, tzinfo=UTC), None),
        (None, datetime(2020, 1, 1, tzinfo=UTC)),
        (datetime(1, 1, 1, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC)),
        (None, datetime(1, 1, 2, tzinfo=UTC)),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        (datetime(9999, 12, 31, 22, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_there_is_a_chart_of_any_time(mongo, start, end, zone):
    put(mongo, datetime(2026, 1, 1, tzinfo=UTC))
    wanted = LogFilter(start=start, end=end)
    assert exploring.histogram(TRANSACTIONS, wanted, ZoneInfo(zone), now=NOW).bars


def test_there_is_no_chart_of_an_empty_log(mongo):
    assert exploring.histogram(TRANSACTIONS, LogFilter(), ZONE, now=NOW) is None


def test_values_leave_out_their_own_filter_and_keep_the_others(mongo):
    put(mongo, NOW - HOUR, status="failed", type="deposit")
    put(mongo, NOW - HOUR, NOW - HOUR, status="completed", type="deposit")
    put(mongo, NOW - HOUR, status="completed", type="transfer")
    wanted = LogFilter(fields={"status": ("failed",), "type": ("deposit",)}, start=NOW - DAY)
    assert exploring.values_of(TRANSACTIONS, wanted, "status").counts == (("completed", 2), ("failed", 1))


def test_values_that_are_no_text_are_counted_together(mongo):
    for odd in (None, 7, ["failed"], {"a": 1}, "x" * 5_000):
        put(mongo, NOW - HOUR, status=odd)
    put(mongo, NOW - HOUR, status="completed")
    assert dict(exploring.values_of(TRANSACTIONS, LAST_DAY, "status").counts) == {"": 5, "completed": 1}


def test_many_values_are_cut(mongo):
    for number in range(20):
        put(mongo, NOW - HOUR, status=f"s{number:02}")
    found = exploring.values_of(TRANSACTIONS, LAST_DAY, "status")
    assert (len(found.counts), found.is_cut) == (12, True)


@pytest.mark.parametrize("own", ["text", 7, {"gt": ""}, b"bytes", ObjectId()])
def test_an_entry_is_found_by_whatever_id_it_has(mongo, own):
    stored(mongo, "transactions", transaction(_id=own))
    stored(mongo, "transactions", transaction())
    assert exploring.get(TRANSACTIONS, own)["_id"] == own


def test_an_entry_of_another_account_is_not_found(mongo):
    entry = stored(mongo, "agents", agent_run(input={"account": "acct-1"}))
    assert exploring.get(AGENTS, entry["_id"], account="acct-1") is not None
    assert exploring.get(AGENTS, entry["_id"], account="acct-2") is None


def test_no_entry_of_the_audit_trail_is_an_accounts(mongo):
    entry = stored(mongo, "audit", audit_entry())
    assert exploring.get(AUDIT, entry["_id"], account="acct-1") is None


def test_neighbours_are_those_right_beside_it(mongo):
    entries = put(mongo, *(NOW - n * HOUR for n in range(20)))
    older, newer = exploring.neighbours(TRANSACTIONS, entries[10], LogFilter(), now=NOW)
    assert [one["_id"] for one in newer] == [one["_id"] for one in entries[5:10]]
    assert [one["_id"] for one in older] == [one["_id"] for one in entries[11:16]]


def test_the_newest_entry_is_told_whatever_ids_lie_behind_it(mongo):
    for number in range(8):
        stored(mongo, "transactions", transaction(_id=f"{number}" + "x" * 5_000, timestamp=NOW - number * HOUR))
    [found] = exploring.newest(TRANSACTIONS, LogFilter(), most=1, now=NOW)
    assert found["timestamp"] == NOW
    assert [len(side) for side in exploring.neighbours(TRANSACTIONS, found, LogFilter(), now=NOW)] == [5, 0]


@pytest.mark.parametrize("value", [None, "null"])
def test_null_asks_for_the_word_alone(mongo, value):
    put(mongo, NOW - HOUR, metadata={"x": value})
    put(mongo, NOW - HOUR, metadata={})
    wanted = replace(LAST_DAY, fields={"metadata.x": ("null",)})
    assert repository.count(TRANSACTIONS, wanted).number == (value is not None)


def test_news_come_with_what_may_have_been_late(mongo):
    first = put(mongo, NOW - timedelta(seconds=5))[0]
    cursor = exploring.cursor_at(TRANSACTIONS, LogFilter(), first, now=NOW)
    late = put(mongo, NOW - timedelta(seconds=9), NOW)
    news = exploring.news(TRANSACTIONS, LogFilter(), cursor, now=NOW)
    assert {one["_id"] for one in news.documents} == {one["_id"] for one in [first, *late]}


def test_news_of_another_filter_are_refused(mongo):
    cursor = exploring.cursor_at(TRANSACTIONS, LogFilter(), None, now=NOW)
    with pytest.raises(CursorUnreadable):
        exploring.news(TRANSACTIONS, LogFilter(text="x"), cursor, now=NOW)


def test_news_go_on_right_after_what_one_answer_holds(mongo):
    cursor = exploring.cursor_at(TRANSACTIONS, LogFilter(), None, now=NOW)
    made = put(mongo, *[NOW + timedelta(milliseconds=number // 3) for number in range(450)])
    found, on, lengths = [], "", []
    while on is not None:
        news = exploring.news(TRANSACTIONS, LogFilter(), cursor, on=on, now=NOW)
        found += news.documents
        lengths.append(len(news.documents))
        on = news.on
    assert lengths == [200, 200, 50]
    assert [one["_id"] for one in found] == [one["_id"] for one in made]


def test_what_was_late_while_the_rest_was_read_comes_the_next_time(mongo):
    cursor = exploring.cursor_at(TRANSACTIONS, LogFilter(), None, now=NOW)
    put(mongo, *[NOW] * 201)
    first = exploring.news(TRANSACTIONS, LogFilter(), cursor, now=NOW)
    late = put(mongo, NOW - timedelta(seconds=8))[0]
    rest = exploring.news(TRANSACTIONS, LogFilter(), first.cursor, on=first.on, now=NOW + timedelta(seconds=30))
    again = exploring.news(TRANSACTIONS, LogFilter(), rest.cursor, now=NOW + timedelta(seconds=31))
    assert late["_id"] not in {one["_id"] for one in rest.documents}
    assert again.documents[0]["_id"] == late["_id"]


def test_a_clock_that_is_ahead_makes_nothing_miss_the_news(mongo):
    ahead = put(mongo, NOW + timedelta(seconds=9))[0]
    cursor = exploring.cursor_at(TRANSACTIONS, LogFilter(), ahead, now=NOW)
    cursor = exploring.news(TRANSACTIONS, LogFilter(), cursor, now=NOW).cursor
    late = put(mongo, NOW - timedelta(seconds=8))[0]
    found = exploring.news(TRANSACTIONS, LogFilter(), cursor, now=NOW).documents
    assert [one["_id"] for one in found] == [late["_id"], ahead["_id"]]


def test_an_id_too_long_for_an_address_stops_no_news(mongo):
    stored(mongo, "transactions", transaction(_id="x" * 10_000, timestamp=NOW))
    cursor = exploring.cursor_at(TRANSACTIONS, LogFilter(), None, now=NOW)
    cursor = exploring.news(TRANSACTIONS, LogFilter(), cursor, now=NOW).cursor
    assert len(exploring.news(TRANSACTIONS, LogFilter(), cursor, now=NOW).documents) == 1
