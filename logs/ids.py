"""Ids of entries in addresses: those of our entries as they are, those of other services as what they hold."""

import base64
from typing import Any

import bson
from bson import ObjectId
from bson.errors import BSONError

from mongo.codec import CODEC_OPTIONS, decoded

# Begins what is no ObjectId.
SIGN = "~"
LONGEST = 1_500


class NoEntryId(ValueError):
    """A text is no id of an entry."""


def written(own: Any) -> str | None:
    """The id of an entry for an address; None for one that is too long for any."""
    if isinstance(own, ObjectId):
        return str(own)
    encoded = base64.urlsafe_b64encode(bson.encode({"": own}, codec_options=CODEC_OPTIONS)).decode().rstrip("=")
    return SIGN + encoded if len(encoded) < LONGEST else None


def read(text: str) -> Any:
    """The id that an address tells. Raises NoEntryId."""
    try:
        if not text.startswith(SIGN):
            return ObjectId(text)
        if len(text) > LONGEST:
            raise NoEntryId(text[:40])
        encoded = text[len(SIGN) :]
        content = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        return decoded(content)[""]
    except (ValueError, KeyError, BSONError) as error:
        raise NoEntryId(text[:40]) from error
