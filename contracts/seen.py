"""What an editor saw: the document a form, an ETag or a file was made from, so that a stale save is noticed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import bson
from bson.errors import BSONError
from django.core import signing

from mongo import codec

SALT = "contracts.seen"


class SeenUnreadable(Exception):
    """A form came back with a record of what was seen that this site did not make."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The version and the SHA-256 digest of a contract's canonical document.

    The digest covers the version, which another service may have made a NaN: that differs from itself.
    """

    version: Any = field(compare=False)
    digest: str


def seen_of(document: Mapping[str, Any]) -> Seen:
    return Seen(document.get("version"), codec.digest(document))


class _Exactly:
    """Documents as BSON: JSON would turn what another service keeps under a name like `$date` into a date."""

    def dumps(self, document: Mapping[str, Any]) -> bytes:
        return bson.encode(document, codec_options=codec.CODEC_OPTIONS)

    def loads(self, data: bytes) -> dict[str, Any]:
        return bson.decode(data, codec_options=codec.CODEC_OPTIONS)


def pack(document: Mapping[str, Any]) -> str:
    """The document signed and compressed, for a hidden field: the base of a merge when the save turns out stale."""
    fields = {key: value for key, value in document.items() if key != "_id"}
    return signing.dumps(fields, salt=SALT, serializer=_Exactly, compress=True)


def unpack(text: str) -> dict[str, Any]:
    """The document that `pack` was given. Raises SeenUnreadable."""
    try:
        return signing.loads(text, salt=SALT, serializer=_Exactly)
    except (signing.BadSignature, BSONError, ValueError) as error:
        raise SeenUnreadable("What this form was made from cannot be read.") from error
