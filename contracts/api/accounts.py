"""Accounts over HTTP: the contract of one, as workflows read it, and what it used in a month."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import WithJsonSchema

from contracts import repository, usage
from contracts.api import schemas
from contracts.domain.errors import ContractNotFound
from contracts.domain.limits import FULL, LimitUse
from contracts.domain.model import MONEY, Contract
from contracts.domain.months import PATTERN, BadMonth, month_named
from contracts.domain.pricing import Invoice
from contracts.shown.terms import terms_of
from contracts.usage import AccountUsage, Totals
from contracts.workflow import ContractData, contract_of
from mongo.client import READ_SECONDS
from mongo.extended import iso
from mongo.middleware import allow
from mongo.searching import PROBE_SECONDS
from users.api import RequestInvalid, answer, documented
from users.bearer import needs

router = Router(tags=["accounts"])

READ = needs("contracts:read")
Month = Annotated[
    str | None,
    WithJsonSchema({"type": "string", "pattern": f"^{PATTERN}$", "examples": ["2026-11"]}),
    Query(None, description="The running one by default."),
]


# An account's id may hold a slash.
@router.get(
    "/accounts/{path:account_id}/contract",
    auth=READ,
    **documented("getAccountContract", "Read an account's contract", ContractData, 404),
)
def get_account_contract(request: HttpRequest, account_id: str) -> HttpResponse:
    found = contract_of(account_id)
    if found is None:
        raise ContractNotFound(f"for account {account_id}")
    return answer(asdict(found))


@router.get(
    "/accounts/{path:account_id}/usage",
    auth=READ,
    **documented("getAccountUsage", "Read what an account used in a month", schemas.Usage),
)
def get_account_usage(request: HttpRequest, account_id: str, month: Month = None) -> HttpResponse:
    now = datetime.now(UTC)
    try:
        first = month_named(month, now.date())
    except BadMonth as problem:
        raise RequestInvalid(("month", str(problem))) from problem
    allow(request, READ_SECONDS + usage.PATIENT_SECONDS + PROBE_SECONDS)
    terms = _terms(account_id, first, now)
    asked = terms or Contract(account_id=account_id)
    found = usage.of_month(asked, first, now=now, seconds=usage.PATIENT_SECONDS)
    return answer(_shown(account_id, found, terms))


def _terms(account_id: str, month: date, now: datetime) -> Contract | None:
    """The terms that the month is measured by; None where the account has no contract."""
    try:
        contract = repository.get_by_account(account_id)
    except ContractNotFound:
        return None
    return terms_of(contract, month, now=now)[0] if contract.contract_id else contract


def _shown(account_id: str, found: AccountUsage, terms: Contract | None) -> dict[str, Any]:
    spent = found.usage
    return {
        "account_id": account_id,
        "month": f"{found.month:%Y-%m}",
        "currency": found.invoice.currency,
        "trades": spent.trades if spent else 0,
        "value": str(spent.value) if spent else "0",
        "largest": _number(spent.largest) if spent else None,
        "by_type": found.by_type,
        "other_currencies": _others(found.others),
        "limits": [_limit(limit) for limit in found.limits] if terms else [],
        "invoice": _invoice(found.invoice) if terms else None,
        "computed_at": iso(found.as_of),
        "days_computed_at": None if found.rolled_at is None else iso(found.rolled_at),
    }


def _others(found: Mapping[str, Totals]) -> list[dict[str, Any]]:
    return [
        {"currency": code, "trades": one.trades, "value": str(one.value), "largest": _number(one.largest)}
        for code, one in found.items()
    ]


def _limit(found: LimitUse) -> dict[str, Any]:
    return {
        "name": found.name,
        "state": found.state,
        "used": _number(found.used),
        "limit": _number(found.limit),
        "percent": None if found.percent is None else _percent(found.percent),
        "projected": found.projected,
        "crosses_on": None if found.crosses_on is None else found.crosses_on.isoformat(),
    }


def _percent(share: Decimal) -> str:
    """The share to two places, never on the other side of what is full than it is."""
    if share >= 10**30:
        return str(share)
    rounding = ROUND_CEILING if share > FULL else ROUND_FLOOR
    return str(share.quantize(Decimal("0.01"), rounding=rounding, context=MONEY))


def _invoice(found: Invoice) -> dict[str, Any]:
    lines = [
        {"label": line.label, "quantity": str(line.quantity), "amount": str(line.amount)} for line in found.lines
    ]
    return {"lines": lines, "total": str(found.total), "currency": found.currency}


def _number(number: int | Decimal | None) -> int | str | None:
    """Whole numbers as such, decimal ones as text."""
    return str(number) if isinstance(number, Decimal) else number
