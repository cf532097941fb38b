"""What pages show of a bulk change: the order in words, and each contract with what becomes of it."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.dateformat import format as formatted

from contracts import presentation
from contracts.bulk.model import UNCHANGED, Order, Renewal, Run, Undo
from contracts.domain import fields
from contracts.domain.bulk import ADD_ONS, BASE_FEE, TRADES, AutoRenewal, Manager, Move, Notice, Prices, Tags
from contracts.domain.diff import Change
from contracts.domain.model import is_addressable
from contracts.forms.kinds import STATUS_LABELS

PARTS = {BASE_FEE: "base fee", ADD_ONS: "add-ons", TRADES: "price per trade"}


def words(order: Order | None) -> str:
    """What is to be done, as one says it: `Revise base fee and add-ons by +3.5 %`."""
    match order:
        case Prices():
            return f"Revise {_listed([PARTS[part] for part in order.parts])} by {order.percent.normalize():+f} %"
        case Tags():
            return _tags(order)
        case Manager():
            return f"Change the account manager to {order.username}" if order.username else "Take the manager away"
        case Notice():
            return f"Set the notice to {order.days} day{'' if order.days == 1 else 's'}"
        case AutoRenewal():
            return f"Turn renewing by itself {'on' if order.on else 'off'}"
        case Renewal():
            return "Renew by one term"
        case Move(to="cancelled", last_day=day):
            return f"Cancel as of {formatted(day, 'j M Y')}" if day else "Cancel"
        case Move():
            return f"Change the status to {STATUS_LABELS.get(order.to, order.to).lower()}"
        case Undo(again=again):
            return f"{'Do again' if again else 'Undo'}: {order.words}"
        case _:
            return "Not chosen yet"


def unchanged_in_words(run: Run) -> str:
    """Why the contracts that the order leaves as they are stay so; "" where there are none."""
    number = run.counts.get(UNCHANGED, 0)
    if not number:
        return ""
    if isinstance(run.order, Prices):
        # A fee of zero stays zero, and a small one may be rounded to what it was.
        return f"{number:,} {'has' if number == 1 else 'have'} no price that this changes"
    return f"{number:,} {'is' if number == 1 else 'are'} as wanted already"


def row_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored row with every value that the template shows."""
    contract_id = row.get("contract_id", "")
    return {
        "title": row.get("title") or "A contract that is gone",
        "contract_id": contract_id,
        "currency": row.get("currency", ""),
        "url": reverse("contracts:detail", args=[contract_id]) if is_addressable(contract_id) else "",
        "lines": presentation.lines(Change(**change) for change in row.get("changes", [])),
        "problems": [(fields.label_of(each["path"]), each["message"]) for each in row.get("problems", [])],
        "is_late": row.get("late", False),
    }


def state_of(run: Run) -> tuple[str, str]:
    """Words and tone of what a run is at, for the list of runs."""
    if run.stopped and run.state == "running":
        return ("Stopping", "info") if run.is_stopping else ("Stopped in the middle", "warn")
    return {
        "planning": ("Preview is not whole", "info"),
        "planned": ("Preview", "accent"),
        "running": ("Under way", "info"),
        "done": ("Done", "ok"),
    }[run.state]


def _tags(order: Tags) -> str:
    parts = [("add tag", order.add), ("remove tag", order.remove)]
    said = [f"{verb}{'s' if len(tags) > 1 else ''} {_listed(_few(tags))}" for verb, tags in parts if tags]
    text = " and ".join(said)
    return f"{text[:1].upper()}{text[1:]}"


def _few(tags: tuple[str, ...]) -> list[str]:
    named = [f"“{tag}”" for tag in tags[:3]]
    return [*named, f"{len(tags) - 3} more"] if len(tags) > 3 else named


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
