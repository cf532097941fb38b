"""What going back to the terms of an older version would do, before anything is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts import presentation, previewing
from contracts.documents import flat, from_document
from contracts.domain import diff, lifecycle
from contracts.domain.errors import ContractInvalid, Problem
from contracts.domain.model import Contract, Oddity
from contracts.presentation import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoring:
    """The live contract and how it would change; `problems` are the rules that the older terms break today.

    `lost` are values of the older version that cannot be read, so their fields would be empty. `leaves_overdue`
    tells that the older last day has passed while the contract is in force.
    """

    contract: Contract
    lines: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()
    lost: tuple[Oddity, ...] = ()
    leaves_overdue: bool = False


def look_ahead(live: Mapping[str, Any], older: Mapping[str, Any], today: date) -> Restoring:
    """What restoring the terms of an older document would make of the live one."""
    contract = from_document(live)
    try:
        after = previewing.with_terms_of(contract, older, today)
    except ContractInvalid as refusal:
        return Restoring(contract=contract, problems=refusal.problems)
    changed = diff.changes(flat(contract), flat(after))
    return Restoring(
        contract=contract,
        lines=tuple(presentation.lines(changed)),
        lost=tuple(odd for odd in from_document(older).oddities if not odd.is_understood),
        leaves_overdue=lifecycle.is_overdue(after, today) and not lifecycle.is_overdue(contract, today),
    )
