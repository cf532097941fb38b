"""Tiers follow one another without a gap, and only the last is open."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.domain.fields import VALUE_TIERS, VOLUME_TIERS, Field
from contracts.domain.model import ValueTier, VolumeTier
from contracts.domain.tiers import VALUE_STEP, VOLUME_STEP, Bound, TierRow, tier_problems
from tests.strategies import quick, value_tiers, volume_tiers

FREE = Decimal(0)
FIFTY = Decimal("50.5")
ENDS = st.none() | st.integers(0, 9)


def found(table: Field, rows: list[TierRow], step: int) -> list[tuple[str, str]]:
    """Row and cell, and message, of each problem."""
    problems = tier_problems(table, rows, step)
    return [(problem.path.removeprefix(f"{table.path}."), problem.message) for problem in problems]


def of_trades(*bounds: tuple[Bound, Bound]) -> list[tuple[str, str]]:
    return found(VOLUME_TIERS, [(low, high, FREE) for low, high in bounds], VOLUME_STEP)


def of_value(*bounds: tuple[Bound, Bound]) -> list[tuple[str, str]]:
    return found(VALUE_TIERS, [(low, high, FREE) for low, high in bounds], VALUE_STEP)


def test_no_tiers_are_right() -> None:
    assert of_trades() == of_value() == []


@quick
@given(volume_tiers())
def test_tiers_of_trades_that_follow_one_another_are_right(tiers: tuple[VolumeTier, ...]) -> None:
    rows = [(tier.min_trades, tier.max_trades, tier.price_per_trade) for tier in tiers]
    assert found(VOLUME_TIERS, rows, VOLUME_STEP) == []


@quick
@given(value_tiers())
def test_tiers_of_value_that_touch_are_right(tiers: tuple[ValueTier, ...]) -> None:
    rows = [(tier.min_value, tier.max_value, tier.percentage_fee) for tier in tiers]
    assert found(VALUE_TIERS, rows, VALUE_STEP) == []


@pytest.mark.parametrize(("start", "is_right"), [(0, True), (1, True), (2, False)])
def test_the_first_tier_of_trades_starts_at_0_or_1(start: int, is_right: bool) -> None:
    problem = ("0.min_trades", "The first tier starts at 0 or 1.")
    assert of_trades((start, None)) == ([] if is_right else [problem])


@pytest.mark.parametrize(("start", "is_right"), [("0", True), ("0.00", True), ("1", False), ("0.5", False)])
def test_the_first_tier_of_value_starts_at_0(start: str, is_right: bool) -> None:
    problem = ("0.min_value", "The first tier starts at 0.")
    assert of_value((Decimal(start), None)) == ([] if is_right else [problem])


def test_a_start_that_is_missing_is_asked_for() -> None:
    problem = ("0.min_trades", "Say where the tier starts.")
    assert of_trades((None, None)) == [problem]


def test_a_price_that_is_missing_is_asked_for() -> None:
    problem = ("0.price_per_trade", "Give the price; 0 if it is free.")
    assert found(VOLUME_TIERS, [(0, None, None)], VOLUME_STEP) == [problem]


def test_a_tier_of_trades_starts_one_after_the_last() -> None:
    assert of_trades((0, 1000), (1001, None)) == []
    overlap = ("1.min_trades", "This overlaps the tier above. Start at 1,001.")
    assert of_trades((0, 1000), (1000, None)) == [overlap]
    gap = ("1.min_trades", "This leaves a gap after the tier above. Start at 1,001.")
    assert of_trades((0, 1000), (1002, None)) == [gap]


def test_a_tier_of_value_starts_where_the_last_ends() -> None:
    assert of_value((Decimal(0), FIFTY), (FIFTY, None)) == []
    overlap = ("1.min_value", "This overlaps the tier above. Start at 50.5.")
    assert of_value((Decimal(0), FIFTY), (Decimal(50), None)) == [overlap]
    gap = ("1.min_value", "This leaves a gap after the tier above. Start at 50.5.")
    assert of_value((Decimal(0), FIFTY), (Decimal(51), None)) == [gap]


def test_bounds_are_compared_to_the_last_of_34_digits() -> None:
    bound = Decimal("1234567890123456789012345678901234")
    assert of_value((Decimal(0), bound), (bound, None)) == []
    assert of_value((Decimal(0), bound), (bound + 1, None)) != []


def test_only_the_last_tier_is_open() -> None:
    closed = ("1.max_trades", "The last tier has no end. Leave this empty, or add a tier after it.")
    assert of_trades((0, 10), (11, 20)) == [closed]
    opened = ("0.max_trades", "Only the last tier may be open. Say where this one ends.")
    assert of_trades((0, None), (11, None)) == [opened]


def test_a_tier_holds_something() -> None:
    assert of_trades((1, 1), (2, None)) == []
    assert of_trades((0, 0), (1, None)) == [("0.max_trades", "The tier holds nothing.")]
    assert of_value((FREE, FREE), (FREE, None)) == [("0.max_value", "The tier holds nothing.")]


def test_a_tier_does_not_end_before_it_starts() -> None:
    problem = ("1.max_trades", "The tier ends before it starts.")
    assert problem in of_trades((0, 10), (11, 5), (6, None))


@quick
@given(st.lists(st.tuples(st.integers(0, 9), ENDS), min_size=1, max_size=4))
def test_tiers_are_right_just_when_they_hold_every_number_once(bounds: list[tuple[int, int | None]]) -> None:
    held = [
        [number for number in range(15) if low <= number and (high is None or number <= high)]
        for low, high in bounds
    ]
    in_order = [number for tier in held for number in tier if number]
    is_right = in_order == list(range(1, 15)) and all(any(tier) for tier in held)
    assert (of_trades(*bounds) == []) == is_right
