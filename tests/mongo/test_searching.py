"""A search that takes too long is told from a MongoDB that is away."""

import pytest

from mongo import client
from mongo.breaker import FAILURES_TO_OPEN
from mongo.errors import MongoSlow, MongoUnavailable
from mongo.searching import searching

# The proxy answers later than the search may take, and earlier than a ping may.
LATE, SECONDS = 0.2, 0.1


def search():
    with searching(SECONDS) as db:
        list(db.anything.find())


def test_a_search_in_time_is_answered(mongo):
    with searching(2.0) as db:
        assert list(db.anything.find()) == []


def test_a_search_that_takes_too_long_keeps_nobody_waiting(proxy):
    client.ping(2.0)
    proxy.latency = LATE
    for _ in range(FAILURES_TO_OPEN + 1):
        with pytest.raises(MongoSlow, match="fewer days"):
            search()
    assert not client.breaker.is_open


def test_a_mongodb_that_is_away_is_said_to_be(proxy):
    proxy.fail("refuse")
    with pytest.raises(MongoUnavailable) as caught:
        search()
    assert not isinstance(caught.value, MongoSlow)
