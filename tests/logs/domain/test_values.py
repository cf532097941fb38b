"""What the fields of an entry may hold."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any

import pytest

from logs.domain import values
from logs.domain.values import (
    LEVELS,
    LONGEST_TEXT,
    NotAnEntry,
    bounded,
    findable,
    is_exact,
    mapping,
    milliseconds,
    moment,
    money,
    row_id,
    text,
)
from mongo import codec, expressions

NOON = datetime(2026, 11, 21, 12, 0, 0, 123_000, tzinfo=UTC)


class Zoneless(tzinfo):
    """A zone that does not know its own offset."""

    def utcoffset(self, _: datetime | None) -> None:
        return None


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"in": value}
    return value


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (Decimal("1.10"), "1.10"),
        (7, "7"),
        ("12.30", "12.30"),
        ("+.5e3", "5E+2"),
        (0.1, "0.1"),
        (-2.5, "-2.5"),
        (1e22, "1E+22"),
        (0, "0"),
    ],
)
def test_an_amount_is_the_decimal_that_was_written(given: Any, meant: str) -> None:
    assert str(money(given)) == meant


@pytest.mark.parametrize(
    "given", ["", "ten", "1,5", "1_000", " 1", "١٢", "NaN", float("nan"), float("-inf"), True, None, b"1", [1], 1j]
)
def test_what_spells_no_number_is_no_amount(given: Any) -> None:
    with pytest.raises(NotAnEntry, match="Give a decimal number"):
        money(given)


@pytest.mark.parametrize(
    "given", [Decimal("NaN"), Decimal("sNaN"), 10**34, "1" * 35, "1e-7000", "1e99999999999999999999"]
)
def test_a_number_that_cannot_be_counted_exactly_is_no_amount(given: Any) -> None:
    with pytest.raises(NotAnEntry, match="at most 34 digits"):
        money(given)


@pytest.mark.parametrize("given", ["x", " x ", "x" * LONGEST_TEXT])
def test_a_text_is_kept_as_it_is(given: str) -> None:
    assert text(given) == given


@pytest.mark.parametrize("given", ["", " ", None, 5, b"x", True, 1.5, ["x"], object(), "x" * (LONGEST_TEXT + 1)])
def test_what_is_no_text_is_none(given: Any) -> None:
    with pytest.raises(NotAnEntry):
        text(given)


@pytest.mark.parametrize("given", [7, -1, "7", b"7"])
def test_rows_have_numbers_texts_and_bytes_for_ids(given: Any) -> None:
    assert row_id(given) == given


@pytest.mark.parametrize(
    "given",
    [
        datetime(2026, 11, 21, 12, 0, 0, 123_999),
        datetime(2026, 11, 21, 12, 0, 0, 123_999, tzinfo=UTC),
        datetime(2026, 11, 21, 14, 0, 0, 123_999, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 11, 21, 12, 0, 0, 123_999, tzinfo=Zoneless()),
    ],
)
def test_a_time_is_in_utc_and_in_milliseconds(given: datetime) -> None:
    assert moment(given) == NOON
    assert moment(given).tzinfo is UTC


@pytest.mark.parametrize(
    "given",
    ["2026-11-21", 0, NOON.date(), datetime(1899, 12, 31), datetime(3000, 1, 1), datetime.min, datetime.max],
)
def test_what_is_no_usable_date_is_no_time(given: Any) -> None:
    with pytest.raises(NotAnEntry, match="from 1900 to 2999"):
        moment(given)


@pytest.mark.parametrize("given", ["x", ["x"], 1])
def test_an_object_has_names(given: Any) -> None:
    with pytest.raises(NotAnEntry, match="Give an object"):
        mapping(given)


@pytest.mark.parametrize("given", ["12", True, float("nan"), Decimal("sNaN"), timedelta(seconds=1), -1, -0.5])
def test_a_duration_is_a_number_from_zero_on(given: Any) -> None:
    with pytest.raises(NotAnEntry):
        milliseconds(given)


@pytest.mark.parametrize("given", [{"": 1}, {"$where": 1}, {"a\0": 1}, {"x" * 501: 1}, [Decimal("1e-7000")]])
@pytest.mark.parametrize("is_sent", [True, False])
def test_names_and_numbers_that_mongodb_has_no_place_for_are_refused(given: Any, is_sent: bool) -> None:
    with pytest.raises(NotAnEntry):
        findable({"in": [given]}, is_sent=is_sent)


@pytest.mark.parametrize("given", [{"a.b": 1}, {f"k{number}": number for number in range(1_001)}])
def test_only_requests_must_keep_to_names_that_can_be_asked_for(given: Any) -> None:
    assert findable(given, is_sent=False) is given
    with pytest.raises(NotAnEntry):
        findable(given, is_sent=True)


@pytest.mark.parametrize(
    "number", ["0", "1" * 34, "1" * 35, "1e6144", "1e6145", "1e-6176", "1e-6177", "1.0e-6176", "0e9999"]
)
def test_a_number_is_exact_where_it_is_to_the_driver(number: str) -> None:
    assert is_exact(Decimal(number)) == codec.fits(Decimal(number))


def test_bounds_are_those_of_what_reads_the_log() -> None:
    here = (values.EARLIEST, values.LATEST, values.MOST_MONEY)
    assert here == (expressions.EARLIEST, expressions.LATEST, expressions.MOST_MONEY)


def test_a_value_may_be_as_deep_as_the_smallest_servers_allow() -> None:
    # The document itself is the first level.
    value = nested(LEVELS - 1)
    assert bounded(value) is value
    with pytest.raises(NotAnEntry, match="must not be nested deeper"):
        bounded(nested(LEVELS))


def test_what_holds_itself_is_too_deep() -> None:
    endless: list[Any] = ["x", b"y"]
    endless.append({"again": (endless,)})
    with pytest.raises(NotAnEntry, match="nested"):
        bounded(endless)


def test_what_looks_small_and_is_not_is_too_large() -> None:
    value: list[Any] = ["x" * 1_000]
    for _ in range(30):
        value = [value, value]
    with pytest.raises(NotAnEntry, match="must be smaller than 16 MB"):
        bounded(value)


@pytest.mark.parametrize("given", ["x" * 17_000_000, {"x" * 17_000_000: 1}, [b"x" * 17_000_000]])
def test_a_value_that_no_document_holds_is_too_large(given: Any) -> None:
    with pytest.raises(NotAnEntry, match="smaller than 16 MB"):
        bounded(given)
