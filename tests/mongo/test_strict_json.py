"""The one parser of what comes in over HTTP."""

import tracemalloc
from decimal import Decimal

import pytest

from mongo.strict_json import MOST_LEVELS, MOST_VALUES, ValueUnreadable, is_storable, read

REFUSED = {
    "nothing": b"",
    "half an object": b'{"a": 1',
    "two values": b"{} {}",
    "a comma too many": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "a comment": b"{} // no",
    "a name twice": b'{"a": 1, "a": 2}',
    "a name twice further in": b'{"a": {"b": 1, "b": 1}}',
    "a name twice, escaped": b'{"a": 1, "\\u0061": 2}',
    "NaN": b'{"a": NaN}',
    "Infinity": b"[Infinity]",
    "minus Infinity": b"[-Infinity]",
    "a number beyond a double": b"[1e400]",
    "a negative number beyond a double": b"[-1e400]",
    "a number beyond any": b"[1e99999999999999999999]",
    "2 to the 63": b"[9223372036854775808]",
    "less than minus 2 to the 63": b"[-9223372036854775809]",
    "a whole number of 50 digits": b"[" + b"9" * 50 + b"]",
    "a whole number of 5,000 digits": b"[" + b"9" * 5_000 + b"]",
    "half a character": b'["\\ud800"]',
    "half a character as a name": b'{"\\udfff": 1}',
    "half a character as bytes": b'["\xed\xa0\x80"]',
    "NUL in a text": b'{"a": ["\\u0000"]}',
    "NUL in a name": b'{"a\\u0000": 1}',
    "a raw control character": b'["\x01"]',
    "no UTF-8": b'["\xff"]',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "one level too many": b"[" * (MOST_LEVELS + 1) + b"]" * (MOST_LEVELS + 1),
    "objects one level too deep": b'{"a":' * MOST_LEVELS + b"{}" + b"}" * MOST_LEVELS,
    "100,000 levels": b"[" * 100_000,
    "millions of lists": b"[" + b"[]," * 2_000_000 + b"[]]",
    "millions of numbers": b"[" + b"1.5," * 2_000_000 + b"1]",
    "hundreds of thousands of names": b"{" + b",".join(b'"%d":0' % n for n in range(400_000)) + b"}",
    "a leading zero": b"[01]",
    "a hexadecimal number": b"[0x10]",
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_what_is_doubtful_is_refused_with_a_reason(body):
    with pytest.raises(ValueUnreadable, match=r"^This .*\.$|^[-\w]+ is no number\.$|stands here twice\.$"):
        read(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, true, null, "\xc3\xa9"]}', {"a": [1, True, None, "é"]}),
        (b'["\\ud83d\\ude00"]', ["😀"]),
        (b"[9223372036854775807, -9223372036854775808]", [2**63 - 1, -(2**63)]),
        (b"[299.00, 1e3, 0.1]", [Decimal("299.00"), Decimal("1E+3"), Decimal("0.1")]),
        (b"[1.7976931348623157e308, 1e-400]", [Decimal("1.7976931348623157e308"), Decimal("1E-400")]),
        (b'{"__proto__": 1, "constructor": 2}', {"__proto__": 1, "constructor": 2}),
        (b" \n[]\r\n ", []),
    ],
)
def test_everything_else_is_read_exactly(body, value):
    assert read(body) == value


def test_as_many_levels_as_are_allowed_are_read():
    assert read(b"[" * MOST_LEVELS + b"1" + b"]" * MOST_LEVELS)


@pytest.mark.parametrize("text", [b"," * 8_000_000, b'\\",' * 2_000_000, b"[{" * 2_000_000], ids=["a", "b", "c"])
def test_what_stands_in_a_text_is_no_value(text):
    assert read(b'["' + text + b'"]') == [text.replace(b"\\", b"").decode()]


def test_as_many_values_as_are_allowed_are_read():
    # The list itself is one.
    numbers = [0] * (MOST_VALUES - 2)
    assert read(b"[" + b",".join(b"0" for _ in numbers) + b"]") == numbers


def test_millions_of_lists_are_refused_before_any_is_made():
    body = b"[" + b"[]," * 2_000_000 + b"[]]"
    tracemalloc.start()
    try:
        with pytest.raises(ValueUnreadable, match="Send less at once"):
            read(body)
        assert tracemalloc.get_traced_memory()[1] < 2 * len(body)
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["$where", "a.b", ""])
def test_a_name_that_cannot_be_asked_for_is_not_storable(name):
    assert not is_storable(name)


@pytest.mark.parametrize("name", ["b$", "__proto__", "é", " "])
def test_any_other_name_is_storable(name):
    assert is_storable(name)


def test_what_only_looks_like_nul_is_read():
    assert read(b'["\\\\u0000"]') == ["\\u0000"]
