"""The contract of an account as workflows need it: plain values, read inside a Temporal activity."""

import asyncio
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from contracts import repository, usage
from contracts.domain.errors import ContractNotFound
from contracts.domain.fields import ADD_ONS, BY_PATH, Field
from contracts.domain.model import Contract
from contracts.exporting import plain
from contracts.usage import PATIENT_SECONDS, SECONDS, AccountUsage
from mongo.errors import MongoSlow
from mongo.extended import iso


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentUsage:
    """What the account has used in the running month (UTC), as `month` names it, at `computed_at`.

    Days gone by count as they were when they were last computed, at `days_computed_at`; None where they never were.
    Trades count in all currencies; value and largest are in the contract's, as decimal texts.
    """

    month: str
    trades: int
    value: str
    largest: str | None
    computed_at: str
    days_computed_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractData:
    """A contract in values that JSON knows: days are ISO texts or None, decimal numbers are texts.

    `current_usage` is None where nothing of the account has been logged for a year, and where so much is to be
    counted that it is not known in time: then `is_usage_known` is False.
    """

    account_id: str
    current_plan: str
    contract_id: str
    status: str
    contract_start_date: str | None
    contract_end_date: str | None
    auto_renewal: bool
    base_monthly_fee: str | None
    currency: str
    features: list[str]
    add_ons: list[dict[str, Any]]
    usage_limits: dict[str, Any]
    sla_terms: dict[str, Any]
    primary_contact: dict[str, str]
    current_usage: CurrentUsage | None
    is_usage_known: bool = True


async def fetch_contract(account_id: str) -> ContractData | None:
    """The contract of an account; None where it has none.

    Raises MongoError where MongoDB cannot tell, so that the activity is tried again: an outage is no answer. The
    work is done in a thread, so that the worker's event loop goes on.
    """
    return await asyncio.to_thread(contract_of, account_id, seconds=PATIENT_SECONDS)


def contract_of(account_id: str, *, now: datetime | None = None, seconds: float = SECONDS) -> ContractData | None:
    """What `fetch_contract` answers, for callers that wait; its usage may take `seconds`. Raises MongoError."""
    try:
        contract = repository.get_by_account(account_id)
    except ContractNotFound:
        return None
    used, is_known = _usage(contract, now or datetime.now(UTC), seconds)
    return ContractData(
        account_id=contract.account_id,
        current_plan=contract.contract_type,
        contract_id=contract.contract_id,
        status=contract.status,
        contract_start_date=_day(contract.start_date),
        contract_end_date=_day(contract.end_date),
        auto_renewal=contract.auto_renewal,
        base_monthly_fee=None if contract.base_monthly_fee is None else str(contract.base_monthly_fee),
        currency=contract.currency,
        features=list(contract.features),
        add_ons=plain(ADD_ONS, contract.add_ons),
        usage_limits=_group(contract, "usage_limits"),
        sla_terms=_group(contract, "sla_terms"),
        primary_contact=asdict(contract.primary_contact),
        current_usage=used,
        is_usage_known=is_known,
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _group(contract: Contract, name: str) -> dict[str, Any]:
    inside = [field for path, field in BY_PATH.items() if path.startswith(f"{name}.")]
    return {field.name: _plain(field, contract) for field in inside}


def _plain(field: Field, contract: Contract) -> Any:
    return plain(field, contract.at(field.path))


def _usage(contract: Contract, now: datetime, seconds: float) -> tuple[CurrentUsage | None, bool]:
    """What was used, and whether that is known."""
    try:
        found = usage.of_month(contract, now.date(), now=now, seconds=seconds)
    except MongoSlow:
        # What is agreed holds all the same, and another try would count as long.
        return None, False
    return _current(found), True


def _current(found: AccountUsage) -> CurrentUsage | None:
    if found.usage is None:
        return None
    return CurrentUsage(
        month=f"{found.month:%Y-%m}",
        trades=found.usage.trades,
        value=str(found.usage.value),
        largest=None if found.usage.largest is None else str(found.usage.largest),
        computed_at=iso(found.as_of),
        days_computed_at=None if found.rolled_at is None else iso(found.rolled_at),
    )
