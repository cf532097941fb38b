"""The rows of a file from any place on, so that a run over them can stop and go on somewhere else."""

from collections.abc import Iterator

from contracts.files import ndjson, table
from contracts.files.rows import Row
from contracts.uploads.model import TABLE, Import, Place
from mongo.lines import Readable


class Counted:
    """A stream that knows at which place of the file it stands."""

    def __init__(self, stream: Readable, place: Place) -> None:
        self.place = place
        self._stream = stream

    def readline(self, limit: int, /) -> bytes:
        piece = self._stream.readline(limit)
        self.place = Place(self.place.offset + len(piece), self.place.line + piece.endswith(b"\n"))
        return piece


def rows(upload: Import, stream: Counted) -> Iterator[Row]:
    """The rows from where the stream stands; whenever one is given, it stands at the next."""
    if upload.file.kind == TABLE:
        first, delimiter = stream.place.line, upload.file.delimiter
        return table.body(stream, upload.fields, first=first, delimiter=delimiter)
    return ndjson.rows(stream, stream.place.line)
