"""Files to take away: in pieces of a bounded size, whole or visibly broken."""

from collections.abc import Iterator

import pytest

from mongo.errors import MongoUnavailable
from users.downloads import CSV, NDJSON, PIECE_BYTES, DownloadBroken, pieces


def failing_after(*texts: str) -> Iterator[str]:
    yield from texts
    raise MongoUnavailable("MongoDB did not answer in time.")


@pytest.mark.parametrize("lengths", [[], [1], [PIECE_BYTES], [PIECE_BYTES + 1], [10] * 20_000, [3 * PIECE_BYTES]])
def test_no_piece_is_large_and_all_together_are_the_text(lengths: list[int]) -> None:
    texts = ["é" * length for length in lengths]
    found = list(pieces(texts, NDJSON, "texts"))
    assert b"".join(found).decode() == "".join(texts)
    assert max(map(len, found)) <= PIECE_BYTES


def test_a_table_begins_with_the_mark_by_which_spreadsheets_know_its_letters() -> None:
    assert b"".join(pieces(["a"], CSV, "texts")) == b"\xef\xbb\xbfa"


def test_what_fails_before_the_first_piece_is_told_as_it_is() -> None:
    with pytest.raises(MongoUnavailable):
        pieces(failing_after("little"), NDJSON, "texts")


def test_what_fails_after_it_says_that_the_download_is_broken() -> None:
    found = pieces(failing_after("x" * PIECE_BYTES), NDJSON, "7 texts")
    assert len(next(found)) == PIECE_BYTES
    with pytest.raises(DownloadBroken, match=r"A download of 7 texts broke off\. MongoDB did not answer"):
        list(found)
