"""Rows become entries that tell exactly what the rows tell; what MongoDB cannot hold goes in as near as it can."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import bson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs.domain.values import LEVELS
from logs.rows import Read, read
from mongo.codec import CODEC_OPTIONS
from tests.logs.tables import row

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def of(id: Any = 7, **more: Any) -> Read:
    return read(row(id, **more), line=1, size=1, now=NOW)


def stored(field: str, value: Any) -> Any:
    return of(**{field: value}).entry.document[field]


def odd(**more: Any) -> dict[str, str]:
    return {problem.field: problem.message for problem in of(**more).oddities}


def test_an_ordinary_row_is_taken_over_as_it_is() -> None:
    found = of()
    at = datetime(2026, 11, 20, 12, 0, 0, 123_000, tzinfo=UTC)
    assert found.entry.document == {
        "userId": "maya",
        "action": "user.signed_in",
        "details": {"ok": True},
        "ipAddress": "203.0.113.7",
        "userAgent": "Firefox",
        "timestamp": at,
        "createdAt": at,
        "auditLogId": 7,
    }
    assert (found.oddities, found.entry.problems) == ((), ())


# Details ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("null", None),
        ("", ""),
        ("signed in by phone", "signed in by phone"),
        ("12", "12"),
        (12, "12"),
        ('{"a": [1, {"b": null}]}', {"a": [1, {"b": None}]}),
        ("[1, 2]", [1, 2]),
        ('"said twice"', "said twice"),
        (b'{"a": 1}', {"a": 1}),
        ('{"n": 0.1}', {"n": Decimal("0.1")}),
        ('{"n": 18446744073709551616}', {"n": Decimal("18446744073709551616")}),
        ('{"n": 9223372036854775807}', {"n": 9223372036854775807}),
        ('{"text": "a\\u0000b"}', {"text": "a\0b"}),
    ],
)
def test_details_are_what_their_json_holds_or_their_text(value: Any, expected: Any) -> None:
    found = of(details=value)
    assert found.entry.document["details"] == expected
    assert found.oddities == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": ', "no JSON"),
        ("{'a': 1}", "no JSON"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": 1, "a": 2}', "stands here twice"),
        ('{"$set": 1}', "no name here"),
        ('{"a": {"": 1}}', "no name here"),
        ('{"a\\u0000b": 1}', "no name here"),
        ('{"a": "\\ud800"}', "half a character"),
        (f'{{"n": {"9" * 35}}}', "34 digits"),
        ('{"n": 1e7000}', "extremely large"),
        ("[" * LEVELS + "]" * LEVELS, "nested deeper"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_details_that_mongodb_could_not_hold_stay_a_text_and_are_odd(text: str, reason: str) -> None:
    assert stored("details", text) == text
    assert reason in odd(details=text)["details"]


def test_bytes_that_are_no_text_stay_bytes_and_are_odd() -> None:
    assert stored("details", b"\xff\xfe") == b"\xff\xfe"
    assert odd(details=b"\xff\xfe") == {"details": "This holds bytes that are no text."}


def test_a_row_beyond_16_mb_fails() -> None:
    [problem] = of(details="x" * 2**24).entry.problems
    assert "larger than 16 MB" in problem.message


# Other fields ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "expected"), [(5, "5"), ("5", "5"), (None, None), (b"maya", "maya")])
def test_users_are_texts_as_everywhere_else(value: Any, expected: Any) -> None:
    assert stored("userId", value) == expected
    assert odd(userId=value) == {}


def test_half_characters_are_replaced_and_odd() -> None:
    assert stored("userAgent", "Fire\udcffﬁx") == "Fire�ﬁx"
    assert odd(userAgent="\udcff").keys() == {"userAgent"}


def test_an_entry_without_an_action_is_odd() -> None:
    assert odd(action=None) == {"action": "This is missing."}


@pytest.mark.parametrize("value", [7, -7, "7", "café", "é\0", 7.5, b"\0\1", 2**63 - 1])
def test_ids_stay_what_they_are(value: Any) -> None:
    found = of(value).entry.document
    assert bson.decode(bson.encode({"id": found["auditLogId"]}, codec_options=CODEC_OPTIONS)) == {"id": value}


# Times -----------------------------------------------------------------------------------------------------


def test_an_entry_expires_by_its_own_time() -> None:
    document = of(timestamp="2026-01-01 08:00:00+02").entry.document
    assert document["timestamp"] == document["createdAt"] == datetime(2026, 1, 1, 6, tzinfo=UTC)


def test_a_time_to_come_does_not_keep_an_entry_for_longer() -> None:
    document = of(timestamp="2099-01-01").entry.document
    assert document["timestamp"] == datetime(2099, 1, 1, tzinfo=UTC)
    assert document["createdAt"] == NOW
    assert odd(timestamp="2099-01-01") == {"timestamp": "This is yet to come."}


def test_clocks_may_differ() -> None:
    assert odd(timestamp=(NOW + timedelta(hours=1)).isoformat()) == {}


@pytest.mark.parametrize("value", [None, "", "soon", "9999-12-31", "1753-01-01", "infinity", 0, -5, 1.5, b"\xff"])
def test_an_entry_without_a_usable_date_goes_in_as_such_and_expires_all_the_same(value: Any) -> None:
    document = of(timestamp=value).entry.document
    assert document["timestamp"] == value
    assert document["createdAt"] == NOW
    assert "timestamp" in odd(timestamp=value)


# Anything at all -------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=8,
)
CELLS = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.binary(max_size=20)
    | st.binary(max_size=20).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
    | JSON.map(json.dumps)
)


@given(st.fixed_dictionaries(dict.fromkeys(row(0), CELLS)))
def test_whatever_a_row_holds_it_makes_an_entry_that_mongodb_can_hold(cells: dict[str, Any]) -> None:
    found = read(cells, line=1, size=1, now=NOW)
    assert found.entry.problems == ()
    bson.encode(found.entry.document, codec_options=CODEC_OPTIONS)
    assert isinstance(found.entry.document["createdAt"], datetime)
