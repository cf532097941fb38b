"""What a file holds, found out when it arrives: what keeps it from being read as a whole is said in a sentence."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import BinaryIO

from contracts.files import table
from contracts.files.formats import FormatUnknown, reader_for
from contracts.uploads import mapping
from contracts.uploads.model import LINES, MOST_BYTES, MOST_COLUMNS, MOST_ROWS, TABLE, Arrived, Place
from contracts.uploads.reading import Counted
from mongo.cells import unguarded
from mongo.lines import BOM, CHUNK, lines

BEGINNING = 4_096
SAMPLED_ROWS = 100
SAMPLES = 3
LONGEST_NAME = LONGEST_SAMPLE = 80
DELIMITERS = (",", ";", "\t")
SAVE_AS = "In a spreadsheet, choose Save as, then CSV UTF-8."
SPLIT = "Split it, and import the parts one by one."
# What files begin with that are neither a table nor lines.
MARKS = {
    b"PK\x03\x04": f"a spreadsheet (.xlsx) or another archive. {SAVE_AS}",
    b"\xd0\xcf\x11\xe0": f"an old spreadsheet (.xls). {SAVE_AS}",
    b"%PDF": "a PDF. Choose a CSV or NDJSON file.",
    b"\x1f\x8b": "compressed (gzip). Unpack it first.",
    codecs.BOM_UTF16_LE: f"in UTF-16. Save it in UTF-8. {SAVE_AS}",
    codecs.BOM_UTF16_BE: f"in UTF-16. Save it in UTF-8. {SAVE_AS}",
}
LIST = "The file is one JSON list. Write one contract a line instead, without the brackets (jq -c '.[]' does it)."


class FileRefused(Exception):
    """Nothing of the file can be imported; the message says why and what to do."""


class FileTooLarge(FileRefused):
    """The file has more bytes than are taken."""

    def __init__(self) -> None:
        super().__init__(f"The file is larger than {MOST_BYTES >> 20} MB. {SPLIT}")


def examined(name: str, size: int, stream: BinaryIO) -> Arrived:
    """What the file under this name holds; it is read line by line, more than once. Raises FileRefused."""
    if size > MOST_BYTES:
        raise FileTooLarge
    kind = _kind(name)
    _refuse_others(stream, kind)
    _refuse_bad_text(stream)
    stream.seek(0)
    arrived = _table(stream) if kind == TABLE else Arrived(kind=LINES, rows=sum(1 for _ in lines(stream)))
    if not arrived.rows:
        raise FileRefused("The file holds no rows.")
    if arrived.rows > MOST_ROWS:
        raise FileRefused(f"The file has {arrived.rows:,} rows; {MOST_ROWS:,} are imported at most. {SPLIT}")
    return replace(arrived, name=name[-LONGEST_NAME:], size=size)


def _kind(name: str) -> str:
    try:
        return TABLE if reader_for(name) is table.rows else LINES
    except FormatUnknown as error:
        raise FileRefused(str(error)) from error


def _refuse_others(stream: BinaryIO, kind: str) -> None:
    """Refuse what is no text, and what is another kind of text than the name says."""
    beginning = stream.read(BEGINNING)
    found = next((what for mark, what in MARKS.items() if beginning.startswith(mark)), "")
    if found:
        raise FileRefused(f"The file is {found}")
    if b"\0" in beginning:
        raise FileRefused(f"The file is no text in UTF-8. {SAVE_AS}")
    text = beginning.removeprefix(BOM).lstrip()
    if not text:
        raise FileRefused("The file is empty.")
    if b"\r" in text and b"\n" not in text:
        raise FileRefused(f"Its lines end as those of very old Macs. {SAVE_AS}")
    if kind == LINES and text.startswith(b"["):
        raise FileRefused(LIST)
    if kind == LINES and text.split(b"\n", 1)[0].strip() == b"{":
        raise FileRefused("A contract takes several lines here. Write one contract a line (jq -c . does it).")
    if kind == LINES and not text.startswith(b"{"):
        raise FileRefused("The file does not begin with a brace, so it is no NDJSON. A table’s name ends in .csv.")
    if kind == TABLE and text.startswith((b"{", b"[")):
        raise FileRefused("The file is JSON, not a table. Let its name end in .ndjson, with one contract a line.")


def _refuse_bad_text(stream: BinaryIO) -> None:
    """Refuse a file in another encoding whole: one would have to guess at the accents of every row."""
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    stream.seek(0)
    try:
        for piece in iter(partial(stream.read, CHUNK), b""):
            decoder.decode(piece)
            line += piece.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        line += error.object.count(b"\n", 0, error.start)
        raise FileRefused(
            f"The file is not UTF-8: line {line:,} holds a byte (0x{error.object[error.start]:02X}) of another "
            f"encoding, such as Latin-1. {SAVE_AS}"
        ) from error


def _table(stream: BinaryIO) -> Arrived:
    delimiter = _delimiter(stream)
    counted = Counted(stream, Place())
    try:
        header, _ = table.header(counted, delimiter)
    except csv.Error as error:
        raise FileRefused(f"The first line cannot be read as a table’s header: {error}.") from error
    if not any(header):
        raise FileRefused("The first line names no columns. Let it hold a heading for each column.")
    if len(header) > MOST_COLUMNS:
        raise FileRefused(f"The file has {len(header):,} columns; {MOST_COLUMNS} at most are read.")
    body = counted.place
    rows, samples = _sampled(table.records(counted, delimiter), len(header))
    return Arrived(
        kind=TABLE,
        rows=rows,
        body=body,
        delimiter=delimiter,
        header=tuple(name[:LONGEST_NAME] for name in header),
        samples=samples,
        columns=mapping.guessed(header),
        names_fields=mapping.names_fields(header),
    )


def _delimiter(stream: BinaryIO) -> str:
    """What stands between the cells of the first line; spreadsheets write what their country is used to."""
    first = stream.readline(CHUNK).decode(errors="replace")
    stream.seek(0)
    return max(DELIMITERS, key=first.count)


def _sampled(rows: Iterator[Sequence[str]], width: int) -> tuple[int, tuple[tuple[str, ...], ...]]:
    """How many rows there are, and the first few texts of each column."""
    first = list(islice(rows, SAMPLED_ROWS))
    columns = ([unguarded(row[at]).strip() for row in first if at < len(row)] for at in range(width))
    filled = ([text[:LONGEST_SAMPLE] for text in column if text] for column in columns)
    samples = tuple(tuple(column[:SAMPLES]) for column in filled)
    return len(first) + sum(1 for _ in rows), samples
