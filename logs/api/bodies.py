"""Entries as a request holds them, read into entries as they are stored, or everything that is wrong with them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import bson
from bson import ObjectId

from logs.batches import MOST, Sent
from logs.domain.entries import FREE, RULES, dated, judged
from logs.domain.moments import NoMoment, moment_of
from logs.domain.values import SHOWN, NotAnEntry, findable
from mongo.codec import CODEC_OPTIONS
from users.api import RequestInvalid

# So many problems help; thousands of the same kind do not.
MOST_PROBLEMS = 100
MOST_BYTES = 1_000_000
# There are not so many; each that is not there costs time.
MOST_FIELDS = 100
NOWHERE = ObjectId(bytes(12))

Problem = tuple[str, str]


def read(sent: Any, log: str, *, now: datetime, via: str) -> list[Sent]:
    """The entries of a body for a log. Raises RequestInvalid, which names fields, in a list after the position."""
    problems: list[Problem] = []
    found: list[Sent] = []
    if isinstance(sent, list) and not 0 < len(sent) <= MOST:
        problems.append(("", f"Send {MOST:,} entries at most." if sent else "Send at least one entry."))
    else:
        for path, one in enumerate(sent) if isinstance(sent, list) else [("", sent)]:
            outcome = _entry(one, log, now, via)
            if isinstance(outcome, Sent):
                found.append(outcome)
            else:
                problems += [(f"{path}.{name[:SHOWN]}".strip("."), message) for name, message in outcome]
            if len(problems) >= MOST_PROBLEMS:
                break
    if problems:
        raise RequestInvalid(*problems[:MOST_PROBLEMS])
    return found


def _entry(one: Any, log: str, now: datetime, via: str) -> Sent | list[Problem]:
    if not isinstance(one, dict):
        return [("", "Give an object in braces.")]
    if len(one) > MOST_FIELDS:
        return [("", f"An entry has {MOST_FIELDS} fields at most; this one has {len(one):,}.")]
    values, problems = judged(RULES[log], one, _value)
    if problems:
        return list(problems.items())
    document = dated(values, now)
    if log == "audit":
        document["via"] = via
    encoded = bson.encode({"_id": NOWHERE, **document}, codec_options=CODEC_OPTIONS)
    if len(encoded) > MOST_BYTES:
        return [("", f"An entry has {MOST_BYTES:,} bytes at most; this one has {len(encoded):,}.")]
    return Sent(document, encoded, "timestamp" in values)


def _value(name: str, raw: Any) -> Any:
    """The value that is judged for what was sent. Raises NotAnEntry."""
    if raw is None and name not in SET_HERE:
        return None
    reader = READERS.get(name)
    return raw if reader is None else reader(raw)


def _free(raw: Any) -> Any:
    return findable(raw, is_sent=True)


def _amount(raw: Any) -> Any:
    if isinstance(raw, Decimal):
        raise NotAnEntry(f'Send this number as a text, such as "{raw:.40}": it is to be stored exactly.')
    return raw


def _moment(raw: Any) -> datetime:
    try:
        return moment_of(raw)
    except NoMoment as problem:
        raise NotAnEntry(str(problem)) from problem


def _set_here(raw: Any) -> Any:
    raise NotAnEntry("This is set here. Leave it out.")


def _set_to_the_token(raw: Any) -> Any:
    raise NotAnEntry("This is set to the name of the token. Leave it out.")


SET_HERE: Mapping[str, Callable[[Any], Any]] = {"via": _set_to_the_token, "createdAt": _set_here}
READERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        **SET_HERE,
        **dict.fromkeys(FREE, _free),
        "amount": _amount,
        "timestamp": _moment,
    }
)
