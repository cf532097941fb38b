"""Ranges of time in zones whose clocks are put on and back, and at the ends of the calendar."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs.domain.moments import NoMoment
from logs.domain.ranges import FURTHEST, MOST_PIECES, QUICK, QUICK_LABELS, NoZone, bound_in, pieces, zone_of
from tests.strategies import quick

BERLIN, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def test_every_quick_range_has_words():
    assert QUICK.keys() == QUICK_LABELS.keys()


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe", "a" * 5_000, "Europe/Berlin\0"])
def test_a_zone_that_is_none_is_refused(name):
    with pytest.raises(NoZone):
        zone_of(name)


def test_a_day_begins_at_midnight_of_the_zone():
    assert bound_in(BERLIN, "2026-11-21") == utc(2026, 11, 20, 23)


def test_a_day_as_the_end_is_the_last_one():
    assert bound_in(BERLIN, "2026-11-21", is_end=True) == utc(2026, 11, 21, 23)


def test_the_day_on_which_clocks_are_put_on_is_23_hours_long():
    start, end = bound_in(BERLIN, "2026-03-29"), bound_in(BERLIN, "2026-03-29", is_end=True)
    assert end - start == timedelta(hours=23)


def test_the_day_on_which_clocks_are_put_back_is_25_hours_long():
    start, end = bound_in(BERLIN, "2026-10-25"), bound_in(BERLIN, "2026-10-25", is_end=True)
    assert end - start == timedelta(hours=25)


def test_a_time_without_a_zone_is_that_of_the_zones_clock():
    assert bound_in(BERLIN, "2026-07-01T12:00:30.250") == utc(2026, 7, 1, 10, 0, 30, 250_000)


def test_a_time_with_a_zone_is_what_it_says():
    assert bound_in(BERLIN, "2026-07-01T12:00:00Z") == utc(2026, 7, 1, 12)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-02-30T10:00", "yesterday", "2026-13-01T00:00:00Z", "٢٠٢٦-01-01"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(NoMoment):
        bound_in(BERLIN, text)


@pytest.mark.parametrize(("zone", "text"), [("Asia/Tokyo", "0001-01-01"), ("America/New_York", "9999-12-31T23:00")])
def test_a_time_beyond_the_calendar_in_utc_is_refused(zone, text):
    with pytest.raises(NoMoment):
        bound_in(ZoneInfo(zone), text)


def test_pieces_are_at_round_times_of_the_zones_clock():
    bounds = pieces(NOW - timedelta(hours=24), NOW, ZoneInfo("Asia/Kolkata"))
    assert {bound.astimezone(ZoneInfo("Asia/Kolkata")).minute for bound in bounds} == {0, 30}


def test_days_stay_days_where_clocks_are_put_back():
    bounds = pieces(utc(2026, 10, 10), utc(2026, 11, 20), BERLIN)
    assert {bound.astimezone(BERLIN).hour for bound in bounds} == {0}
    assert sorted({high - low for low, high in pairwise(bounds)}) == [timedelta(hours=24), timedelta(hours=25)]


def test_the_hour_that_there_is_twice_is_in_the_chart_whole():
    start, end = utc(2026, 10, 24, 22), utc(2026, 10, 25, 23)
    bounds = pieces(start, end, BERLIN)
    assert (bounds[0], bounds[-1]) == (start, end)
    assert all(low < high for low, high in pairwise(bounds))


def test_minutes_of_an_hour_that_there_is_twice_pass_evenly():
    end = utc(2026, 10, 25, 1, 40)
    bounds = pieces(end - timedelta(minutes=15), end, BERLIN)
    assert len(bounds) == 61
    assert {high - low for low, high in pairwise(bounds)} == {timedelta(seconds=15)}


def test_a_time_of_no_length_has_a_piece():
    start, end = pieces(NOW, NOW, BERLIN)
    assert start <= NOW < end


def test_weeks_begin_on_a_monday():
    bounds = pieces(NOW - timedelta(days=300), NOW, BERLIN)
    assert {bound.astimezone(BERLIN).weekday() for bound in bounds} == {0}


def test_a_far_start_is_not_reached():
    assert NOW - pieces(utc(1, 1, 2), NOW, UTC_ZONE)[0] < FURTHEST + timedelta(days=364)


@quick
@given(
    start=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
    length=st.timedeltas(timedelta(0), timedelta(days=4_000)),
    zone=st.sampled_from(ZONES),
)
def test_pieces_cover_the_time_and_are_few(start, length, zone):
    begin = start.replace(tzinfo=UTC)
    bounds = pieces(begin, begin + length, ZoneInfo(zone))
    assert bounds[-1] >= begin + length
    assert bounds[0] <= max(begin, begin + length - FURTHEST)
    assert 2 <= len(bounds) <= MOST_PIECES + 3
    assert all(low < high for low, high in pairwise(bounds))
