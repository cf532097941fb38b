"""Files that hold one JSON document a line, read within bounds whatever they hold."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Protocol

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


class Readable(Protocol):
    """What lines are read from: a file in binary mode, or anything that gives its lines one by one."""

    def readline(self, limit: int, /) -> bytes: ...


def lines(stream: Readable, first: int = 1) -> Iterator[tuple[int, bytes]]:
    """The lines that hold anything, numbered from `first`; of one that is too long, enough to see that it is.

    Whenever a line is given, the stream has been read up to the end of it.
    """
    for number, line in enumerate(_all_lines(stream), first):
        text = line.removeprefix(BOM).strip() if number == 1 else line.strip()
        if text:
            yield number, text


def _all_lines(stream: Readable) -> Iterator[bytes]:
    while line := stream.readline(LONGEST_LINE + 1):
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(LONGEST_LINE + 1)
        yield line


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
