"""The steps of a contract's life as pages offer them: which there are now, and what each is called."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from contracts.domain import lifecycle
from contracts.domain.fields import label_of
from contracts.domain.model import Contract

RENEW = "renew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step to the status `to`; renewing keeps to the calendar instead. `asks` are the fields of its form."""

    name: str
    to: str
    label: str
    effect: str
    button: str
    done: str
    icon: str
    asks: tuple[str, ...] = ("reason",)
    is_danger: bool = False
    leads: bool = False


STEPS = (
    Step(
        name="activate",
        to="active",
        label="Activate",
        effect="It comes into force: its fee counts, and its end is watched. Its start never moves after that.",
        button="Activate the contract",
        leads=True,
        done="is active",
        icon="play",
    ),
    Step(
        name=RENEW,
        to="",
        label="Renew",
        effect="Another term begins on the day after the last one. Price and limits stay as they are.",
        button="Renew the contract",
        leads=True,
        done="is renewed",
        icon="refresh-cw",
    ),
    Step(
        name="resume",
        to="active",
        label="Put back in force",
        effect="It goes on until the last day below; if it waits for its renewal, notice for that must be ahead.",
        button="Put it back in force",
        leads=True,
        done="is back in force",
        icon="play",
        asks=("last_day", "reason"),
    ),
    Step(
        name="wait",
        to="pending_renewal",
        label="Mark as pending renewal",
        effect="It stays in force. The daily job does this by itself once the notice window opens.",
        button="Mark it",
        done="is pending renewal",
        icon="calendar-clock",
    ),
    Step(
        name="expire",
        to="expired",
        label="Mark as expired",
        effect=(
            "It is invoiced up to the last day below, which is not in the future. It is no longer in force, so "
            "sums of recurring fees leave it out. It can be renewed later."
        ),
        button="Mark it as expired",
        done="is expired",
        icon="calendar",
        asks=("last_day", "reason"),
    ),
    Step(
        name="reopen",
        to="draft",
        label="Reopen as a draft",
        effect="The account can be contracted again: change the terms, then activate them.",
        button="Reopen it",
        leads=True,
        done="is a draft again",
        icon="undo-2",
    ),
    Step(
        name="cancel",
        to="cancelled",
        label="Cancel the contract",
        effect=(
            "It is invoiced up to the last day below. From today on, sums of recurring fees leave it out. "
            "It cannot be put back in force: only reopened as a draft."
        ),
        button="Cancel the contract",
        done="is cancelled",
        icon="ban",
        asks=("last_day", "reason", "confirm"),
        is_danger=True,
    ),
)
BY_NAME = {step.name: step for step in STEPS}


def offered(contract: Contract) -> list[Step]:
    """The steps that the table allows now, in the order in which they are offered."""
    return [step for step in STEPS if _is_open(step, contract)]


def leading(contract: Contract, today: date) -> tuple[Step | None, list[Step]]:
    """The step that stands as a button of its own, if there is one, and the others that are offered.

    A renewal long before its time is no step that one takes in passing.
    """
    steps, is_early = offered(contract), lifecycle.renews_early(contract, today)
    first = next((step for step in steps if step.leads and not (step.name == RENEW and is_early)), None)
    return first, [step for step in steps if step is not first]


def closed(step: Step, contract: Contract) -> str:
    """Why the table does not allow the step now, in one sentence."""
    if step.to == contract.status:
        return "That is done already."
    if _has_way(step, contract):
        lacks = "last day" if contract.end_date is None else "renewal term"
        return f"“{step.label}” is not open to it: it has no {lacks}, so no other term can follow."
    return f"“{step.label}” is not open to it."


def _is_open(step: Step, contract: Contract) -> bool:
    if step.name == RENEW:
        return lifecycle.is_renewable(contract)
    if step.to == lifecycle.WAIT and contract.end_date is None:
        # What has no end has no term that could follow.
        return False
    return _has_way(step, contract)


def _has_way(step: Step, contract: Contract) -> bool:
    """Whether the contract's status allows the step, whatever else the contract lacks."""
    if step.name == RENEW:
        return lifecycle.may_renew(contract.status)
    if step.to == "active" and (step.name == "resume") != (contract.status in lifecycle.WAITING):
        return False
    return step.to != contract.status and step.to in lifecycle.allowed(contract.status)


def gaps(contract: Contract) -> Iterator[str]:
    """What a contract lacks that most have once they come into force; nothing of it is a rule."""
    wanted = {"account_name": "what it is called", "account_manager": "who looks after it"}
    for path, use in wanted.items():
        if not contract.at(path):
            yield f"No {label_of(path).lower()}, so nobody can tell {use}."
    if not contract.primary_contact.email:
        yield "No e-mail address of the primary contact."
    if contract.end_date is None:
        yield "No last day, so it runs until somebody ends it."
    pricing = contract.usage_based_pricing
    if not (contract.recurring_fee or pricing.trade_volume_tiers or pricing.trade_value_tiers):
        yield "It costs nothing: no base fee, no add-on, no tier."
    if not any((contract.usage_limits.max_monthly_trades, contract.usage_limits.max_trade_value)):
        yield "No limit that can be measured."
