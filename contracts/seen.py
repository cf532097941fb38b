"""What an editor saw: the document a form, an ETag or a file was made from, so that a stale save is noticed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing

from mongo import codec

SALT = "contracts.seen"


class SeenUnreadable(Exception):
    """A form came back with a record of what was seen that this site did not make."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The version and the SHA-256 digest of a contract's canonical document."""

    version: Any
    digest: str


def seen_of(document: Mapping[str, Any]) -> Seen:
    return Seen(document.get("version"), codec.digest(document))


def pack(document: Mapping[str, Any]) -> str:
    """The document signed and compressed, for a hidden field: the base of a merge when the save turns out stale."""
    fields = {key: value for key, value in document.items() if key != "_id"}
    return signing.dumps(codec.canonical_json(fields), salt=SALT, compress=True)


def unpack(text: str) -> dict[str, Any]:
    """The document that `pack` was given. Raises SeenUnreadable."""
    try:
        return codec.from_json(signing.loads(text, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise SeenUnreadable("What this form was made from cannot be read.") from error
