"""Two people's changes: what differs, how it merges, and that nothing is lost on the way."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.domain import diff
from contracts.domain.diff import Change, Clash, RowChange
from tests.strategies import quick

PATHS = ("account_name", "usage_limits.max_monthly_trades", "tags", "add_ons")
# Few values, so that people often agree, and often do not.
VALUES = st.sampled_from([None, "", "a", "b", 1, 2, [], [{"name": "x"}], [{"name": "x"}, {"name": "y"}]])
STATES = st.tuples(*[VALUES] * len(PATHS)).map(lambda values: dict(zip(PATHS, values, strict=True)))
ROWS = st.lists(st.sampled_from([{"n": 1}, {"n": 2}, {"n": 3}]), max_size=5)

State = dict[str, Any]


@quick
@given(STATES)
def test_nothing_differs_from_itself(state: State) -> None:
    assert diff.changes(state, dict(state)) == ()


@quick
@given(STATES, STATES)
def test_changes_lead_from_one_state_to_the_other(before: State, after: State) -> None:
    moved = before | {change.path: change.after for change in diff.changes(before, after)}
    assert moved == after


@quick
@given(STATES, STATES)
def test_the_way_back_is_the_same_changes_turned_round(before: State, after: State) -> None:
    back = [Change(change.path, change.after, change.before) for change in diff.changes(before, after)]
    assert list(diff.changes(after, before)) == back


def test_a_path_that_one_state_lacks_counts_as_nothing() -> None:
    assert diff.changes({}, {"tags": None, "notes": "x"}) == (Change("notes", None, "x"),)
    assert diff.changes({"notes": "x", "tags": None}, {}) == (Change("notes", "x", None),)


@quick
@given(STATES, STATES)
def test_where_they_changed_nothing_mine_stands(base: State, mine: State) -> None:
    assert diff.merge(base, base, mine) == diff.Merge(mine, (), ())


@quick
@given(STATES, STATES)
def test_where_i_changed_nothing_theirs_stands(base: State, theirs: State) -> None:
    merged = diff.merge(base, theirs, base)
    assert (merged.values, merged.clashes) == (theirs, ())
    assert merged.taken == diff.changes(base, theirs)


@quick
@given(STATES, STATES)
def test_the_same_change_by_both_is_no_clash(base: State, both: State) -> None:
    assert diff.merge(base, both, both) == diff.Merge(both, (), ())


@quick
@given(STATES, STATES, STATES)
def test_a_field_that_one_of_them_changed_takes_that_value(base: State, theirs: State, mine: State) -> None:
    merged = diff.merge(base, theirs, mine)
    for path in PATHS:
        if theirs[path] == base[path]:
            assert merged.values[path] == mine[path]
        elif mine[path] == base[path]:
            assert merged.values[path] == theirs[path]


@quick
@given(STATES, STATES, STATES)
def test_a_field_that_both_changed_otherwise_is_a_clash_and_mine_until_decided(
    base: State, theirs: State, mine: State
) -> None:
    merged = diff.merge(base, theirs, mine)
    both = [path for path in PATHS if base[path] != theirs[path] != mine[path] != base[path]]
    assert merged.clashes == tuple(Clash(path, base[path], theirs[path], mine[path]) for path in both)
    assert all(merged.values[path] == mine[path] for path in both)


@quick
@given(STATES, STATES, STATES)
def test_clashes_are_the_same_from_both_sides(base: State, theirs: State, mine: State) -> None:
    seen_by_them = diff.merge(base, mine, theirs).clashes
    turned = tuple(Clash(clash.path, clash.base, clash.mine, clash.theirs) for clash in seen_by_them)
    assert diff.merge(base, theirs, mine).clashes == turned


@quick
@given(ROWS, ROWS)
def test_rows_that_differ_lead_from_one_table_to_the_other(before: list[State], after: list[State]) -> None:
    rows: list[State | None] = [*before, *[None] * (len(after) - len(before))]
    for row in diff.row_changes(before, after):
        assert rows[row.number - 1] == row.before
        rows[row.number - 1] = row.after
    assert [row for row in rows if row is not None] == after


def test_rows_are_numbered_as_people_count() -> None:
    found = diff.row_changes([{"n": 1}], [{"n": 1}, {"n": 2}])
    assert found == (RowChange(2, None, {"n": 2}),)


def test_a_change_is_stored_with_both_values() -> None:
    assert Change("tags", ["a"], []).as_document() == {"path": "tags", "before": ["a"], "after": []}


@quick
@given(ROWS, ROWS)
def test_every_row_of_both_tables_stands_once_in_its_order(before: list[State], after: list[State]) -> None:
    pairs = diff.row_pairs(before, after)
    assert [old for old, _ in pairs if old is not None] == list(range(len(before)))
    assert [new for _, new in pairs if new is not None] == list(range(len(after)))


@quick
@given(ROWS, ROWS, ROWS)
def test_rows_put_in_between_move_no_other(top: list[State], added: list[State], bottom: list[State]) -> None:
    before, after = [*top, *bottom], [*top, *added, *bottom]
    pairs = diff.row_pairs(before, after)
    assert all(before[old] == after[new] for old, new in pairs if old is not None and new is not None)
    assert sum(old is None for old, _ in pairs) == len(added)
