"""Ids of entries in addresses: any type there and back, and nothing else."""

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from logs import ids
from logs.ids import NoEntryId
from tests.logs.hostile import IDS

SAFE = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~")


@pytest.mark.parametrize("kind", IDS)
def test_an_id_of_any_type_comes_back_from_its_address(kind: str) -> None:
    found = ids.read(ids.written(IDS[kind]))
    assert repr(found) == repr(ids.read(ids.written(found)))
    assert ids.written(found) == ids.written(IDS[kind])


def test_an_id_of_ours_stands_in_an_address_as_it_is() -> None:
    own = ObjectId()
    assert ids.written(own) == str(own)
    assert ids.read(str(own)) == own


def test_a_text_that_looks_like_an_id_of_ours_is_another() -> None:
    own = ObjectId()
    assert ids.written(str(own)) != ids.written(own)
    assert ids.read(ids.written(str(own))) == str(own)


@given(st.text(max_size=100))
def test_the_address_of_any_text_needs_no_escape(own: str) -> None:
    written = ids.written(own.encode("utf-8", "replace").decode())
    assert set(written) <= SAFE
    assert ids.read(written) == own.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("size", [1_130, 2_000, 1_000_000])
def test_an_id_that_is_too_long_has_no_address(size: int) -> None:
    assert ids.written("x" * size) is None


@pytest.mark.parametrize("size", [0, 1, 1_000, 1_080])
def test_whatever_has_an_address_is_found_by_it(size: int) -> None:
    assert ids.read(ids.written("x" * size)) == "x" * size


@pytest.mark.parametrize(
    "text",
    [
        "",
        "~",
        "~~",
        "~A",
        "~BQAAAAA",
        "x",
        "5f",
        "~" + "A" * 5_000,
        "~DQAAABBhAAEAAAAA",
        "5f00000000000000000000zz",
    ],
)
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(NoEntryId):
        ids.read(text)


@given(st.text(max_size=60))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    try:
        ids.read(f"{ids.SIGN}{text}")
    except NoEntryId:
        return
