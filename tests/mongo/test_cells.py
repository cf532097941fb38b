"""No cell of ours is a formula, and no text is lost to that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mongo.cells import csv_line, guarded, unguarded


@pytest.mark.parametrize("text", ["=1+1", "+1 555 0100", "-2", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "'=1"])
def test_a_text_that_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "'tis", "1 + 1"])
def test_any_other_text_is_left_as_it_is(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


@given(st.text(st.sampled_from("'=+-@\t\r\n a")))
def test_the_guard_comes_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_row_is_quoted_where_it_must_be() -> None:
    assert csv_line(["a", 'say "b"', "two\nlines"]) == 'a,"say ""b""","two\nlines"\r\n'
