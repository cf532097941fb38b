"""Times as SQL keeps them: each is understood the one way in which it makes sense, or not at all."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs.domain.stamps import moment

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECONDS = int(NOON.timestamp())


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T12:00:00Z",
        "2026-11-20 12:00:00",
        "2026-11-20 12:00:00.000+00",
        "2026-11-20 12:00:00.000 +00:00",
        "2026-11-20 14:00:00 +02:00",
        "2026-11-20T17:30:00+05:30",
        "2026-11-20 12:00:00 UTC",
        " 2026-11-20T12:00 ",
        "20261120T120000Z",
        "2026-11-20T12:00:00.000000000Z",
    ],
)
def test_a_text_in_iso_8601_is_a_time_and_without_a_zone_in_utc(text: str) -> None:
    assert moment(text) == NOON


@pytest.mark.parametrize("ticks", [1, 1_000, 1_000_000, 1_000_000_000])
def test_a_number_counts_from_1970_in_the_unit_that_makes_sense(ticks: int) -> None:
    assert moment(SECONDS * ticks) == moment(str(SECONDS * ticks)) == NOON


def test_a_fraction_of_a_second_is_kept() -> None:
    assert moment(SECONDS + 0.25) == moment(f"{SECONDS}.25") == NOON + timedelta(milliseconds=250)


def test_a_julian_day_is_a_time() -> None:
    assert moment(2_461_365.0) == NOON


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"2026-11-20",
        "",
        "yesterday",
        "0000-00-00 00:00:00",
        "2026-02-30",
        "12026-01-01",
        "infinity",
        "0044-03-15 00:00:00 BC",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:00:00-14:00",
        "20261120120000",
        20261120120000,
        20261120,
        0,
        -1,
        10**30,
        float("inf"),
        float("nan"),
    ],
)
def test_what_makes_no_sense_is_no_time(value: object) -> None:
    assert moment(value) is None


@given(st.text() | st.integers() | st.floats() | st.from_regex(r"[0-9]{9,19}(\.[0-9]{1,9})?", fullmatch=True))
def test_whatever_comes_it_is_a_time_in_utc_or_none(value: object) -> None:
    found = moment(value)
    assert found is None or found.tzinfo is UTC


@given(st.datetimes(datetime(1981, 1, 1), datetime(2199, 1, 1)))
def test_milliseconds_come_back_exactly(at: datetime) -> None:
    at = at.replace(tzinfo=UTC, microsecond=at.microsecond // 1000 * 1000)
    assert moment(round(at.timestamp() * 1000)) == at
