"""A file that lies in MongoDB in pieces is read as one, from any place on."""

import io
import random

import pytest

from contracts.uploads import pieces
from contracts.uploads.pieces import PIECE_BYTES, FileGone
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("mongo")

CONTENT = random.Random(7).randbytes(2 * PIECE_BYTES + 1_000)


@pytest.fixture
def stored(mongo):
    pieces.store("one", io.BytesIO(CONTENT), NOW)
    pieces.store("another", io.BytesIO(b"other"), NOW)


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("offset", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, 2 * PIECE_BYTES + 1, len(CONTENT)])
def test_it_is_read_from_any_byte_on(offset):
    assert pieces.opened("one", len(CONTENT), offset).read() == CONTENT[offset:]


@pytest.mark.usefixtures("stored")
def test_it_is_read_line_by_line_across_its_pieces():
    stream = pieces.opened("one", len(CONTENT), 0)
    assert b"".join(iter(lambda: stream.readline(100_000), b"")) == CONTENT


@pytest.mark.usefixtures("stored")
def test_a_file_of_which_a_piece_is_gone_is_not_taken_for_a_shorter_one(mongo):
    mongo.import_pieces.delete_one({"import": "one", "number": 1})
    with pytest.raises(FileGone):
        pieces.opened("one", len(CONTENT), 0).read()


@pytest.mark.usefixtures("stored")
def test_it_is_forgotten_alone(mongo):
    pieces.remove("one")
    assert [found["import"] for found in mongo.import_pieces.find()] == ["another"]


def test_what_repeats_takes_up_little(mongo):
    pieces.store("one", io.BytesIO(b"acct-1,2026-01-01,99.00\n" * 40_000), NOW)
    assert len(mongo.import_pieces.find_one()["content"]) < PIECE_BYTES / 50
