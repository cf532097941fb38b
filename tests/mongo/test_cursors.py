"""Cursors: what is written can be read, and nothing else."""

import base64
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from bson import Binary, Int64, MaxKey, MinKey, ObjectId
from hypothesis import given
from hypothesis import strategies as st

from mongo.cursors import LONGEST, CursorUnreadable, Place, fits, mark_of, read, written

MARK = mark_of("a list")
OWN_IDS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=1_000),
    st.binary(min_size=12, max_size=12).map(ObjectId),
    st.sampled_from(
        [
            Decimal("1.50"),
            Binary(b"x", 128),
            UUID(int=1),
            Binary(b"short", 4),
            {"a": [1]},
            datetime(2026, 11, 21, tzinfo=UTC),
        ]
    ),
)


@given(at=st.none() | st.integers(-(2**63), 2**63 - 1), own=OWN_IDS)
def test_whatever_place_is_written_is_read_again(at, own):
    place = Place(at, own)
    assert not fits(place) or read(written(place, MARK), MARK) == place


@pytest.mark.parametrize("own", [MinKey(), MaxKey()], ids=["least", "most"])
def test_an_odd_id_is_read_again(own):
    assert type(read(written(Place(None, own), MARK), MARK).own) is type(own)


def test_an_id_of_some_length_fits():
    assert fits(Place(2**63 - 1, "x" * 2_900))


@pytest.mark.parametrize("length", range(2_925, 2_960))
def test_what_fits_can_be_read_and_what_does_not_cannot(length):
    place = Place(0, "x" * length)
    if fits(place):
        assert read(written(place, MARK), MARK) == place
    else:
        with pytest.raises(CursorUnreadable):
            read(written(place, MARK), MARK)


def test_a_cursor_of_another_list_is_told_from_no_cursor():
    with pytest.raises(CursorUnreadable, match="another filter"):
        read(written(Place(1, "a"), MARK), mark_of("another list"))


def changed(cursor, position):
    other = "A" if cursor[position] != "A" else "B"
    return cursor[:position] + other + cursor[position + 1 :]


@pytest.mark.parametrize("position", range(len(written(Place(1, "abc"), MARK))))
def test_a_cursor_with_any_character_changed_is_none(position):
    with pytest.raises(CursorUnreadable, match="no cursor"):
        read(changed(written(Place(1, "abc"), MARK), position), MARK)


@pytest.mark.parametrize("more", ["=", "==", " ", "\n", "A", "*"])
def test_nothing_may_follow(more):
    with pytest.raises(CursorUnreadable):
        read(written(Place(1, "abc"), MARK) + more, MARK)


@pytest.mark.parametrize("text", ["", "A", "é", "\ud800", "A" * LONGEST, "A" * (LONGEST + 1)])
def test_any_other_text_is_no_cursor(text):
    with pytest.raises(CursorUnreadable, match="no cursor"):
        read(text, MARK)


def test_a_place_cannot_be_made_up():
    content = base64.urlsafe_b64decode(written(Place(1, Int64(5)), MARK) + "==")
    with pytest.raises(CursorUnreadable):
        read(base64.urlsafe_b64encode(content[:-1] + b"\x01").decode().rstrip("="), MARK)
