"""A contract's document as an answer holds it, and what its ETag says."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.http import parse_etags

from contracts.documents import from_document
from contracts.domain.diff import Change
from contracts.domain.fields import BY_PATH, DATE, Field
from contracts.domain.model import Contract
from contracts.exporting import plain
from contracts.seen import Seen, seen_of
from mongo.extended import encoded, iso

Document = Mapping[str, Any]

# Group, "" for none → name → field: what an answer is laid out by.
_LAID_OUT: dict[str, dict[str, Field]] = {}
for _path, _field in BY_PATH.items():
    _LAID_OUT.setdefault(_path.rpartition(".")[0], {})[_field.name] = _field
# On their way compression and proxies make a tag weak; what it stands for stays the same.
_TAG = re.compile(r'(?:W/)?"[0-9]{1,19}-([0-9a-f]{64})"', re.ASCII)


def shown(document: Document) -> dict[str, Any]:
    """The contract in normal form, with what another service wrote in another kind listed below it."""
    contract = from_document(document)
    return {**values(contract), "oddities": [_oddity(odd) for odd in contract.oddities]}


def values(contract: Contract) -> dict[str, Any]:
    """Every field as JSON: days and moments as ISO 8601, decimal numbers as text."""
    found: dict[str, Any] = {}
    for group, names in _LAID_OUT.items():
        inside = contract if not group else getattr(contract, group)
        target = found if not group else found.setdefault(group, {})
        for name, field in names.items():
            value = getattr(inside, name)
            # Texts, which most fields are, stand there as they are.
            target[name] = value if type(value) is str else plain(field, value)
    return found


def _oddity(odd: Any) -> dict[str, Any]:
    return {"path": odd.path, "found": odd.found, "expected": odd.expected, "is_understood": odd.is_understood}


def changed(change: Change) -> dict[str, Any]:
    """One change of a revision."""
    return {
        "path": change.path,
        "before": _state(change.path, change.before),
        "after": _state(change.path, change.after),
    }


def _state(path: str, value: Any) -> Any:
    if isinstance(value, datetime) and path in BY_PATH and BY_PATH[path].kind == DATE:
        return value.date().isoformat()
    return _as_json(value)


def _as_json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _as_json(item) for name, item in value.items()}
    # What other services keep is of kinds that only they know.
    return encoded(value)


def etag_of(document: Document) -> str:
    """The entity tag of a document: its version, for people, and the digest that covers all of it."""
    version = document.get("version")
    is_count = isinstance(version, int) and 0 <= version < 10**19
    return f'"{version if is_count else 0}-{seen_of(document).digest}"'


def seen_in(tag: str) -> Seen | None:
    """What a client saw, by the entity tag that it sends; None where it is no tag of ours."""
    found = _TAG.fullmatch(tag.strip())
    return Seen(None, found[1]) if found else None


def is_known(tags: str, etag: str) -> bool:
    """Whether one of the tags of an If-None-Match is this one, compared weakly."""
    known = parse_etags(tags)
    return "*" in known or any(tag.removeprefix("W/") == etag for tag in known)
