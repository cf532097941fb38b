"""Which reader a file is for, told by the ending of its name."""

from collections.abc import Callable, Iterator
from pathlib import PurePath

from contracts.files import ndjson, table
from contracts.files.rows import Row
from mongo.lines import Readable

Reader = Callable[[Readable], Iterator[Row]]
READERS: dict[str, Reader] = {
    ".ndjson": ndjson.rows,
    ".jsonl": ndjson.rows,
    ".json": ndjson.rows,
    ".csv": table.rows,
}


class FormatUnknown(Exception):
    """The name of a file does not say what it holds."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} does not say what it holds. Let its name end in {', '.join(READERS)}.")


def reader_for(name: str) -> Reader:
    """The function that reads the rows of a file of this name. Raises FormatUnknown."""
    reader = READERS.get(PurePath(name).suffix.lower())
    if reader is None:
        raise FormatUnknown(name)
    return reader
