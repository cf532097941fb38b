"""What one process knows of limits by itself, on a clock of its own."""

import pytest

from mongo.local_limiter import LocalLimiter, Refusals


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> LocalLimiter:
    return LocalLimiter(most_keys=2, clock=clock)


def test_it_tells_what_is_left_and_how_long_it_takes(limiter: LocalLimiter, clock: Clock) -> None:
    assert limiter.hit("a", 2, 60) == (True, 1, 60)
    clock.now += 20
    assert limiter.hit("a", 2, 60) == (True, 0, 40)
    assert limiter.hit("a", 2, 60) == (False, 0, 40)


def test_a_request_counts_until_the_window_has_passed(limiter: LocalLimiter, clock: Clock) -> None:
    limiter.hit("a", 1, 60)
    clock.now += 59
    assert limiter.hit("a", 1, 60) == (False, 0, 1)
    clock.now += 1
    assert limiter.hit("a", 1, 60) == (True, 0, 60)


def test_a_lower_maximum_waits_for_more_than_the_oldest(limiter: LocalLimiter, clock: Clock) -> None:
    for _ in range(3):
        limiter.hit("a", 3, 60)
        clock.now += 10
    assert limiter.hit("a", 1, 60) == (False, 0, 50)


def test_of_too_many_keys_the_one_unused_longest_is_forgotten(limiter: LocalLimiter) -> None:
    for key in ("a", "b", "a", "c"):
        limiter.hit(key, 1, 60)
    assert not limiter.hit("a", 1, 60)[0]
    assert limiter.hit("b", 1, 60)[0]


def test_giving_back_what_was_never_counted_changes_nothing(limiter: LocalLimiter) -> None:
    limiter.give_back("a")
    assert limiter.hit("a", 1, 60) == (True, 0, 60)


def test_a_refusal_is_remembered_for_a_moment(clock: Clock) -> None:
    refusals = Refusals(seconds=1, clock=clock)
    refusals.note("a", (1, 60), 30)
    clock.now += 0.5
    assert refusals.wait("a", (1, 60)) == 29.5
    clock.now += 0.5
    assert refusals.wait("a", (1, 60)) is None


def test_a_refusal_is_forgotten_once_there_is_room(clock: Clock) -> None:
    refusals = Refusals(seconds=1, clock=clock)
    refusals.note("a", (1, 60), 0.25)
    clock.now += 0.25
    assert refusals.wait("a", (1, 60)) is None


def test_refusals_take_only_so_much_memory(clock: Clock) -> None:
    refusals = Refusals(most=2, clock=clock)
    for key in ("a", "b", "c"):
        refusals.note(key, (1, 60), 30)
    assert (refusals.wait("a", (1, 60)), refusals.wait("c", (1, 60))) == (None, 30)


def test_a_refusal_says_nothing_of_another_limit(clock: Clock) -> None:
    refusals = Refusals(clock=clock)
    refusals.note("a", (1, 60), 30)
    assert refusals.wait("a", (2, 60)) is None


def test_a_refusal_can_be_dropped(clock: Clock) -> None:
    refusals = Refusals(clock=clock)
    refusals.note("a", (1, 60), 30)
    refusals.drop("a")
    assert refusals.wait("a", (1, 60)) is None
