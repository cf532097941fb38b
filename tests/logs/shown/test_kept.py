"""What a view of a log keeps: one text for one list, and words for all of it."""

from datetime import UTC, datetime

import pytest
from django.http import QueryDict

from logs import asking
from logs.asking import Asked
from logs.kinds import LOGS
from logs.shown.kept import in_words, query_of

LOG = LOGS["transactions"]


def asked(query: str) -> Asked:
    return asking.read(dict(QueryDict(query).lists()), LOG, now=datetime(2026, 11, 21, tzinfo=UTC))


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", ""),
        ("status=failed&last=24h", "last=24h&status=failed"),
        ("status=b&status=a&status=b", "status=a&status=b"),
        ("after=x&entry=507f1f77bcf86cd799439011&tail=1&q=a+b", "q=a+b"),
        ("last=7d&zone=UTC&order=newest&q=", ""),
        (f"columns={','.join(LOG.columns)}", ""),
        ("columns=status,timestamp&order=oldest", "columns=status%2Ctimestamp&order=oldest"),
        ("-metadata.a=%26&from=2026-01-01", "-metadata.a=%26&from=2026-01-01"),
    ],
)
def test_lists_that_show_the_same_are_one_text(query: str, kept: str) -> None:
    assert query_of(LOG, asked(query)) == kept
    assert query_of(LOG, asked(kept)) == kept


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", ["Last 7 days"]),
        ("last=all&order=oldest", ["All time", "Oldest first"]),
        ("q=x&status=b&status=a&-type=c", ["Search: x", "Type: not c", "Status: a or b", "Last 7 days"]),
        ("metadata.channel=api&last=1h", ["metadata.channel: api", "Last 1 hour"]),
        ("from=2026-01-01&zone=Europe/Berlin", ["From 2026-01-01, Europe/Berlin"]),
        ("from=2026-01-01&to=2026-02-01", ["From 2026-01-01 until 2026-02-01, UTC"]),
        ("to=2026-02-01T12:00", ["Until 2026-02-01T12:00, UTC"]),
        ("columns=status,metadata.a", ["Last 7 days", "Columns: Status, metadata.a"]),
    ],
)
def test_everything_that_is_asked_for_is_said(query: str, words: list[str]) -> None:
    assert list(in_words(LOG, asked(query))) == words


def test_a_long_value_is_cut() -> None:
    assert max(map(len, in_words(LOG, asked(f"q={'x' * 200}&status={'y' * 500}")))) < 100
