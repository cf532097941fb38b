"""What an address asks for: nothing of it is silently left out, and what cannot be answered is told."""

from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from logs.asking import LONGEST_VALUE, MOST_VALUES, Complaints, can_be_asked, read
from logs.kinds import LOGS

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TRANSACTIONS, AGENTS, AUDIT = LOGS["transactions"], LOGS["agents"], LOGS["audit"]


def asked(log=TRANSACTIONS, **query):
    return read({name: [value] if isinstance(value, str) else value for name, value in query.items()}, log, now=NOW)


def complaints(**query):
    with pytest.raises(Complaints) as found:
        asked(**query)
    return found.value.complaints


def test_nothing_asked_is_the_last_week_newest_first():
    found = asked()
    assert (found.wanted.start, found.wanted.end, found.oldest_first) == (NOW - timedelta(days=7), None, False)
    assert found.columns == TRANSACTIONS.columns


def test_a_field_that_stands_several_times_holds_any_of_them():
    assert asked(status=["failed", "completed"]).wanted.fields == {"status": ("failed", "completed")}


def test_a_sign_leaves_a_value_out():
    assert asked(**{"-type": "deposit", "type": "transfer"}).wanted.without == {"type": ("deposit",)}


def test_what_writers_name_can_be_asked_for():
    assert asked(**{"metadata.channel": "api"}).wanted.fields == {"metadata.channel": ("api",)}


def test_empty_parameters_ask_for_nothing():
    assert asked(status="", q="", zone="").parameters == ()


@pytest.mark.parametrize(
    "name",
    [
        "metadata",
        "metadata.",
        "metadata..a",
        "metadata.$where",
        "$where",
        "timestamp",
        "_id",
        "foo",
        "metadata.a\0",
    ],
)
def test_what_is_no_field_cannot_be_asked(name):
    assert not can_be_asked(TRANSACTIONS, name)


@pytest.mark.parametrize("name", ["entity.id", "entity.type", "via", "details.changes.0.path", "ipAddress"])
def test_fields_of_the_audit_trail_can_be_asked(name):
    assert can_be_asked(AUDIT, name)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"foo": "1"}, "“foo” is no field"),
        ({"-foo": "1"}, "“-foo” is no field"),
        ({"last": "5y"}, "“5y” is none"),
        ({"last": "7d", "from": "2026-01-01"}, "not for both"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "must be earlier"),
        ({"from": "soon"}, "from: "),
        ({"zone": "Mars/Olympus"}, "no time zone"),
        ({"order": "random"}, "“random” is none"),
        ({"columns": "amount,foo"}, "“foo” is no field"),
        ({"columns": ",".join(f"metadata.f{n}" for n in range(21))}, "at most 20"),
        ({"q": "x" * 201}, "at most 200"),
        ({"status": "x" * (LONGEST_VALUE + 1)}, f"at most {LONGEST_VALUE}"),
        ({"status": ["x" + str(n) for n in range(MOST_VALUES + 1)]}, f"at most {MOST_VALUES} values"),
        ({"status": "a\0b"}, "NUL"),
        ({"order": ["newest", "oldest"]}, "give it once"),
        ({"after": "a", "before": "b"}, "one of them"),
        ({"tail": "yes"}, "It is 1"),
        ({"tail": "1", "from": "2026-11-01"}, "Leave out from"),
        ({"tail": "1", "order": "oldest"}, "Leave out from"),
        ({"entry": "analytics"}, "no id of an entry"),
        ({"entry": ".."}, "no id of an entry"),
    ],
)
def test_what_cannot_be_answered_is_told(query, said):
    assert said in " ".join(complaints(**query))


def test_every_complaint_is_told_at_once():
    assert len(complaints(foo="1", bar="2", order="x")) == 3


def test_a_complaint_repeats_no_long_text():
    assert all(len(one) < 400 for one in complaints(**{"x" * 9_000: "1", "zone": "z" * 500}))


def test_the_query_keeps_everything_but_the_place():
    found = asked(status=["a", "b"], zone="Europe/Berlin", after="c", entry=str(ObjectId()), tail="1")
    assert found.query == "status=a&status=b&zone=Europe%2FBerlin"


def test_the_query_can_be_changed():
    found = asked(status="a", last="24h")
    assert found.query_with(("from", "2026-01-01"), without=("last",)) == "status=a&from=2026-01-01"


def test_times_are_those_of_the_zones_clock():
    found = asked(**{"from": "2026-11-21", "to": "2026-11-21T10:00", "zone": "Europe/Berlin"})
    assert found.wanted.start == datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert found.wanted.end == datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_the_account_of_a_contract_is_none_of_the_parameters():
    found = read({"userId": ["other"]}, TRANSACTIONS, now=NOW, account="acct-1")
    assert found.wanted.account == "acct-1"
    assert found.wanted.fields == {"userId": ("other",)}


@pytest.mark.parametrize("query", [{"last": ["5y"]}, {"from": ["soon"]}])
def test_a_time_that_is_none_is_told_for_undated_entries_too(query):
    with pytest.raises(Complaints):
        read(query, AGENTS, now=NOW, is_undated=True)


def test_undated_entries_have_no_time():
    found = read({"last": ["24h"], "status": ["failed"]}, AGENTS, now=NOW, is_undated=True)
    assert (found.wanted.start, found.wanted.is_undated) == (None, True)
