"""Files that hold one JSON document a line, read within bounds whatever they hold."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from mongo.extended import ValueUnreadable, parse

STDIN = "-"
LONGEST_LINE = 1_000_000
BOM = b"\xef\xbb\xbf"
CHUNK = 1 << 20


@contextmanager
def opened(name: str) -> Iterator[tuple[BinaryIO, int | None]]:
    """A file, or standard input by the name of -, and how many lines it has, where that can be told.

    Raises OSError.
    """
    if name == STDIN:
        yield sys.stdin.buffer, None
        return
    with Path(name).open("rb") as stream:
        yield stream, _count_lines(stream) if stream.seekable() else None


def _count_lines(stream: BinaryIO) -> int:
    total = sum(chunk.count(b"\n") for chunk in iter(partial(stream.read, CHUNK), b""))
    stream.seek(0)
    return total


def lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines that hold anything, numbered from 1; of one that is too long, enough to see that it is."""
    for number, line in _all_lines(stream):
        text = line.removeprefix(BOM).strip() if number == 1 else line.strip()
        if text:
            yield number, text


def _all_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        yield number, line
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE + 1)


def document(text: bytes, *, noun: str) -> dict[str, Any]:
    """The JSON object on a line, which should hold one `noun`. Raises ValueUnreadable."""
    if len(text) > LONGEST_LINE:
        raise ValueUnreadable(f"This line is longer than {LONGEST_LINE:,} bytes.")
    try:
        found = parse(text.decode())
    except UnicodeDecodeError as error:
        raise ValueUnreadable(f"This is not UTF-8: byte {error.start + 1} of the line.") from error
    if not isinstance(found, dict):
        raise ValueUnreadable(f"Give one {noun} a line, as an object in braces.")
    return found
