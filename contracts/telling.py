"""What a stored revision says, whatever other services put where it belongs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.domain.diff import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A revision; what is missing or no such thing is empty. `version` and `at` are as they are stored."""

    contract_id: str
    account_id: str
    account_name: str
    currency: str
    version: Any
    at: Any
    actor_id: str
    actor_name: str
    via: str
    action: str
    reason: str
    changes: tuple[Change, ...]

    @property
    def is_numbered(self) -> bool:
        """Whether the version is one that can be asked for."""
        return isinstance(self.version, int) and not isinstance(self.version, bool) and self.version >= 0


def told(stored: Mapping[str, Any]) -> Told:
    """What a revision says, by its document."""
    actor, document = _group(stored.get("actor")), _group(stored.get("document"))
    return Told(
        contract_id=_text(stored.get("contract_id")),
        account_id=_text(stored.get("account_id")),
        account_name=_text(document.get("account_name")),
        currency=_text(document.get("currency")),
        version=stored.get("version"),
        at=stored.get("at"),
        actor_id=_text(actor.get("id")),
        actor_name=_text(actor.get("name")),
        via=_text(actor.get("via")),
        action=_text(stored.get("action")),
        reason=_text(stored.get("reason")),
        changes=tuple(_changes(stored.get("changes"))),
    )


def _changes(stored: Any) -> list[Change]:
    entries = stored if isinstance(stored, list) else []
    return [
        Change(_text(entry.get("path")), entry.get("before"), entry.get("after"))
        for entry in entries
        if isinstance(entry, Mapping)
    ]


def _group(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    return str(value) if value else ""
