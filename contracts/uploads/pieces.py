"""The file of an import in MongoDB: compressed pieces, read one at a time from any place on."""

import io
import math
import zlib
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import BinaryIO

from mongo.client import reading, writing

PIECE_BYTES = 1 << 20


class FileGone(Exception):
    """Some of the file has expired."""


def store(import_id: str, stream: BinaryIO, expires_at: datetime) -> None:
    """Store the whole file; never more than a piece of it is held. Raises MongoError."""
    stream.seek(0)
    for number, piece in enumerate(iter(partial(stream.read, PIECE_BYTES), b"")):
        # Tables of contracts shrink to a tenth even at the fastest level.
        content = zlib.compress(piece, 1)
        with writing() as db:
            db.import_pieces.insert_one(
                {"import": import_id, "number": number, "content": content, "expires_at": expires_at}
            )


def opened(import_id: str, size: int, offset: int) -> BinaryIO:
    """The file of `size` bytes from a byte on. Reading raises FileGone and MongoError."""
    numbers = range(offset // PIECE_BYTES, math.ceil(size / PIECE_BYTES))
    stream = io.BufferedReader(_Pieces(_piece(import_id, number) for number in numbers))
    stream.read(offset % PIECE_BYTES)
    return stream


def keep(import_id: str, expires_at: datetime) -> None:
    """Keep the file for longer."""
    with writing() as db:
        db.import_pieces.update_many({"import": import_id}, {"$set": {"expires_at": expires_at}})


def remove(import_id: str) -> None:
    """Forget the file."""
    with writing() as db:
        db.import_pieces.delete_many({"import": import_id})


class _Pieces(io.RawIOBase):
    """The bytes of the pieces, one after the other."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        if not self._left:
            self._left = memoryview(next(self._pieces, b""))
        taken = self._left[: len(buffer)]
        buffer[: len(taken)] = taken
        self._left = self._left[len(taken) :]
        return len(taken)


def _piece(import_id: str, number: int) -> bytes:
    with reading() as db:
        found = db.import_pieces.find_one({"import": import_id, "number": number})
    if found is None:
        raise FileGone
    return zlib.decompress(found["content"])
