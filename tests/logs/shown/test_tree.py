"""The tree of what an entry holds: what of it is unfolded, told of what is folded, and put on one line."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from logs import asking
from logs.kinds import LOGS
from logs.shown.tree import MOST_LINES, OPEN_LINES, Line, Tree

LOG = LOGS["agents"]


def lines(value: Any) -> list[Line]:
    return Tree(LOG, asking.read({}, LOG, now=datetime(2026, 11, 21, tzinfo=UTC))).lines(value)


def seen(found: list[Line]) -> int:
    """How many lines are there without anything being unfolded."""
    folded, count = [False], 0
    for line in found:
        if line.step == "close":
            folded.pop()
            continue
        count += not any(folded)
        if line.step in ("open", "rest"):
            folded.append(not line.is_open)
    return count


def test_what_is_small_is_unfolded() -> None:
    found = lines({"a": {"b": {"c": "d"}}, "e": ["f", "g"]})
    assert [line.name for line in found if line.is_open] == ["a", "b", "e"]
    assert seen(found) == len([line for line in found if line.step != "close"])


@pytest.mark.parametrize(
    "value",
    [
        {f"f{number}": {"a": 1, "b": "x"} for number in range(400)},
        [{"a": [{"b": "c"}] * 5}] * 30,
        {"one": {f"f{number}": {"a": "x"} for number in range(39)}, "two": {"of": ["x"] * 39}},
        ["x"] * (MOST_LINES + 5),
    ],
    ids=["objects", "lists", "nested", "texts"],
)
def test_no_more_is_unfolded_than_is_read(value: Any) -> None:
    # The line that unfolds the rest stands besides.
    assert seen(lines(value)) <= OPEN_LINES + 1


def test_outer_ones_are_unfolded_before_inner_ones() -> None:
    found = lines({"deep": {"inner": ["x"] * 39}, "flat": ["x"] * 20})
    assert [line.name for line in found if line.is_open] == ["deep", "flat"]


def test_the_rest_of_very_many_is_counted() -> None:
    found = lines(["x"] * 100)
    assert [(at, line.size) for at, line in enumerate(found) if line.step == "rest"] == [(OPEN_LINES, 40)]
    assert found[-1].step == "close"


@pytest.mark.parametrize(
    ("value", "preview"),
    [
        ({"a": "x", "b": {"c": "y"}}, "a, b"),
        (dict.fromkeys("abcdefg", "x"), "a, b, c, d, e …"),
        (["one", "two"], "one, two"),
        ([{"a": "x"}], ""),
        ({"": "x"}, ""),
        ({"x" * 500: "y"}, f"{'x' * 23}…"),
        ({"a\u202eb": "y"}, "a⟨U+202E⟩b"),
    ],
)
def test_what_is_folded_tells_of_its_beginning(value: Any, preview: str) -> None:
    assert lines({"field": value})[0].preview == preview


def test_a_few_plain_numbers_stand_on_one_line() -> None:
    [line] = lines({"found": [0, 1.5, True, None]})
    assert (line.leaf.text, line.leaf.whole) == ("[0, 1.5, true, null]", "[0, 1.5, true, null]")


@pytest.mark.parametrize("value", [list(range(11)), [1, "text"], [[1]], [Decimal("1.10")], [{"a": 1}]])
def test_other_lists_have_a_line_for_each_value(value: list[Any]) -> None:
    assert lines({"found": value})[0].step == "open"
