"""What an entry of the audit trail says has changed about a contract or a user, field by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, NamedTuple

from django.urls import NoReverseMatch, reverse

from logs.shown.leaf import leaf_of, one_line
from logs.shown.tree import Line, Tree, holds_others
from mongo.client import Document

# What it may be that has changed; other services write other things by these names.
CHANGED = ("contract", "user")
MOST_CHANGES = 200
LONGEST_PATH, LONGEST_REASON = 120, 1_000
# Days of a contract are kept as the moment at which they begin.
MIDNIGHT = time(tzinfo=UTC)
MOST_VERSION = 2**53
# What a browser takes for a step up or down in an address.
NOT_AN_ID = re.compile(r"\.*")


class Side(NamedTuple):
    """A value before or after: a text, the lines of a tree, or neither where there was none."""

    text: str = ""
    rest: str = ""
    lines: tuple[Line, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.text and not self.lines


class Change(NamedTuple):
    """A field, and its values before and after."""

    path: str
    before: Side
    after: Side

    @property
    def kind(self) -> str:
        if self.before.is_empty:
            return "added"
        return "removed" if self.after.is_empty else "changed"


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed, and where the contract and this version of it are, "" where it has no page.

    `more` counts the changes that are not shown, `odd` those that cannot be read.
    """

    rows: tuple[Change, ...]
    more: int
    odd: int
    version: int | None
    reason: str
    contract_url: str
    revision_url: str


def changes_of(document: Document, tree: Tree) -> Changes | None:
    """The changes that an entry tells of; None where it tells of none."""
    entity, details = document.get("entity"), document.get("details")
    if not isinstance(entity, Mapping) or entity.get("type") not in CHANGED or not isinstance(details, Mapping):
        return None
    listed = details.get("changes")
    if not isinstance(listed, list):
        return None
    readable = [one for one in listed if _is_change(one)]
    version, reason = _version(details.get("version")), details.get("reason")
    own = entity.get("id") if entity["type"] == "contract" else None
    return Changes(
        rows=tuple(_change(one, tree) for one in readable[:MOST_CHANGES]),
        more=max(len(readable) - MOST_CHANGES, 0),
        odd=len(listed) - len(readable),
        version=version,
        reason=one_line(reason, LONGEST_REASON) if isinstance(reason, str) else "",
        contract_url=_address("detail", own),
        revision_url=_address("revision", own, version) if version else "",
    )


def _is_change(one: Any) -> bool:
    return isinstance(one, Mapping) and isinstance(one.get("path"), str)


def _version(value: Any) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 < value < MOST_VERSION else None


def _change(one: Mapping[str, Any], tree: Tree) -> Change:
    before, after = (_side(one.get(name), tree) for name in ("before", "after"))
    return Change(one_line(one["path"], LONGEST_PATH), before, after)


def _side(value: Any, tree: Tree) -> Side:
    if value in (None, "", []):
        return Side()
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = ", ".join(value)
    if holds_others(value):
        return Side(lines=tuple(tree.lines(value)))
    if isinstance(value, datetime) and value.timetz() == MIDNIGHT:
        return Side(f"{value:%Y-%m-%d}")
    leaf = leaf_of(value)
    return Side(leaf.text, leaf.rest)


def _address(name: str, own: Any, *more: Any) -> str:
    """The address of a page of a contract; "" for an id that can stand in none."""
    if not isinstance(own, str) or NOT_AN_ID.fullmatch(own):
        return ""
    try:
        return reverse(f"contracts:{name}", args=[own, *more])
    except NoReverseMatch:
        return ""
