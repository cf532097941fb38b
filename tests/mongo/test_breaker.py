"""The circuit breaker, on a clock of its own."""

import pytest
from pymongo.errors import ExecutionTimeout

from mongo import client
from mongo.breaker import Breaker
from mongo.errors import MongoUnavailable, translated
from tests.proxy import Proxy


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(failures=2, open_seconds=5, clock=clock)


@pytest.fixture
def opened(breaker: Breaker) -> Breaker:
    breaker.failed()
    breaker.failed()
    return breaker


def test_one_failure_leaves_it_closed(breaker: Breaker) -> None:
    breaker.failed()
    breaker.check()
    assert not breaker.is_open


def test_a_success_between_two_failures_keeps_it_closed(breaker: Breaker) -> None:
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert not breaker.is_open


def test_failures_in_a_row_open_it(opened: Breaker) -> None:
    with pytest.raises(MongoUnavailable, match="not been answering"):
        opened.check()


def test_one_caller_may_probe_when_its_time_has_passed(opened: Breaker, clock: Clock) -> None:
    clock.now += 5
    opened.check()
    with pytest.raises(MongoUnavailable):
        opened.check()


def test_a_probe_that_fails_keeps_it_open_for_another_while(opened: Breaker, clock: Clock) -> None:
    clock.now += 5
    opened.check()
    clock.now += 2
    opened.failed()
    clock.now += 4
    with pytest.raises(MongoUnavailable):
        opened.check()


def test_a_probe_that_succeeds_closes_it(opened: Breaker, clock: Clock) -> None:
    clock.now += 5
    opened.check()
    opened.succeeded()
    opened.check()
    assert not opened.is_open


def test_a_probe_that_tells_nothing_is_followed_by_another(opened: Breaker, clock: Clock) -> None:
    clock.now += 5
    opened.check()
    clock.now += 5
    opened.check()


def test_operations_that_the_server_ends_do_not_open_it() -> None:
    for _ in range(3):
        with pytest.raises(MongoUnavailable, match="too long"), client.bounded(1), translated():
            raise ExecutionTimeout("operation exceeded time limit", 50)
    assert not client.breaker.is_open


def test_what_a_page_can_do_without_neither_opens_it_nor_waits_for_it(proxy: Proxy) -> None:
    proxy.fail("refuse")
    client.close()
    for _ in range(3):
        with pytest.raises(MongoUnavailable), client.reading_aside(0.5) as db:
            db.contracts.find_one()
    assert not client.breaker.is_open
    for _ in range(2):
        client.breaker.failed()
    with pytest.raises(MongoUnavailable, match="not been answering"), client.reading_aside(60):
        pass
    client.breaker.succeeded()
