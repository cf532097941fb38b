"""The stretches of time that a page looks through: together they are all there is from a place on."""

from datetime import UTC, datetime, timedelta

import pytest
from bson import Binary, Code, MaxKey, MinKey, ObjectId, Regex, Timestamp
from bson.datetime_ms import DatetimeMS
from hypothesis import given
from hypothesis import strategies as st

from mongo.cursors import Place
from mongo.paging import count, page
from mongo.stretches import LEAST_MS, MOST_MS, Query, stretches, whole

LOG = "pages"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
AT = int(DatetimeMS(NOW))
EDGES = [LEAST_MS, LEAST_MS + 1, -1, 0, AT - 1, AT, AT + 1, MOST_MS - 1, MOST_MS]
UNDATED = [
    None,
    "2026-11-21",
    5,
    5.5,
    True,
    {"at": NOW},
    [],
    [NOW],
    [5],
    [[NOW]],
    MinKey(),
    MaxKey(),
    Timestamp(1, 2),
    Regex("a"),
    Binary(b"x"),
    ObjectId(),
    Code("x"),
]


def met(stages, moment):
    """Whether the stages let an entry of this moment through, by what they ask of it."""
    asked = [stage["$match"]["timestamp"] for stage in stages if "timestamp" in stage["$match"]]
    above = all(moment > int(bounds["$gt"]) for bounds in asked if "$gt" in bounds)
    return above and all(moment < int(bounds["$lt"]) for bounds in asked if "$lt" in bounds)


MOMENTS = st.sampled_from(EDGES) | st.integers(LEAST_MS, MOST_MS)


@given(at=MOMENTS, others=st.lists(MOMENTS, min_size=1), descending=st.booleans())
def test_from_a_place_on_every_moment_lies_in_one_stretch(at, others, descending):
    parts = list(stretches(Query(), Place(at, ObjectId()), descending=descending, now=NOW))
    for moment in others:
        is_beyond = moment <= at if descending else moment >= at
        assert sum(met(part, moment) for part in parts) == is_beyond


@given(others=st.lists(MOMENTS, min_size=1), descending=st.booleans())
def test_without_a_place_every_moment_lies_in_one_stretch(others, descending):
    parts = list(stretches(Query(), None, descending=descending, now=NOW))
    assert all(sum(met(part, moment) for part in parts) == 1 for moment in others)


@pytest.mark.parametrize("oldest_first", [False, True])
def test_pages_go_on_past_the_first_and_the_last_date_of_all(mongo, oldest_first):
    mongo[LOG].insert_many([{"timestamp": DatetimeMS(at)} for at in EDGES for _ in range(2)])
    found, place = [], None
    while len(found) < 2 * len(EDGES):
        one = page(LOG, Query(), now=NOW, limit=1, place=place, oldest_first=oldest_first)
        found += one.documents
        place = one.after
    moments = [int(DatetimeMS(m)) if isinstance(m := entry["timestamp"], datetime) else int(m) for entry in found]
    assert moments == sorted(2 * EDGES, reverse=not oldest_first)
    assert place is None


@pytest.mark.parametrize("moment", UNDATED, ids=lambda moment: type(moment).__name__)
def test_what_is_no_date_is_undated(mongo, moment):
    mongo[LOG].insert_many([{"timestamp": moment}, {"timestamp": NOW}])
    assert [count(LOG, Query(is_undated=is_undated, rest={"a": None})).number for is_undated in (True, False)] == [
        1,
        1,
    ]


def test_what_has_no_timestamp_is_undated(mongo):
    mongo[LOG].insert_one({})
    assert len(page(LOG, Query(is_undated=True), now=NOW, limit=5).documents) == 1


@pytest.mark.parametrize("at", EDGES)
def test_any_date_of_all_is_none_of_the_undated(mongo, at):
    mongo[LOG].insert_one({"timestamp": DatetimeMS(at)})
    assert count(LOG, Query(is_undated=True)).number == 0


def test_all_at_once_are_those_of_a_time():
    hour = timedelta(hours=1)
    stages = whole(Query(start=NOW, end=NOW + hour))
    assert stages[0] == {"$match": {"timestamp": {"$gt": DatetimeMS(AT - 1), "$lt": DatetimeMS(AT + 3_600_000)}}}


def test_nothing_is_looked_for_after_the_last_id_of_a_moment():
    place = Place(int(DatetimeMS(NOW)), MaxKey())
    assert all("$expr" not in str(stages) for stages in stretches(Query(), place, descending=False, now=NOW))
    assert "$expr" in str(next(stretches(Query(), place, descending=True, now=NOW)))
