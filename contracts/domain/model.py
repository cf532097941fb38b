"""A contract as a value: what was agreed with one account."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Context, Decimal, localcontext
from functools import cache
from operator import attrgetter
from typing import Any

TYPES = ("basic", "professional", "enterprise", "custom")
STATUSES = ("draft", "active", "pending_renewal", "expired", "cancelled")

# Amounts have up to 34 digits, and Python's own context would round their sum to 28.
MONEY = Context(prec=50)
# Words that stand in addresses where an id would.
RESERVED_IDS = frozenset({"new", "import", "bulk", "views", "stats", "export.csv", "export.ndjson"})
_ADDRESSABLE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:@+=-]{0,199}")


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeTier:
    """A price per trade for the month's trades from min_trades to max_trades, both inclusive; None is no end.

    `extra` keeps what other services wrote into the row and we do not know.
    """

    min_trades: int | None = None
    max_trades: int | None = None
    price_per_trade: Decimal | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueTier:
    """A percentage of the slice of the month's traded value above min_value, up to max_value; None is no end."""

    min_value: Decimal | None = None
    max_value: Decimal | None = None
    percentage_fee: Decimal | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddOn:
    """A monthly fee on top of the base fee, while active."""

    name: str = ""
    monthly_fee: Decimal | None = None
    active: bool = True
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    trade_volume_tiers: tuple[VolumeTier, ...] = ()
    trade_value_tiers: tuple[ValueTier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageLimits:
    """None is unlimited. The threshold is in seconds."""

    max_monthly_trades: int | None = None
    max_trade_value: Decimal | None = None
    max_concurrent_trades: int | None = None
    sla_threshold_seconds: int | Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryContact:
    name: str = ""
    email: str = ""
    phone: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BillingContact:
    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaTerms:
    """Uptime in percent, response time in seconds."""

    uptime_guarantee: Decimal | None = None
    response_time_guarantee: int | Decimal | None = None
    penalty_terms: str = ""


@dataclass(frozen=True, slots=True)
class Oddity:
    """A value that another service wrote and that is not of the kind its field holds.

    `is_understood` tells that the field could be read all the same.
    """

    path: str
    found: str
    expected: str
    is_understood: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The contract of one account. Dates are inclusive days in UTC; None as end_date is open-ended."""

    contract_id: str = ""
    account_id: str = ""
    account_name: str = ""
    account_manager: str = ""
    contract_type: str = "custom"
    status: str = "draft"
    start_date: date | None = None
    end_date: date | None = None
    renewal_date: date | None = None
    anchor_day: int | None = None
    auto_renewal: bool = False
    renewal_term_months: int | None = 12
    notice_days: int | None = 30
    currency: str = "USD"
    base_monthly_fee: Decimal | None = None
    usage_based_pricing: Pricing = Pricing()
    usage_limits: UsageLimits = UsageLimits()
    primary_contact: PrimaryContact = PrimaryContact()
    billing_contact: BillingContact = BillingContact()
    features: tuple[str, ...] = ()
    add_ons: tuple[AddOn, ...] = ()
    sla_terms: SlaTerms = SlaTerms()
    tags: tuple[str, ...] = ()
    notes: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    created_by: str = ""
    last_modified_by: str = ""
    version: int = 0
    oddities: tuple[Oddity, ...] = field(default=(), compare=False)

    @property
    def title(self) -> str:
        """What the contract is called: the account's name, else its id."""
        return self.account_name or self.account_id or self.contract_id or "Unnamed contract"

    @property
    def recurring_fee(self) -> Decimal:
        """Base fee and active add-ons of one month, in the contract's currency."""
        add_ons = (add_on.monthly_fee or Decimal(0) for add_on in self.add_ons if add_on.active)
        with localcontext(MONEY):
            return (self.base_monthly_fee or Decimal(0)) + sum(add_ons, Decimal(0))

    def at(self, path: str) -> Any:
        """The value at a dotted path, as in `usage_limits.max_monthly_trades`."""
        return _getter(path)(self)


# A table of rows and a list of fields ask thousands of times for the same few dozen paths.
_getter = cache(attrgetter)


def is_addressable(contract_id: str) -> bool:
    """Whether an id can stand in an address; what we make always can, other services' ids may not."""
    return bool(_ADDRESSABLE.fullmatch(contract_id)) and contract_id not in RESERVED_IDS


def with_values(contract: Contract, values: Mapping[str, Any]) -> Contract:
    """The contract with the values at some paths replaced."""
    groups: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        group, _, name = path.rpartition(".")
        groups.setdefault(group, {})[name] = value
    top = groups.pop("", {})
    parts = {name: replace(getattr(contract, name), **part) for name, part in groups.items()}
    return replace(contract, **top, **parts)
