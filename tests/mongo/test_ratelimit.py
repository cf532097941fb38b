"""The rate limiter: exact whoever asks at once, honest about what is left, and never in the way of an outage."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.conf import settings as project
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.database import Database

from mongo import client, ratelimit
from mongo.client import Document
from mongo.ratelimit import Decision, InvalidLimit, check_rate_limit, give_back, headers, limit_key
from tests.proxy import Proxy

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=200)
PARTS = st.tuples(TEXTS, TEXTS, st.integers(1, 3_600), st.just("") | TEXTS)


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    ratelimit.forget()
    yield
    ratelimit.forget()


@pytest.fixture
def used(mongo: Database[Document]) -> Callable[..., None]:
    """`used(59, 30)` stores requests of so many seconds ago, oldest first, for the key "k"."""

    def store(*seconds_ago: float) -> None:
        moments = [datetime.now(UTC) - timedelta(seconds=seconds) for seconds in reversed(seconds_ago)]
        mongo.rate_limits.insert_one({"key": "k", "requests": moments, "createdAt": moments[0]})

    return store


def stored(mongo: Database[Document]) -> Document:
    found = mongo.rate_limits.find_one({"key": "k"}, {"_id": 0, "requests": 1, "createdAt": 1})
    assert found is not None
    return found


# What is allowed ------------------------------------------------------------------------------------------


def test_it_allows_the_maximum_and_no_more(mongo: Database[Document]) -> None:
    assert [check_rate_limit("k", 3, 60).allowed for _ in range(5)] == [True, True, True, False, False]


def test_what_remains_is_counted_down(mongo: Database[Document]) -> None:
    assert [check_rate_limit("k", 3, 60).remaining for _ in range(4)] == [2, 1, 0, 0]


def test_each_key_has_a_limit_of_its_own(mongo: Database[Document]) -> None:
    check_rate_limit("k", 1, 60)
    assert check_rate_limit("another", 1, 60).allowed


def test_what_is_not_allowed_is_not_stored(mongo: Database[Document]) -> None:
    check_rate_limit("k", 1, 60)
    before = stored(mongo)
    for _ in range(3):
        assert not check_rate_limit("k", 1, 60).allowed
    assert stored(mongo) == before


def test_who_insists_costs_mongodb_nothing(mongo: Database[Document]) -> None:
    check_rate_limit("k", 1, 60)
    check_rate_limit("k", 1, 60)
    mongo.rate_limits.delete_many({})
    assert check_rate_limit("k", 1, 60) == Decision(allowed=False, remaining=0, reset_seconds=60)
    assert check_rate_limit("k", 1, 61).allowed


def test_a_refusal_holds_no_longer_than_it_is_right(used: Callable[..., None]) -> None:
    used(59.9)
    while not (decision := check_rate_limit("k", 1, 60)).allowed:
        assert decision.reset_seconds == 1
    assert decision.reset_seconds == 60


def test_a_request_counts_until_the_window_has_passed(used: Callable[..., None]) -> None:
    used(58, 30)
    assert check_rate_limit("k", 2, 60) == Decision(allowed=False, remaining=0, reset_seconds=2)


def test_who_has_waited_may_go_on(used: Callable[..., None]) -> None:
    used(61, 30)
    assert check_rate_limit("k", 2, 60) == Decision(allowed=True, remaining=0, reset_seconds=30)


def test_the_window_slides_instead_of_beginning_anew(used: Callable[..., None]) -> None:
    used(50, 40, 30)
    assert check_rate_limit("k", 4, 60).allowed
    assert check_rate_limit("k", 4, 60).reset_seconds == 10


def test_what_no_longer_counts_is_not_kept(used: Callable[..., None], mongo: Database[Document]) -> None:
    used(3_000, 200, 100, 61, 10)
    assert check_rate_limit("k", 1_000, 60).remaining == 998
    assert len(stored(mongo)["requests"]) == 2


def test_what_has_left_the_window_is_dropped_once_it_is_much(
    used: Callable[..., None], mongo: Database[Document]
) -> None:
    used(*[61] * 3, *[10] * 20)
    assert check_rate_limit("k", 100, 60) == Decision(allowed=True, remaining=79, reset_seconds=50)
    assert len(stored(mongo)["requests"]) == 24
    mongo.rate_limits.delete_many({})
    used(*[61] * 60, *[10] * 20)
    assert check_rate_limit("k", 100, 60) == Decision(allowed=True, remaining=79, reset_seconds=50)
    assert len(stored(mongo)["requests"]) == 21


def test_a_document_that_waits_for_its_removal_counts_no_more(used: Callable[..., None]) -> None:
    used(*[7_200] * 10)
    assert check_rate_limit("k", 10, 3_600) == Decision(allowed=True, remaining=9, reset_seconds=3_600)


def test_a_lower_maximum_holds_at_once(used: Callable[..., None]) -> None:
    used(50, 40, 30, 20)
    assert check_rate_limit("k", 2, 60) == Decision(allowed=False, remaining=0, reset_seconds=30)


def test_a_higher_maximum_holds_at_once(used: Callable[..., None]) -> None:
    used(50, 40)
    assert check_rate_limit("k", 4, 60) == Decision(allowed=True, remaining=1, reset_seconds=10)


def test_maxima_that_change_from_check_to_check_hold(used: Callable[..., None]) -> None:
    used(*[61] * 4, 50, 40, 30)
    decisions = [check_rate_limit("k", most, 60) for most in (5, 3, 4, 5, 6, 5, 10)]
    assert [(decision.allowed, decision.remaining) for decision in decisions] == [
        (True, 1),
        (False, 0),
        (False, 0),
        (True, 0),
        (True, 0),
        (False, 0),
        (True, 3),
    ]


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 20)), min_size=1, max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_stored_keeps_each_maximum_exact(mongo: Database[Document], checks: list[tuple[int, int]]) -> None:
    mongo.rate_limits.delete_many({})
    moments = [datetime.now(UTC) - timedelta(seconds=seconds) for seconds in (5, 10, 30, 70, 80, 90)]
    mongo.rate_limits.insert_one({"key": "k", "requests": moments, "createdAt": moments[0]})
    live = 3
    for most, times in checks:
        for _ in range(times):
            ratelimit.forget()
            decision = check_rate_limit("k", most, 60)
            assert (decision.allowed, decision.remaining) == (live < most, max(most - live - 1, 0))
            live += decision.allowed


def test_a_request_is_noted_by_the_servers_clock(mongo: Database[Document]) -> None:
    check_rate_limit("k", 5, 60)
    check_rate_limit("k", 5, 60)
    found = stored(mongo)
    assert abs(found["createdAt"] - found["requests"][0]) < timedelta(seconds=0.5)


def test_an_allowed_request_keeps_the_document_from_expiring(
    used: Callable[..., None], mongo: Database[Document]
) -> None:
    used(3_000)
    check_rate_limit("k", 5, 3_600)
    assert datetime.now(UTC) - stored(mongo)["createdAt"] < timedelta(seconds=10)


def test_the_largest_limit_holds(used: Callable[..., None]) -> None:
    used(*[10] * 999)
    decisions = [check_rate_limit("k", 1_000, 3_600) for _ in range(2)]
    assert [decision.allowed for decision in decisions] == [True, False]


def test_a_request_can_be_given_back(mongo: Database[Document]) -> None:
    decision = check_rate_limit("k", 1, 60)
    assert not check_rate_limit("k", 1, 60).allowed
    give_back("k", decision)
    assert check_rate_limit("k", 1, 60).allowed
    assert not check_rate_limit("k", 1, 60).allowed


# Many at once ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [1, 50, 1_000])
def test_of_32_threads_at_once_exactly_the_maximum_passes(mongo: Database[Document], most: int) -> None:
    start = Barrier(32)

    def ask(_: int) -> int:
        start.wait()
        return sum(check_rate_limit("k", most, 3_600).allowed for _ in range(max(4, most // 20)))

    with ThreadPoolExecutor(32) as pool:
        assert sum(pool.map(ask, range(32))) == most
    assert len(stored(mongo)["requests"]) == most


def test_first_requests_at_once_are_all_counted(mongo: Database[Document]) -> None:
    for number in range(20):
        start = Barrier(8)

        def ask(_: int, key: str = f"k{number}", start: Barrier = start) -> Decision:
            start.wait()
            return check_rate_limit(key, 5, 60)

        with ThreadPoolExecutor(8) as pool:
            decisions = list(pool.map(ask, range(8)))
        assert sorted(decision.remaining for decision in decisions if decision.allowed) == [0, 1, 2, 3, 4]


def test_of_three_processes_exactly_the_maximum_passes(
    mongo: Database[Document], mongo_uri: str, mongo_name: str
) -> None:
    environment = os.environ | {"MONGODB_URI": mongo_uri, "MONGODB_DB_NAME": mongo_name}
    command = [sys.executable, "-m", "tests.mongo.limited", "k", "100", "60"]
    processes = [
        subprocess.Popen(
            command,
            cwd=project.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert sum(int(process.communicate(timeout=60)[0]) for process in processes) == 100


# What a limit may be --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "key", "most", "seconds"),
    [
        ("key", "", 1, 60),
        ("key", "x" * 201, 1, 60),
        ("key", None, 1, 60),
        ("key", b"k", 1, 60),
        ("key", "a\0b", 1, 60),
        ("key", "a\ud800", 1, 60),
        ("max_requests", "k", 0, 60),
        ("max_requests", "k", 1_001, 60),
        ("max_requests", "k", 1.0, 60),
        ("max_requests", "k", True, 60),
        ("max_requests", "k", "5", 60),
        ("window_seconds", "k", 1, 0),
        ("window_seconds", "k", 1, 3_601),
        ("window_seconds", "k", 1, float("nan")),
        ("window_seconds", "k", 1, None),
    ],
)
def test_it_refuses_a_limit_that_it_could_not_keep(field: str, key: str, most: int, seconds: int) -> None:
    with pytest.raises(InvalidLimit, match=f"^{field} (must|holds)") as refused:
        check_rate_limit(key, most, seconds)
    assert isinstance(refused.value, ValueError)
    assert refused.value.field == field


def test_a_key_of_any_text_can_be_counted(mongo: Database[Document]) -> None:
    for key in ("x" * 200, "$where", "a.b", "☃" * 200, "../\r\n", '{"$gt": ""}'):
        assert [check_rate_limit(key, 1, 60).allowed for _ in range(2)] == [True, False]


@given(PARTS, PARTS)
def test_no_two_callers_purposes_windows_or_keys_share_a_limit(
    one: tuple[str, str, int, str], other: tuple[str, str, int, str]
) -> None:
    assert (limit_key(*one) == limit_key(*other)) == (one == other)
    assert len(limit_key(*one)) <= 200


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a/b", "c"), ("a", "b/c")),
        (("a", "b", 60, "60/c"), ("a", "b/60", 60, "c")),
        (("a", "b", 60, ""), ("a", "b", 60, "/")),
        (("é" * 200, "b"), ("é" * 199, "b")),
        (("%61", "b"), ("a", "b")),
    ],
)
def test_what_looks_alike_is_told_apart(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert limit_key(*(*one, 60)[:3], *one[3:]) != limit_key(*(*other, 60)[:3], *other[3:])


def test_a_key_tells_a_reader_whose_it_is() -> None:
    assert limit_key("user:maya", "export", 60) == "user:maya/export/60/"


@pytest.mark.parametrize(("field", "parts"), [("caller", ("", "p", 60)), ("key", ("c", "p", 60, "x" * 201))])
def test_a_part_of_a_key_that_cannot_be_is_named(field: str, parts: tuple[str, str, int]) -> None:
    with pytest.raises(InvalidLimit) as refused:
        limit_key(*parts)
    assert refused.value.field == field


# What HTTP tells of it ------------------------------------------------------------------------------------


def test_the_headers_tell_the_limit_and_what_is_left() -> None:
    assert headers("api", Decision(allowed=True, remaining=50, reset_seconds=30), 100, 60) == {
        "RateLimit-Policy": '"api";q=100;w=60',
        "RateLimit": '"api";r=50;t=30',
    }


def test_the_headers_of_a_refusal_tell_when_to_come_again() -> None:
    told = headers("api", Decision(allowed=False, remaining=0, reset_seconds=7), 100, 60)
    assert (told["RateLimit"], told["Retry-After"]) == ('"api";r=0;t=7', "7")


# Without MongoDB ------------------------------------------------------------------------------------------


def test_without_mongodb_requests_are_let_through_and_it_is_said(dialled: list[object]) -> None:
    assert check_rate_limit("k", 1, 60) == Decision(allowed=True, remaining=1, reset_seconds=0, degraded=True)
    assert dialled == []


@pytest.mark.parametrize("mode", ["refuse", "blackhole", "reset"])
def test_an_outage_costs_a_moment_and_then_nothing(proxy: Proxy, mode: str) -> None:
    assert not check_rate_limit("k", 1, 60).degraded
    proxy.fail(mode)
    started = time.monotonic()
    assert all(check_rate_limit("k", 1, 60).degraded for _ in range(2))
    assert time.monotonic() - started < 2 * (ratelimit.SECONDS + 0.5)
    started = time.monotonic()
    assert all(check_rate_limit("k", 1, 60).allowed for _ in range(50))
    assert time.monotonic() - started < 0.25


def test_after_an_outage_it_counts_again(proxy: Proxy) -> None:
    check_rate_limit("k", 1, 60)
    proxy.fail("refuse")
    assert check_rate_limit("k", 1, 60).allowed
    proxy.heal()
    client.breaker.succeeded()
    decision = check_rate_limit("k", 1, 60)
    assert (decision.allowed, decision.degraded) == (False, False)


def test_what_must_not_fail_open_is_counted_by_the_process() -> None:
    decisions = [check_rate_limit("k", 2, 60, fail="local") for _ in range(3)]
    assert [(decision.allowed, decision.remaining) for decision in decisions] == [(True, 1), (True, 0), (False, 0)]
    assert all(decision.degraded and decision.reset_seconds == 60 for decision in decisions)


def test_what_the_process_counted_can_be_given_back() -> None:
    give_back("k", check_rate_limit("k", 1, 60, fail="local"))
    assert check_rate_limit("k", 1, 60, fail="local").allowed


def test_of_32_threads_without_mongodb_exactly_the_maximum_passes() -> None:
    with ThreadPoolExecutor(32) as pool:
        decisions = list(pool.map(lambda _: check_rate_limit("k", 50, 60, fail="local"), range(320)))
    assert sum(decision.allowed for decision in decisions) == 50


def test_a_document_that_somebody_spoiled_stops_nobody_and_is_logged(
    mongo: Database[Document], caplog: pytest.LogCaptureFixture
) -> None:
    mongo.rate_limits.insert_one({"key": "k", "requests": "none"})
    assert check_rate_limit("k", 1, 60).degraded
    assert "A rate limit could not be counted" in caplog.text
