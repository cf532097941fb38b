"""What the rows of a file would lead to, found without writing anything."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import bson

from contracts import previewing, repository
from contracts.documents import flat, from_document, to_document
from contracts.domain import diff, fields, lifecycle, rules
from contracts.domain.diff import Change
from contracts.domain.errors import ContractInvalid, Problem
from contracts.domain.model import Contract, with_values
from contracts.files.rows import Row
from contracts.seen import Seen, seen_of
from mongo.codec import CODEC_OPTIONS
from mongo.errors import MongoRefused, translated

OUTCOMES = NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
BATCH_SIZE = 200
# What a row may say of a contract that exists; the renewal date follows from the last day.
DECIDED = frozenset(field.path for field in fields.COMPARED if field not in fields.DERIVED)
# What the history says of a change that a file brought, where nobody says which file.
REASON = "Imported from a file"
NO_SUCH_ID = "No contract has this id."

Document = dict[str, Any]
# Path and value of an id → the line that has it.
Taken = dict[tuple[str, str], int]
Problems = tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Mode:
    """Whether contracts that exist are changed; `overwrite` does so whatever version the file was made from."""

    update: bool = False
    overwrite: bool = False

    @property
    def changes_existing(self) -> bool:
        return self.update or self.overwrite


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a row leads to: `contract` as it would be stored, and how it differs from the live one.

    A refused row has problems. `exists` tells that it would pass if existing contracts were to be changed,
    `is_unknown` that it names a contract id which no contract has.
    """

    line: int
    outcome: str
    contract: Contract
    changes: tuple[Change, ...] = ()
    problems: Problems = ()
    ignored: tuple[str, ...] = ()
    exists: bool = False
    is_unknown: bool = False
    seen: Seen | None = None

    @property
    def cancels(self) -> bool:
        """Whether it cancels a contract that exists."""
        moved = (change.after for change in self.changes if change.path == "status")
        return self.outcome == CHANGED and "cancelled" in moved


@dataclass(frozen=True, slots=True)
class _Found:
    """A live document with its ids, read once."""

    document: Document
    ids: Contract


@dataclass(frozen=True, slots=True)
class _Live:
    """The contracts that a batch speaks of, as they are now, by both their ids."""

    by_id: dict[str, "_Found"]
    by_account: dict[str, "_Found"]

    def of(self, contract: Contract) -> "_Found | None":
        return self.by_id.get(contract.contract_id) or self.by_account.get(contract.account_id)


def plan(
    rows: Iterable[Row], mode: Mode, *, now: datetime | None = None, taken: Taken | None = None
) -> Iterator[Planned]:
    """What each row would lead to, compared with the contracts as they are and with the rows before it.

    `taken` holds the ids of rows before these; those of these rows are added to it.
    """
    taken = {} if taken is None else taken
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH_SIZE)):
        live = _live(batch)
        for row in batch:
            planned = _planned(row, live, taken, mode, now or datetime.now(UTC))
            if planned.outcome != REFUSED:
                taken.update(dict.fromkeys(_ids(planned.contract), row.line))
            yield planned


def _live(batch: Sequence[Row]) -> _Live:
    ids = [row.contract.contract_id for row in batch if row.contract.contract_id]
    accounts = [row.contract.account_id for row in batch if row.contract.account_id]
    live = _Live({}, {})
    for document in repository.documents_of(ids, accounts) if ids or accounts else []:
        found = _Found(document, from_document(document, fields.IDENTITY))
        for known, key in ((live.by_id, found.ids.contract_id), (live.by_account, found.ids.account_id)):
            if key:
                known[key] = found
    return live


def _ids(contract: Contract) -> list[tuple[str, str]]:
    named = [(field.path, contract.at(field.path)) for field in fields.IDENTITY]
    return [(path, value) for path, value in named if value]


def _planned(row: Row, live: _Live, taken: Taken, mode: Mode, now: datetime) -> Planned:
    found = live.of(row.contract)
    problems = (*row.problems, *(_twice(row, taken) or _mixed_up(row, found)))
    if len(problems) > len(row.problems) or any(not problem.path for problem in problems):
        return _result(row, row.contract, problems)
    if found is None:
        return replace(_new(row), is_unknown=bool(row.contract.contract_id))
    return _existing(row, found.document, mode, now)


def _twice(row: Row, taken: Taken) -> list[Problem]:
    return [
        Problem(path, f"Line {taken[path, value]} has the same {fields.label_of(path).lower()}.")
        for path, value in _ids(row.contract)
        if (path, value) in taken
    ]


def _mixed_up(row: Row, found: _Found | None) -> list[Problem]:
    """What keeps the row's ids from naming the contract that they lead to."""
    if found is None:
        return []
    named, live = row.contract, found.ids
    if not isinstance(found.document.get("contract_id"), str):
        return [Problem("contract_id", "Another service wrote this contract without a usable id.")]
    if named.contract_id not in ("", live.contract_id):
        return [Problem("account_id", f"The account has a contract already, {live.contract_id}.")]
    if "account_id" in row.given and named.account_id != live.account_id:
        return [Problem("account_id", f"The contract is account {live.account_id}’s, which never changes.")]
    return []


def _new(row: Row) -> Planned:
    if row.contract.contract_id and _is_part(row):
        return _result(row, row.contract, (Problem("contract_id", NO_SUCH_ID), *row.problems))
    contract = lifecycle.with_renewal_date(row.contract)
    rule = (
        *rules.problems(contract),
        *rules.shapes(contract, fields.BOOKKEEPING),
        *_unstorable(to_document(contract)),
    )
    problems = _first_of_each_path(row.problems, rule)
    return _result(row, contract, problems, outcome=NEW)


def _is_part(row: Row) -> bool:
    """Whether the row lacks what every contract has, so that it can only have meant one that exists."""
    told = {problem.path for problem in row.problems}
    return any(row.contract.at(path) in (None, "") for path in rules.REQUIRED if path not in told)


def _existing(row: Row, document: Document, mode: Mode, now: datetime) -> Planned:
    before = from_document(document)
    given = DECIDED & row.given
    live, told = flat(before), flat(row.contract)
    if all(diff.same(live[path], told[path]) for path in given):
        # Most rows of a file that comes again say nothing new: the rules need not be asked.
        return _result(row, before, row.problems, outcome=UNCHANGED)
    wanted = with_values(before, {path: row.contract.at(path) for path in given})
    try:
        found = previewing.preview(before, wanted, now=now, reason=REASON)
    except ContractInvalid as error:
        return _result(row, wanted, _first_of_each_path(row.problems, error.problems))
    # What does not change lies there already.
    problems = _first_of_each_path(
        row.problems, _unstorable({change.path: change.after for change in found.changed})
    )
    if not found.changed or problems:
        return _result(row, found.contract, problems, outcome=UNCHANGED)
    stale = _stale(row, before, found.changed, mode)
    result = _result(row, found.contract, stale, outcome=CHANGED)
    return replace(result, changes=found.changed, exists=not mode.changes_existing, seen=seen_of(document))


def _result(row: Row, contract: Contract, problems: Problems, *, outcome: str = REFUSED) -> Planned:
    is_followed = "renewal_date" not in row.given or row.contract.renewal_date == contract.renewal_date
    return Planned(
        line=row.line,
        outcome=REFUSED if problems else outcome,
        contract=contract,
        problems=problems,
        ignored=row.ignored if is_followed else (*row.ignored, "renewal_date"),
    )


def _stale(row: Row, before: Contract, changes: Sequence[Change], mode: Mode) -> Problems:
    """Why a contract that exists is not to be changed by this row."""
    if not mode.changes_existing:
        labels = ", ".join(fields.label_of(change.path) for change in changes)
        return (Problem("contract_id", f"The contract exists already, with another value of: {labels}."),)
    if mode.overwrite or row.contract.version == before.version:
        return ()
    if not row.contract.version:
        return (Problem("version", f"The file does not say its version; the contract is at {before.version}."),)
    return (Problem("version", f"The file says {row.contract.version}, the contract is at {before.version}."),)


def _unstorable(values: Mapping[str, Any]) -> Problems:
    """What MongoDB could not hold, found as the driver finds it when it writes."""
    try:
        with translated():
            bson.encode(values, codec_options=CODEC_OPTIONS)
    except MongoRefused as error:
        return (Problem("", str(error)),)
    return ()


def _first_of_each_path(first: Problems, more: Iterable[Problem]) -> Problems:
    """All of the first, and of the others those about fields that nothing is said of yet."""
    known = {problem.path for problem in first}
    return (*first, *(problem for problem in more if problem.path not in known))
