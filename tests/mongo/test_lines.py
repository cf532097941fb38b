"""Files of one document a line are read line by line, whatever they hold."""

import io

import pytest

from mongo.extended import ValueUnreadable
from mongo.lines import LONGEST_LINE, document, lines, opened


def read(content):
    return list(lines(io.BytesIO(content)))


def test_lines_are_numbered_as_an_editor_numbers_them():
    assert read(b"a\n\n  \r\nb\r\nc") == [(1, b"a"), (4, b"b"), (5, b"c")]


def test_a_mark_of_encoding_is_no_part_of_the_first_line():
    assert read(b"\xef\xbb\xbf{}\n{}") == [(1, b"{}"), (2, b"{}")]


def test_of_a_line_that_is_too_long_enough_is_given_to_see_that_it_is():
    (number, text), rest = read(b"x" * 3 * LONGEST_LINE + b"\nnext")
    assert (number, len(text), rest) == (1, LONGEST_LINE + 1, (2, b"next"))


def test_after_each_line_the_stream_stands_at_the_next_however_long_it_was():
    stream = io.BytesIO(b"x" * 3 * LONGEST_LINE + b"\nnext\nlast")
    found = lines(stream, 5)
    assert (next(found)[0], stream.tell()) == (5, 3 * LONGEST_LINE + 1)
    assert (next(found), stream.read()) == ((6, b"next"), b"last")


def test_the_longest_line_is_read():
    text = b'"' + b"x" * (LONGEST_LINE - 2) + b'"'
    assert read(text + b"\nnext") == [(1, text), (2, b"next")]


def test_a_line_is_an_object():
    assert document(b'{"a": 1}', noun="entry") == {"a": 1}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"[1]", "Give one entry a line, as an object in braces"),
        (b"{", "This is no JSON"),
        (b'{"a": "\xff"}', "This is not UTF-8: byte 8 of the line"),
        (b"x" * (LONGEST_LINE + 1), "longer than 1,000,000 bytes"),
    ],
)
def test_any_other_line_is_refused(text, told):
    with pytest.raises(ValueUnreadable, match=told):
        document(text, noun="entry")


def test_a_file_is_opened_at_its_beginning_with_the_number_of_its_lines(tmp_path):
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"a\nb\n")
    with opened(str(path)) as (stream, total):
        assert (stream.read(), total) == (b"a\nb\n", 2)


def test_standard_input_has_no_number_of_lines(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a\n")))
    with opened("-") as (stream, total):
        assert (stream.read(), total) == (b"a\n", None)
