"""What pages show of a contract: changes line by line, with the field each line is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from contracts.documents import flat, from_flat
from contracts.domain import diff, fields
from contracts.domain.diff import Change
from contracts.domain.fields import Field
from contracts.domain.model import Contract, is_addressable
from contracts.telling import told

EMPTY = (None, "", [])
EDITABLE = {field.path for field in fields.TERMS}
ACTIONS = {
    "created": ("Created", "ok", "plus"),
    "edited": ("Edited", "accent", "pencil"),
    "status_changed": ("Status changed", "info", "circle-dot"),
    "renewed": ("Renewed", "ok", "refresh-cw"),
    "restored": ("Restored", "info", "undo-2"),
    "imported": ("Imported", "ok", "upload"),
    "adopted": ("Changed by another service", "warn", "unplug"),
    "deleted": ("Deleted", "bad", "trash-2"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: `change` is added, removed or changed; `row` is the number of a table's row."""

    field: Field
    before: Any
    after: Any
    row: int | None = None

    @property
    def change(self) -> str:
        if self.before in EMPTY:
            return "added"
        return "removed" if self.after in EMPTY else "changed"

    @property
    def label(self) -> str:
        return f"{self.field.label}, row {self.row}" if self.row else self.field.label


def lines(changes: Iterable[Change]) -> list[Line]:
    """The changes as lines, each row of a table on its own."""
    found: list[Line] = []
    for change in changes:
        field = fields.BY_PATH.get(change.path) or Field(change.path, change.path, fields.TEXT)
        if field.kind == fields.ROWS:
            rows = diff.row_changes(_rows(change.before), _rows(change.after))
            found.extend(Line(field, row.before, row.after, row.number) for row in rows)
        else:
            found.append(Line(field, change.before, change.after))
    return found


def _rows(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


@dataclass(frozen=True, slots=True)
class Revision:
    """A stored revision as pages show it."""

    contract_id: str
    version: Any
    at: Any
    who: str
    via: str
    action: str
    reason: str
    lines: list[Line]
    label: str
    tone: str
    icon: str
    account_name: str
    currency: str
    is_addressable: bool

    @property
    def url(self) -> str:
        """Where the revision stands as a page; nowhere, where others gave it no id and number to ask for."""
        if not self.is_addressable:
            return ""
        return reverse("contracts:revision", args=[self.contract_id, self.version])

    @property
    def summary(self) -> str:
        """The fields that changed, in a few words."""
        names = list(dict.fromkeys(line.field.label for line in self.lines))
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        return ", ".join(names[:3]) + more


def revision(stored: Mapping[str, Any]) -> Revision:
    """A revision from its document; what is missing or no such thing in one that others wrote is empty."""
    found = told(stored)
    label, tone, icon = ACTIONS.get(found.action, (found.action.capitalize() or "Changed", "muted", "circle-dot"))
    return Revision(
        contract_id=found.contract_id,
        version=found.version,
        at=found.at,
        who=found.actor_name or found.actor_id or "Unknown",
        via=found.via,
        action=found.action,
        reason=found.reason,
        lines=lines(found.changes),
        label=label,
        tone=tone,
        icon=icon,
        account_name=found.account_name or found.account_id,
        currency=found.currency,
        is_addressable=found.is_numbered and is_addressable(found.contract_id),
    )


@dataclass(frozen=True, slots=True)
class ClashRow:
    """A field that two people changed, with its three values; `decided` is theirs, yours or nothing yet."""

    field: Field
    was: Any
    theirs: Any
    mine: Any
    decided: str = ""

    @property
    def name(self) -> str:
        return f"take:{self.field.path}"


@dataclass(frozen=True, slots=True)
class Conflict:
    """What a stale save found: who changed the contract, what clashes, and what was taken over from them."""

    who: str
    at: Any
    clashes: list[ClashRow]
    taken: list[Line]


def conflict(base: Contract, theirs: Contract, mine: Contract) -> tuple[Conflict, diff.Merge]:
    """Both people's changes merged; clashes keep mine until somebody decides."""
    merged = diff.merge(flat(base), flat(theirs), flat(mine))
    clashes = [
        ClashRow(fields.BY_PATH[clash.path], clash.base, clash.theirs, clash.mine) for clash in merged.clashes
    ]
    shown = [clash for clash in clashes if clash.field not in fields.DERIVED]
    return Conflict(theirs.last_modified_by, theirs.updated_at, shown, lines(merged.taken)), merged


def merged(theirs: Contract, merge: diff.Merge) -> Contract:
    """What the form goes on with: their contract with everything that only I changed, and mine where we clash."""
    own = diff.changes(flat(theirs), merge.values)
    return from_flat(theirs, {change.path: change.after for change in own if change.path in EDITABLE})


def clash_rows(paths: Iterable[str], base: Contract, theirs: Contract, mine: Contract) -> list[ClashRow]:
    """The clashes of some fields, built anew when a form that shows them comes back."""
    was, other, own = flat(base), flat(theirs), flat(mine)
    known = (fields.BY_PATH[path] for path in paths if path in own)
    return [ClashRow(field, was[field.path], other[field.path], own[field.path]) for field in known]


@dataclass(frozen=True, slots=True)
class Shown:
    """A field of a contract with its value, for a list of facts; `unreadable` is what stands there instead."""

    field: Field
    value: Any
    unreadable: str = ""


def facts(contract: Contract, group: Iterable[Field]) -> list[Shown]:
    """The fields of a group that are no tables, with their values."""
    odd = unreadable(contract)
    single = (field for field in group if field.kind != fields.ROWS)
    return [Shown(field, contract.at(field.path), odd.get(field.path, "")) for field in single]


def unreadable(contract: Contract) -> dict[str, str]:
    """What stands in each field that could not be read, so that it does not pass for an empty one."""
    found = {odd.path: odd.found for odd in contract.oddities if not odd.is_understood}
    groups = {field.path: field.path.partition(".")[0] for field in fields.ALL}
    return {
        path: found.get(path) or found[group] for path, group in groups.items() if path in found or group in found
    }
