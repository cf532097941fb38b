"""What happened lately: by hand one by one, and whatever a run did as one, however much of it there is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pymongo.database import Database
from pytest_django import Settings

from contracts import recent
from contracts.recent import AT_ONCE
from mongo.client import Document
from tests.factories import NOW
from tests.proxy import Proxy, through

Write = Callable[..., None]


@pytest.fixture
def write(mongo: Database[Document]) -> Write:
    """Writes revisions of so many contracts, one after the other, the newest `ago` seconds before NOW."""

    def written(count: int = 1, *, ago: float, apart: float = 0.01, who: str = "maya", **terms: Any) -> None:
        first = mongo.contract_revisions.estimated_document_count()
        mongo.contract_revisions.insert_many(
            {
                "contract_id": f"c{first + number}",
                "version": 1,
                "at": NOW - timedelta(seconds=ago + number * apart),
                "actor": {"id": who, "name": who, "via": "form"},
                "action": "edited",
                "reason": "",
                **terms,
            }
            for number in range(count)
        )

    return written


def told() -> list[tuple[str, int]]:
    return [(found.revision["actor"]["id"], found.contracts) for found in recent.happenings()]


def test_what_is_done_by_hand_is_told_one_by_one(write: Write) -> None:
    write(12, ago=0, apart=60)
    assert told() == [("maya", 1)] * 8


def test_two_saves_within_seconds_are_no_run(write: Write) -> None:
    write(2, ago=0)
    assert told() == [("maya", 1)] * 2


@pytest.mark.parametrize("size", [3, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 500])
def test_a_run_of_any_length_is_one(write: Write, size: int) -> None:
    write(ago=0, who="tom")
    write(size, ago=1, reason="Prices rise")
    write(2, ago=100, who="ada")
    assert told() == [("tom", 1), ("maya", size), ("ada", 1), ("ada", 1)]


def test_two_runs_for_different_reasons_are_two(write: Write) -> None:
    write(100, ago=0, reason="Prices rise")
    write(40, ago=2, reason="Another manager")
    assert told() == [("maya", 100), ("maya", 40)]


def test_everything_at_the_same_moment_is_told_once(write: Write) -> None:
    write(60, ago=0, apart=0, reason="Imported")
    write(2, ago=1, apart=0, who="tom")
    assert told() == [("maya", 60), ("tom", 1), ("tom", 1)]


def test_what_other_services_write_for_a_moment_breaks_nothing(write: Write) -> None:
    write(AT_ONCE + 3, ago=0, at="yesterday", actor="somebody")
    assert len(recent.happenings()) == 8


def test_a_run_that_takes_too_long_to_count_is_told_all_the_same(
    write: Write, mongo_uri: str, settings: Settings
) -> None:
    write(ago=0, who="tom")
    write(250, ago=1, reason="Prices rise")
    with Proxy(mongo_uri) as proxy, through(proxy, settings):
        proxy.swallowed = b"$nor"
        first, run = recent.happenings()
    assert (first.contracts, run.contracts, run.or_more) == (1, AT_ONCE - 1, True)


@pytest.mark.django_db
def test_the_overview_tells_of_a_run_in_one_line(
    write: Write, mongo: Database[Document], viewer_client: Client
) -> None:
    mongo.contracts.insert_one({"contract_id": "c", "account_id": "a", "status": "active"})
    write(250, ago=0, reason="Prices rise")
    page = viewer_client.get("/").content.decode()
    assert "<h3>250 contracts</h3>" in page
    assert "Edited by maya in one go, <q>Prices rise</q>" in page
