"""What the page of a list offers: columns to choose from, and times in which there is less to count."""

from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string

from logs import asking
from logs.asking import Asked
from logs.kinds import COMMON, LOGS
from logs.scope import Scope
from logs.shown.listing import choices_of
from logs.shown.times import shorter

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
AGENTS = Scope(log=LOGS["agents"], base="/logs/agents/", title="Agent runs")


def asked_of(log: str, **query: str) -> Asked:
    return asking.read({name: [value] for name, value in query.items()}, LOGS[log], now=NOW)


@pytest.mark.parametrize("log", LOGS.values(), ids=LOGS)
def test_a_logs_own_columns_are_offered_first_and_what_all_logs_have_last(log) -> None:
    names = [name for name, _, _ in choices_of(log, asked_of(log.name))]
    own, common = log.columns[1:], [name for name in COMMON if name != "timestamp"]
    assert names[: len(own)] == list(own)
    assert names[-len(common) :] == common


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ({"last": "all"}, ["24 hours", "7 days"]),
        ({"last": "7d"}, ["24 hours"]),
        ({"last": "24h"}, []),
        ({"from": "2020-01-01", "to": "2026-01-01"}, ["24 hours", "7 days"]),
    ],
)
def test_less_time_than_was_asked_for_is_offered(query, labels) -> None:
    assert [one.label for one in shorter(AGENTS, asked_of("agents", **query))] == labels


def test_a_chart_that_takes_too_long_offers_less_time_and_another_try() -> None:
    context = {"is_late": True, "scope": AGENTS, "asked": asked_of("agents", status="failed", last="30d")}
    told = render_to_string("logs/_histogram.html", context)
    assert 'href="/logs/agents/?status=failed&amp;last=24h"' in told
    assert 'hx-get="/logs/agents/histogram/?status=failed&amp;last=30d"' in told


def test_a_count_that_takes_too_long_leaves_what_the_list_says_itself(rf) -> None:
    request = rf.get("/")
    request.htmx = True
    assert render_to_string("logs/_count.html", {"is_late": True}, request).strip() == ""
    request.htmx = False
    assert "took MongoDB too long" in render_to_string("logs/_count.html", {"is_late": True}, request)
