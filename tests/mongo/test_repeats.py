"""Keys of requests: the first request that a key came with is the only one, whatever gets lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from mongo import client
from mongo.errors import MongoUnavailable, OutcomeUnknown
from mongo.repeats import KeyReused, note

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
TIMES = 16


def test_a_key_is_known_since_it_came_first(mongo):
    assert [note("a", "k", "asked", now) for now in (NOW, LATER)] == [NOW, NOW]


def test_a_moment_is_told_as_it_is_stored(mongo):
    exact = NOW + timedelta(microseconds=123_456)
    assert note("a", "k", "asked", exact) == note("a", "k", "asked", LATER) == NOW + timedelta(milliseconds=123)


def test_another_request_under_the_key_is_refused(mongo):
    note("a", "k", "asked", NOW)
    with pytest.raises(KeyReused):
        note("a", "k", "something else", LATER)


def test_a_key_belongs_to_its_caller(mongo):
    note("a", "k", "asked", NOW)
    assert note("b", "k", "something else", LATER) == LATER


def test_at_once_one_is_the_first(mongo):
    together = threading.Barrier(TIMES)

    def ask(number):
        together.wait()
        return note("a", "k", "asked", NOW + timedelta(seconds=number))

    with ThreadPoolExecutor(TIMES) as pool:
        assert len(set(pool.map(ask, range(TIMES)))) == 1


def test_a_note_whose_answer_is_lost_leaves_nothing_in_doubt(proxy):
    client.ping(2)
    proxy.lose_answer = 0
    with pytest.raises(MongoUnavailable) as lost:
        note("a", "k", "asked", NOW)
    assert not isinstance(lost.value, OutcomeUnknown)
    assert note("a", "k", "asked", LATER) in (NOW, LATER)


def test_a_key_that_cannot_be_looked_up_is_not_taken_for_new(mongo):
    # The note collides with one of another name, so that it is never found under its own.
    mongo.idempotency_keys.create_index("asked", unique=True, name="for_this_test")
    try:
        mongo.idempotency_keys.insert_one({"_id": "another", "asked": "asked", "at": NOW})
        with pytest.raises(MongoUnavailable, match="nothing was done"):
            note("a", "k", "asked", LATER)
    finally:
        mongo.idempotency_keys.drop_index("for_this_test")
