"""What a change would lead to: the rules between two states of a contract, asked before anything is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from contracts.documents import flat, from_document, from_flat
from contracts.domain import diff, lifecycle, rules
from contracts.domain.diff import Change
from contracts.domain.errors import ContractInvalid, Problem
from contracts.domain.model import Contract

# What no editor decides: identity and bookkeeping.
UNDECIDED = (
    "contract_id",
    "account_id",
    "created_at",
    "created_by",
    "updated_at",
    "last_modified_by",
    "version",
)
# What follows from the life of a contract, which going back to older terms does not touch.
NOT_RESTORED = ("account_id", "status", "renewal_date")
BY_HAND = ("form", "api")
OVERDUE = "The last day has passed. Give a later one first."


@dataclass(frozen=True, slots=True)
class Preview:
    """A contract as it would be, and how that differs from what it is."""

    contract: Contract
    changed: tuple[Change, ...] = ()


def preview(before: Contract, wanted: Contract, *, now: datetime | None = None, reason: str = "") -> Preview:
    """What an update would make of `before`, without writing anything. Raises ContractInvalid."""
    after = edited(before, wanted, (now or datetime.now(UTC)).date(), reason)
    return Preview(after, diff.changes(flat(before), flat(after)))


def edited(before: Contract, wanted: Contract, today: date, reason: str) -> Contract:
    """The contract as wanted, with what no editor decides taken from before. Raises ContractInvalid."""
    kept = {name: getattr(before, name) for name in UNDECIDED}
    after = replace(wanted, **kept)
    broken = rules.problems(after)
    if broken and not _starts(before, after):
        # What another service left broken, and nobody touched, does not keep the rest from being changed.
        left = set(rules.problems(before))
        broken = tuple(problem for problem in broken if problem not in left)
    check((*_forbidden(before, after, today, reason), *broken))
    return lifecycle.settled(before, after, today)


def moved(before: Contract, to: str, last_day: date | None = None) -> Contract:
    """The contract in another status, with a last day where one is given.

    Raises ContractInvalid where it is in that status already and only its last day would move.
    """
    if last_day is None:
        return replace(before, status=to)
    if to == before.status and last_day != before.end_date:
        text = f"The contract is {_in_words(to)} already, so its last day stays. Change it among the terms instead."
        check((Problem("end_date", text),))
    return replace(before, status=to, end_date=last_day)


def renewed(before: Contract, today: date) -> Contract:
    """The contract one term on. Raises ContractInvalid where no other term can follow."""
    check(tuple(_unrenewable(before)))
    try:
        after = lifecycle.renewed(before, today)
    except (ValueError, OverflowError):
        # The calendar of Python ends with the year 9999; other services' dates may lie close to it.
        check((Problem("end_date", "Another term would lead beyond the calendar."),))
        raise
    if before.status == "expired" and lifecycle.is_overdue(after, today):
        text = f"One term leads to {after.end_date}, which has passed, too. Give a later last day instead."
        check((Problem("end_date", text),))
    return after


def restored(live: Contract, document: Mapping[str, Any]) -> Contract:
    """The live contract with the terms of a revision’s document; status, ids and bookkeeping stay."""
    older = flat(from_document(document))
    # The start never moves once the contract has left draft.
    kept = NOT_RESTORED if live.status == "draft" else (*NOT_RESTORED, "start_date")
    return from_flat(live, {path: value for path, value in older.items() if path not in kept})


def with_terms_of(before: Contract, document: Mapping[str, Any], today: date) -> Contract:
    """What restoring a revision leads to. Raises ContractInvalid.

    A later end does not change the status here, and the anchor is the older one whatever the end.
    """
    wanted = restored(before, document)
    return replace(edited(before, wanted, today, ""), status=before.status, anchor_day=wanted.anchor_day)


def unmade(new: Contract, today: date, via: str) -> Iterable[Problem]:
    """What keeps a contract from being made: by hand, that no step could lead to it; files bring in all."""
    if via in BY_HAND:
        if lifecycle.is_overdue(new, today):
            yield Problem("end_date", OVERDUE)
        yield from _unreached(new, today)
        if new.status == "cancelled":
            yield Problem("status", "Make it active first; it is cancelled by a step of its own, with a reason.")


def check(problems: Iterable[Problem]) -> None:
    """Raise ContractInvalid where there are any problems."""
    if found := tuple(problems):
        raise ContractInvalid(found)


def _starts(before: Contract, after: Contract) -> bool:
    """Whether a draft comes into force, which asks for a contract that is whole."""
    return before.status == "draft" and after.status == "active"


def _forbidden(before: Contract, wanted: Contract, today: date, reason: str) -> Iterable[Problem]:
    """Changes that the rules of a single state cannot see."""
    if wanted.status != before.status and wanted.status not in lifecycle.allowed(before.status):
        yield Problem("status", f"{before.status} cannot become {wanted.status}.")
    if wanted.status == "cancelled" != before.status and not reason.strip():
        yield Problem("reason", "Say why the contract is cancelled.")
    if before.status != "draft" and before.start_date and wanted.start_date != before.start_date:
        yield Problem("start_date", "The start never moves once the contract has left draft.")
    if wanted.status == "active" != before.status:
        yield from _unenforceable(before, wanted, today)
    if wanted.status != before.status:
        yield from _unreached(wanted, today)


def _unenforceable(before: Contract, wanted: Contract, today: date) -> Iterable[Problem]:
    """Why a contract cannot be active: the daily job would end that the very next night, or nothing ever would."""
    notice = lifecycle.notice_date(wanted)
    if lifecycle.is_overdue(wanted, today):
        yield Problem("end_date", OVERDUE)
    elif before.status == lifecycle.EXPIRE and before.end_date is None and wanted.end_date is None:
        yield Problem("end_date", "Nothing tells until when it goes on. Give a last day that is still to come.")
    elif before.status == lifecycle.WAIT and notice is not None and notice <= today:
        text = f"The notice for this last day began on {notice}. Give a later last day, or renew the contract."
        yield Problem("end_date", text)


def _unreached(wanted: Contract, today: date) -> Iterable[Problem]:
    """Why a contract cannot be in its status yet, however it was before."""
    if wanted.status == lifecycle.EXPIRE:
        yield from _not_over(wanted, today)
    if wanted.status == lifecycle.WAIT and wanted.end_date is None:
        yield Problem("end_date", "Without one there is no renewal to wait for. Give a last day first.")


def _not_over(wanted: Contract, today: date) -> Iterable[Problem]:
    """Why a contract cannot be expired: by its last day it would be invoiced on."""
    if wanted.end_date is None:
        text = "It has none, so it would be invoiced for ever. Give the day on which it ended."
        yield Problem("end_date", text)
    elif wanted.end_date > today:
        text = f"{wanted.end_date} is still to come. Give the day on which the contract ended, today at the latest."
        yield Problem("end_date", text)


def _unrenewable(contract: Contract) -> Iterable[Problem]:
    if not lifecycle.may_renew(contract.status):
        yield Problem("status", f"A contract that is {contract.status} does not renew.")
    if contract.end_date is None:
        yield Problem("end_date", "A contract without a last day does not renew.")
    if not contract.renewal_term_months:
        yield Problem("renewal_term_months", "Give the renewal term in months first.")


def _in_words(status: str) -> str:
    return status.replace("_", " ")
