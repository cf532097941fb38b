"""Which terms a month is measured by: those at its end, or on the contract's last day in it."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from contracts import presentation, revisions
from contracts.documents import from_document
from contracts.domain.lifecycle import add_months
from contracts.domain.model import Contract
from contracts.domain.usage import ONE_DAY
from contracts.presentation import Revision
from mongo.expressions import midnight


def terms_of(contract: Contract, month: date, *, now: datetime) -> tuple[Contract, Revision | None]:
    """The terms that count in the month that begins on a day, and the version that holds them.

    While month and contract go on, and where none are recorded, they are the live ones, and there is no version.
    Raises MongoError.
    """
    today, following = now.date(), add_months(month, 1)
    stored = _before(contract, following) if following <= today else None
    last = (from_document(stored["document"]) if stored else contract).end_date
    if last is not None and month <= last < min(following - ONE_DAY, today):
        stored = _before(contract, last + ONE_DAY) or stored
    if stored is None:
        return contract, None
    # An account never changes, but another service may have left it out. The end may have been brought forward.
    terms = replace(from_document(stored["document"]), account_id=contract.account_id, end_date=last)
    return terms, presentation.revision(stored)


def _before(contract: Contract, day: date) -> dict[str, Any] | None:
    return revisions.before(contract.contract_id, midnight(day))
