"""The server's time as a process knows it, whatever its own clock says."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from pymongo.database import Database

from mongo.client import Document
from mongo.server_clock import KNOWN_SECONDS, ServerClock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Host:
    """A host's clock, which stands until it is moved."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def host() -> Host:
    return Host(1_000.0)


@pytest.fixture
def clock(host: Host) -> ServerClock:
    """A clock that was told of noon by an answer that took 0.2 seconds."""
    clock = ServerClock(host)
    answered(clock, host, NOON, took=0.2)
    return clock


def answered(clock: ServerClock, host: Host, moment: datetime, took: float) -> None:
    asked = clock.asks()
    host.seconds += took
    clock.told(moment, asked)


def off(clock: ServerClock, moment: datetime) -> float:
    return (clock.now() - moment).total_seconds()


def test_the_time_is_not_known_before_it_is_told(host: Host) -> None:
    assert not ServerClock(host).is_known


def test_what_was_told_lies_in_the_middle_of_the_way(clock: ServerClock) -> None:
    assert off(clock, NOON) == pytest.approx(0.1, abs=0.001)


def test_it_goes_on_by_the_hosts_clock(clock: ServerClock, host: Host) -> None:
    host.seconds += 10
    assert off(clock, NOON) == pytest.approx(10.1, abs=0.001)


def test_a_slow_answer_that_fits_changes_nothing(clock: ServerClock, host: Host) -> None:
    answered(clock, host, NOON + timedelta(seconds=0.2), took=2)
    assert off(clock, NOON) == pytest.approx(2.1, abs=0.001)


@pytest.mark.parametrize(("ahead", "corrected"), [(60, 60.15), (-60, -59.84)])
def test_an_answer_that_does_not_fit_moves_it(
    clock: ServerClock, host: Host, ahead: float, corrected: float
) -> None:
    answered(clock, host, NOON + timedelta(seconds=ahead + 0.15), took=0.01)
    assert off(clock, NOON) == pytest.approx(corrected, abs=0.002)


def test_after_a_while_it_has_to_be_told_again(clock: ServerClock, host: Host) -> None:
    host.seconds += KNOWN_SECONDS
    assert not clock.is_known
    answered(clock, host, NOON + timedelta(hours=1), took=0.2)
    assert (clock.is_known, off(clock, NOON)) == (True, pytest.approx(3_600.1, abs=0.001))


@pytest.mark.parametrize("seconds", [0, -86_400, 5_000_000])
def test_hosts_with_different_clocks_know_the_same_time(mongo: Database[Document], seconds: float) -> None:
    clock = ServerClock(lambda: time.monotonic() + seconds)
    asked = clock.asks()
    clock.told(mongo.command("hello")["localTime"], asked)
    took = clock.asks() - asked
    # The tests' server has this machine's time.
    assert abs(off(clock, datetime.now(UTC))) < took + 0.01
