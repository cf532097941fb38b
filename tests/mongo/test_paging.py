"""Pages of a log: every entry once, both ways, whatever its time and its id are."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mongo import client, cursors, paging
from mongo.cursors import CursorUnreadable, Place
from mongo.errors import MongoRefused
from mongo.paging import Total, page, walk
from mongo.stretches import Query

LOG = "pages"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
# How pages are walked: from the first on, or from the last back; newest or oldest first.
WAYS = [
    pytest.param(
        backwards, oldest_first, id=f"{'back' if backwards else 'on'}-{'oldest' if oldest_first else 'newest'}"
    )
    for backwards, oldest_first in itertools.product([False, True], repeat=2)
]


@pytest.fixture
def log(mongo):
    """A log with the indexes that logs have."""
    mongo[LOG].create_index([("timestamp", -1), ("_id", -1)])
    mongo[LOG].create_index([("userId", 1), ("timestamp", -1), ("_id", -1)])
    return mongo[LOG]


def walked(query=None, *, limit=7, backwards=False, oldest_first=False, now=NOW):
    """The entries of all pages in the order of the list, and how many there are on each page."""
    found, sizes, place = [], [], None
    while True:
        one = page(
            LOG, query or Query(), now=now, limit=limit, place=place, backwards=backwards, oldest_first=oldest_first
        )
        found = [*one.documents, *found] if backwards else [*found, *one.documents]
        sizes.append(len(one.documents))
        place = one.before if backwards else one.after
        if place is None:
            return found, sizes


def ids(entries):
    return [entry["_id"] for entry in entries]


@pytest.mark.parametrize(("backwards", "oldest_first"), WAYS)
def test_every_entry_is_on_one_page_though_hundreds_share_a_time(log, backwards, oldest_first):
    moments = [NOW - timedelta(days=n * n) for n in range(6) for _ in range(50)]
    log.insert_many([{"timestamp": moment} for moment in moments])
    found, sizes = walked(backwards=backwards, oldest_first=oldest_first)
    ordered = sorted(log.find(), key=lambda entry: (entry["timestamp"], entry["_id"]), reverse=not oldest_first)
    assert ids(found) == ids(ordered)
    assert sizes == [7] * 42 + [6]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    offsets=st.lists(st.sampled_from([0, 1, 3_599_999, 3_600_000, 3_600_001, 10**9, 10**11, 10**13, -1, -(10**9)])),
    limit=st.integers(1, 5),
    backwards=st.booleans(),
    oldest_first=st.booleans(),
    start=st.none() | st.sampled_from([0, 3_600_000, 10**11]),
    end=st.none() | st.sampled_from([0, 3_600_000, 10**9, -1]),
)
def test_pages_joined_are_the_whole_list(log, offsets, limit, backwards, oldest_first, start, end):
    log.delete_many({})
    moments = [NOW - timedelta(milliseconds=offset) for offset in offsets]
    if moments:
        log.insert_many([{"_id": n, "timestamp": moment} for n, moment in enumerate(moments)])
    query = Query(
        start=None if start is None else NOW - timedelta(milliseconds=start),
        end=None if end is None else NOW - timedelta(milliseconds=end),
    )
    wanted = [
        (moment, n)
        for n, moment in enumerate(moments)
        if (query.start is None or query.start <= moment) and (query.end is None or moment < query.end)
    ]
    found, _ = walked(query, limit=limit, backwards=backwards, oldest_first=oldest_first)
    assert ids(found) == [n for _, n in sorted(wanted, reverse=not oldest_first)]


@pytest.mark.parametrize(("backwards", "oldest_first"), WAYS)
def test_ids_of_any_type_are_in_one_order(log, backwards, oldest_first):
    own = [1, 2.5, Decimal("3"), "a", "$b", ObjectId(), ObjectId(), None, True, False, {"x": 1}, NOW]
    log.insert_many([{"_id": one, "timestamp": NOW} for one in own])
    found, _ = walked(limit=2, backwards=backwards, oldest_first=oldest_first)
    direction = 1 if oldest_first else -1
    assert ids(found) == ids(log.find(sort=[("timestamp", direction), ("_id", direction)]))


@pytest.mark.parametrize(("backwards", "oldest_first"), WAYS)
def test_entries_without_a_date_are_a_list_of_their_own(log, backwards, oldest_first):
    odd = ["2026-11-21", 5, None, [NOW], [NOW, "x"], [], {"a": 1}, True, ObjectId(), 5.5]
    log.insert_many([*({"_id": n, "timestamp": value} for n, value in enumerate(odd)), {"_id": 10}])
    log.insert_many([{"_id": n, "timestamp": NOW} for n in range(11, 20)])
    undated, _ = walked(Query(is_undated=True), limit=3, backwards=backwards, oldest_first=oldest_first)
    dated, _ = walked(limit=3, backwards=backwards, oldest_first=oldest_first)
    order = 1 if oldest_first else -1
    assert (ids(undated), ids(dated)) == ([*range(11)][::order], [*range(11, 20)][::order])


def test_a_list_of_dates_between_others_ends_no_page(log):
    log.insert_many([{"timestamp": [NOW - n * MINUTE] if n % 2 else NOW - n * MINUTE} for n in range(20)])
    _, sizes = walked(limit=4)
    assert sizes == [4, 4, 2]


def test_a_page_leads_back_to_the_one_before(log):
    log.insert_many([{"_id": n, "timestamp": NOW - n * MINUTE} for n in range(9)])
    first = page(LOG, Query(), now=NOW, limit=3)
    second = page(LOG, Query(), now=NOW, limit=3, place=first.after)
    assert page(LOG, Query(), now=NOW, limit=3, place=second.before, backwards=True).documents == first.documents
    assert first.before is None


def test_back_from_a_page_are_those_right_before_it(log):
    log.insert_many([{"_id": n, "timestamp": NOW - n * MINUTE} for n in range(9)])
    place = Place(int(NOW.timestamp() * 1000) - 7 * 60_000, 7)
    back = page(LOG, Query(), now=NOW, limit=3, place=place, backwards=True)
    assert ids(back.documents) == [4, 5, 6]
    assert (back.before.own, back.after.own) == (4, 6)


def test_a_page_is_full_although_entries_lie_years_apart(log):
    log.insert_many([{"_id": n, "timestamp": NOW - timedelta(days=900 * n)} for n in range(9)])
    assert ids(page(LOG, Query(), now=NOW, limit=9).documents) == [*range(9)]


def test_entries_of_the_future_come_first(log):
    log.insert_many([{"_id": n, "timestamp": NOW + timedelta(days=n)} for n in (0, 1, 300_000)])
    assert ids(page(LOG, Query(), now=NOW, limit=9).documents) == [300_000, 1, 0]


@pytest.mark.parametrize(
    "leading", [{}, {"userId": "a"}, {"status": "failed"}, {"userId": "a", "status": "failed"}]
)
def test_only_entries_that_match_are_found_and_counted(log, leading):
    every = itertools.product(["a", "b"], ["failed", "done"], range(10))
    log.insert_many([{"userId": u, "status": s, "timestamp": NOW - n * MINUTE} for u, s, n in every])
    rest = {"status": leading["status"]} if len(leading) == 2 else {}
    query = Query(leading={name: value for name, value in leading.items() if name not in rest}, rest=rest)
    found, _ = walked(query)
    assert len(found) == log.count_documents(leading) == paging.count(LOG, query).number


def test_a_page_ends_before_it_is_too_large(log):
    log.insert_many([{"_id": n, "timestamp": NOW, "text": "x" * 3_000_000} for n in range(5)])
    found, sizes = walked(limit=5)
    assert (ids(found), sizes) == ([4, 3, 2, 1, 0], [2, 2, 1])


def test_who_goes_nowhere_from_a_page_gets_entries_of_any_id(log):
    """No cursor can go on after such an id, so a page that is to go on leaves it out, or cannot be given at all."""
    log.insert_many({"_id": f"{n}" + "x" * 5_000, "timestamp": NOW - n * MINUTE} for n in range(9))
    assert len(page(LOG, Query(), now=NOW, limit=5, goes_on=False).documents) == 5
    with pytest.raises(MongoRefused, match="too long to go on after it"):
        page(LOG, Query(), now=NOW, limit=5)


def test_a_log_as_a_whole_is_counted_about(log):
    log.insert_many([{"timestamp": NOW} for _ in range(1_234)])
    assert str(paging.count(LOG, Query())) == "about 1,234"


def test_entries_without_a_date_are_counted(log):
    log.insert_many([{"timestamp": value} for value in (NOW, [NOW], "x", None)])
    assert paging.count(LOG, Query(is_undated=True)) == Total(3)
    assert paging.count(LOG, Query(start=NOW)) == Total(1)


def test_many_are_counted_up_to_a_bound(log):
    log.insert_many([{"userId": "a", "timestamp": NOW} for _ in range(10_050)])
    total = paging.count(LOG, Query(leading={"userId": "a"}))
    assert (total.number, str(total)) == (10_001, "10,000+")


@pytest.mark.parametrize(
    ("total", "words"),
    [(Total(0), "0"), (Total(10_000), "10,000"), (Total(None), "many"), (Total(10_001), "10,000+")],
)
def test_a_count_is_said_as_exactly_as_it_is_known(total, words):
    assert str(total) == words


def test_a_count_that_takes_too_long_is_not_known(proxy):
    proxy.latency = 2.0
    assert paging.count(LOG, Query(is_undated=True)) == Total(None)


PLACES = [
    Place(0, ObjectId()),
    Place(-(2**62), "a"),
    Place(2**53 + 1, {"x": [1, None]}),
    Place(None, 7),
    Place(5, Decimal("1.50")),
    Place(5, NOW),
]


@pytest.mark.parametrize("place", PLACES)
def test_a_cursor_tells_its_place(place):
    mark = cursors.mark_of("list")
    assert cursors.read(cursors.written(place, mark), mark) == place


@pytest.mark.parametrize(
    "cursor", ["", "x", "=", "é", "A" * 5, "A" * 64, "A" * 3_000, "a b", "\0", "../../etc/passwd"]
)
def test_what_is_no_cursor_is_refused(cursor):
    with pytest.raises(CursorUnreadable, match="This is no cursor"):
        cursors.read(cursor, cursors.mark_of("list"))


def test_a_cursor_of_which_any_character_was_changed_is_refused():
    mark = cursors.mark_of("list")
    cursor = cursors.written(Place(5, "own"), mark)
    for position in range(len(cursor) - 1):
        other = "A" if cursor[position] != "A" else "B"
        with pytest.raises(CursorUnreadable):
            cursors.read(cursor[:position] + other + cursor[position + 1 :], mark)


def test_a_cursor_of_another_list_is_refused():
    cursor = cursors.written(Place(5, "own"), cursors.mark_of("list"))
    with pytest.raises(CursorUnreadable, match="another filter"):
        cursors.read(cursor, cursors.mark_of("other"))


# All entries ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("oldest_first", [False, True])
def test_a_walk_is_all_pages_of_the_list_whatever_is_in_it(log, oldest_first):
    own = [1, "a", ObjectId(), None, {"x": 1}]
    log.insert_many([{"_id": one, "timestamp": NOW} for one in own])
    log.insert_many([{"timestamp": NOW - timedelta(days=n * n), "userId": "a"} for n in range(10)])
    log.insert_many([{"timestamp": odd} for odd in ("soon", [NOW], None)])
    for query in (Query(), Query(leading={"userId": "a"}), Query(is_undated=True), Query(start=NOW - 9 * MINUTE)):
        expected, _ = walked(query, oldest_first=oldest_first)
        assert ids(walk(LOG, query, now=NOW, oldest_first=oldest_first, at_once=3)) == ids(expected)


def test_what_comes_and_goes_during_a_walk_moves_nothing_else(log):
    log.insert_many([{"_id": n, "timestamp": NOW - n * MINUTE} for n in range(12)])
    entries = walk(LOG, Query(), now=NOW, at_once=4)
    first = next(entries)
    log.delete_one({"_id": 8})
    log.insert_many([{"_id": 100, "timestamp": NOW + MINUTE}, {"_id": 101, "timestamp": NOW - 20 * MINUTE}])
    assert ids([first, *entries]) == [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 101]


def test_an_answer_that_is_lost_during_a_walk_loses_no_entry(proxy):
    client.database()[LOG].insert_many([{"_id": n, "timestamp": NOW - n * MINUTE} for n in range(12)])
    entries = walk(LOG, Query(), now=NOW, at_once=4)
    first = next(entries)
    proxy.lose_answer = 0
    assert ids([first, *entries]) == list(range(12))
    assert proxy.lose_answer is None


def test_large_entries_are_walked_a_few_at_a_time(log, counted):
    log.insert_many([{"_id": n, "timestamp": NOW, "text": "x" * 3_000_000} for n in range(6)])
    with counted() as commands:
        assert len(list(walk(LOG, Query(), now=NOW))) == 6
    assert commands.count("aggregate") >= 3
