"""What else requests and answers hold: lists, steps of a contract's life, its history, figures, usage."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictStr, WithJsonSchema, create_model

from contracts.api.bases import Request
from contracts.api.kinds import DAY, day, nullable
from contracts.api.models import Contract
from contracts.domain.limits import State
from contracts.domain.model import STATUSES
from contracts.statistics import WINDOWS
from users.api import Answer, Cursor, Moment, Number

MOST_REASON = 500

Status = Literal[STATUSES]
Day = Annotated[str, WithJsonSchema(DAY)]
LastDay = Annotated[
    str | None, BeforeValidator(lambda value: None if value is None else day(value)), WithJsonSchema(nullable(DAY))
]


class Contracts(Answer):
    """A page of contracts, in the order in which they were made."""

    items: list[Contract]  # type: ignore[valid-type]
    next: Cursor


class Transition(Request):
    """A step of a contract's life."""

    to: Status = Field(description="The status to bring it to.")  # type: ignore[valid-type]
    renew: StrictBool = Field(False, description="With active: move the last day on by one term.")
    reason: StrictStr = Field("", max_length=MOST_REASON, description="For the history; cancelling needs one.")
    last_day: LastDay = Field(None, description="The contract's last day from then on; null leaves it as it is.")


class Actor(Answer):
    """Who made a change, and how: via is form, api, import, bulk or job."""

    id: str
    name: str
    via: str


class Change(Answer):
    """A field before and after, as a contract shows it."""

    path: str
    before: Any
    after: Any


class Revision(Answer):
    """One version of a contract, and what it changed; what another service wrote may have no number or moment."""

    contract_id: str
    account_id: str
    version: int | None
    at: Moment | None
    actor: Actor
    action: str
    reason: str
    changes: list[Change]


class Revisions(Answer):
    """A page of a contract's history, newest first."""

    items: list[Revision]
    next: Cursor


Expiring = create_model("Expiring", __base__=Answer, **{f"within_{days}_days": (int, ...) for days in WINDOWS})


class RecurringFee(Answer):
    """Base fee and active add-ons of a month, of contracts active or pending renewal, in one currency."""

    currency: str
    amount: Number
    contracts: int
    unreadable: int = Field(description="How many of them have a base fee that is no price; it counts as nothing.")


class Statistics(Answer):
    """All contracts in a few numbers; `expiring` are those in force whose last day lies within so many days."""

    total: int
    by_status: dict[str, int]
    by_type: dict[str, int]
    expiring: Expiring  # type: ignore[valid-type]
    recurring_fees: list[RecurringFee]


class Limit(Answer):
    """A limit as agreed, null is unlimited; `used` is null where it is not measured or nothing is known of it."""

    name: str
    state: State
    used: int | Number | None
    limit: int | Number | None
    percent: Number | None = Field(description="Of the limit; rounded so that only what is over it is above 100.")
    projected: int | None = Field(description="Where a straight line leads by the end of the month.")
    crosses_on: Day | None = Field(description="The day on which the use went over the limit, or will.")


class Line(Answer):
    label: str
    quantity: Number
    amount: Number


class Invoice(Answer):
    """The month's invoice so far, in the contract's currency."""

    lines: list[Line]
    total: Number
    currency: str


class Totals(Answer):
    """Trades in another currency than the contract's; "" where they name none."""

    currency: str
    trades: int
    value: Number
    largest: Number | None


class Usage(Answer):
    """A month (UTC) of an account; without a contract there are no limits and no invoice."""

    account_id: str
    month: Annotated[str, WithJsonSchema({"type": "string", "examples": ["2026-11"]})]
    currency: str
    trades: int
    value: Number
    largest: Number | None
    by_type: dict[str, int]
    other_currencies: list[Totals]
    limits: list[Limit]
    invoice: Invoice | None
    computed_at: Moment
    days_computed_at: Annotated[
        Moment | None,
        Field(description="When days gone by were last computed: what came later for them may be missing."),
    ]
