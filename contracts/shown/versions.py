"""The versions of a contract to choose from, and any two of them to be laid side by side."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts import presentation, repository, revisions
from contracts.documents import from_document
from contracts.domain import fields
from contracts.domain.errors import ContractNotFound
from contracts.domain.model import Contract
from contracts.domain.versions import MOST, NOW, Name, label
from contracts.domain.words import one_line
from contracts.presentation import Revision
from contracts.revisions import RevisionNotFound
from contracts.seen import seen_of

Document = Mapping[str, Any]

# As many as a list of choices may hold; an older version is asked for by its number.
MOST_CHOICES = 100
LIVE = "Now · the contract as it is"
NAMES = tuple(fields.BY_PATH[path] for path in ("contract_id", "account_id", "account_name"))


@dataclass(frozen=True, slots=True)
class Side:
    """A contract as it was in a version, which is None where it is the live one."""

    name: Name
    contract: Contract
    revision: Revision | None = None

    @property
    def label(self) -> str:
        return label(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The newest versions of a contract, newest first, and the live document, None where it was deleted.

    `has_older` tells that there are more; `is_ahead` that the live document is not what the newest of them holds.
    """

    contract_id: str
    choices: tuple[Revision, ...]
    live: Document | None
    has_older: bool
    is_ahead: bool
    found: Mapping[Any, Document] = field(repr=False)

    @property
    def newest(self) -> Revision | None:
        return self.choices[0] if self.choices else None

    @property
    def is_gone(self) -> bool:
        return self.live is None

    @property
    def title(self) -> str:
        """What the contract is called, where it still is."""
        return self.contract_id if self.live is None else from_document(self.live, NAMES).title

    def options(self, sides: Iterable[Side]) -> list[tuple[Name, str]]:
        """Names and words of the versions to choose from, those of the sides among them."""
        asked = {side.name: side.revision for side in sides}
        numbered = {choice.version: choice for choice in self.choices} | {
            name: revision for name, revision in asked.items() if revision
        }
        now: list[tuple[Name, str]] = [(NOW, LIVE)] if self.is_ahead or NOW in asked else []
        return now + options([numbered[name] for name in sorted(numbered, reverse=True)])

    def pair(self, before: Name | None, after: Name | None) -> tuple[Side, Side]:
        """Both sides; where one is not named, the newest version and the one before the other side.

        Raises RevisionNotFound.
        """
        names = [choice.version for choice in self.choices]
        second = after if after is not None else names[0]
        older = names if second == NOW else [name for name in names if name < second]
        first = before if before is not None else next(iter(older), second)
        return self.side(first), self.side(second)

    def side(self, name: Name) -> Side:
        """The contract in one of its versions. Raises RevisionNotFound."""
        if name == NOW:
            if self.live is None:
                raise RevisionNotFound("The contract was deleted, so there is nothing to call “now”.")
            return Side(NOW, from_document(self.live))
        stored = self.found.get(name) or revisions.get(self.contract_id, name)
        return Side(name, from_document(_group(stored.get("document"))), presentation.revision(stored))

    def is_restorable(self, side: Side) -> bool:
        """Whether its terms may be others than those of the live contract."""
        if self.live is None or side.name == NOW or self.newest is None:
            return False
        return self.is_ahead or side.name != self.newest.version


def options(shown: Iterable[Revision]) -> list[tuple[Name, str]]:
    """Names and words of some versions, for a list to choose from."""
    return [(revision.version, _words(revision)) for revision in shown if revision.url]


def _words(revision: Revision) -> str:
    at = f"{revision.at:%-d %b %Y %H:%M}" if isinstance(revision.at, datetime) else "at no date"
    return f"{label(revision.version)} · {at} · {revision.label} by {one_line(revision.who, 60)}"


def load(contract_id: str, wanted: Collection[Name | None]) -> Versions:
    """The versions of a contract, with the documents of those that are wanted: two operations for recent ones.

    Raises ContractNotFound where there is neither a contract nor a history.
    """
    try:
        live = repository.document(contract_id)
    except ContractNotFound:
        live = None
    own = (live or {}).get("version")
    # What is not named is the newest version or the one before it, most likely those of the live document.
    likely = (own, own - 1) if None in wanted and _is_number(own) else (own,)
    whole = [name for name in (*wanted, *likely) if _is_number(name)]
    stored = revisions.versions(contract_id, whole=whole, limit=MOST_CHOICES + 1)
    if live is None and not stored:
        raise ContractNotFound(contract_id)
    found = {entry["version"]: entry for entry in stored if "document" in entry and _is_number(entry["version"])}
    choices = [choice for choice in map(presentation.revision, stored) if choice.url]
    return Versions(
        contract_id=contract_id,
        choices=tuple(choices[:MOST_CHOICES]),
        live=live,
        has_older=len(stored) > MOST_CHOICES,
        is_ahead=live is not None and _differs(live, stored[0] if stored else {}),
        found=found,
    )


def _differs(live: Document, newest: Document) -> bool:
    """Whether another service wrote since; a version of its own is a difference, whatever else there is."""
    document = newest.get("document")
    return not isinstance(document, Mapping) or seen_of(document) != seen_of(live)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST


def _group(value: Any) -> Document:
    return value if isinstance(value, Mapping) else {}
