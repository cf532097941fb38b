"""A bulk change as a value: what is asked of which contracts, and how far it has got."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from contracts.domain.bulk import AutoRenewal, Manager, Move, Notice, Prices, Tags

# A run begins without an order, has its preview made, is looked over, and carried out.
CHOOSING, PLANNING, PLANNED, RUNNING, DONE = STATES = ("choosing", "planning", "planned", "running", "done")
# States in which a slice has something to do, and those in which nothing has been written yet.
WORKING = (PLANNING, RUNNING)
OPEN = (CHOOSING, PLANNING, PLANNED)

# What becomes of a contract: the preview says changed, unchanged or refused, and what is changed gets saved. What
# was refused and then changed by a retry is retried.
CHANGED, UNCHANGED, REFUSED, SAVED, RETRIED = ("changed", "unchanged", "refused", "saved", "retried")

LIFETIME = timedelta(days=30)
# What nobody has begun to carry out by then, counted from its last step, is forgotten.
UNUSED = timedelta(days=7)
MOST_CONTRACTS = 10_000


@dataclass(frozen=True, slots=True)
class Renewal:
    """Another term for each contract."""


@dataclass(frozen=True, slots=True)
class Undo:
    """The terms from before another run: what `words` say is undone, or done `again` where that run undid it."""

    run_id: str
    words: str
    again: bool = False


Order = Tags | Notice | AutoRenewal | Manager | Prices | Move | Renewal | Undo
KINDS: dict[str, type[Order]] = {
    "tags": Tags,
    "notice": Notice,
    "auto_renewal": AutoRenewal,
    "manager": Manager,
    "prices": Prices,
    "status": Move,
    "renewal": Renewal,
    "undo": Undo,
}
NAMES = {kind: name for name, kind in KINDS.items()}
# What the history calls it; changes of a status are neither terms nor taken back.
ACTIONS = {Move: "status_changed", Renewal: "renewed", Undo: "restored"}
LASTING = (Move, Renewal)


@dataclass(frozen=True, slots=True)
class Successor:
    """The run that took another one back, or tried again what it had left alone, and whose it is."""

    run_id: str
    user: int
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`contracts` are numbered from 1 in the order of the list; `at` is how far the present state has got.

    `plan` names the preview, `counts` holds contracts by outcome; `late` ones were refused after the preview.
    `is_claimed` tells that a slice was under way when the run was read. `retries` is the run that this one tries
    again, and `mended` counts contracts that were left alone here and that a retry has changed since.
    """

    run_id: str
    user: int
    who: str
    contracts: int
    state: str
    created_at: datetime
    order: Order | None = None
    reason: str = ""
    plan: str = ""
    at: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    stopped: bool = False
    is_claimed: bool = False
    undone: Successor | None = None
    retries: str = ""
    retried: Successor | None = None
    mended: int = 0

    @property
    def saved(self) -> int:
        return self.counts.get(SAVED, 0)

    @property
    def failed(self) -> int:
        """How many contracts are left as they were, for a reason."""
        return self.counts.get(REFUSED, 0) - self.mended

    @property
    def wanted(self) -> int:
        """How many contracts the preview wants to change."""
        return sum(self.counts.get(name, 0) for name in (CHANGED, SAVED, "late"))

    @property
    def progress(self) -> tuple[int, int]:
        """How many contracts the present state is done with, and how many it has in all."""
        if self.state == PLANNING:
            return self.at, self.contracts
        return self.saved + self.counts.get("late", 0), self.wanted

    @property
    def is_stopping(self) -> bool:
        """Whether a slice is still under way in a run that was stopped."""
        return self.state == RUNNING and self.stopped and self.is_claimed

    @property
    def is_working(self) -> bool:
        return self.state in WORKING and (not self.stopped or self.is_claimed)

    @property
    def is_over(self) -> bool:
        """Whether there are results to look at: it is done, or stopped on the way and nobody is at it any more."""
        return self.state == DONE or (self.state == RUNNING and not self.is_working)

    @property
    def is_lasting(self) -> bool:
        """Whether it cannot be undone."""
        return isinstance(self.order, LASTING)

    @property
    def can_be_undone(self) -> bool:
        return self.is_over and self.saved > 0 and not self.is_lasting and self.undone is None

    @property
    def can_be_retried(self) -> bool:
        return self.is_over and self.failed > 0 and self.retried is None

    @property
    def cancels(self) -> bool:
        return isinstance(self.order, Move) and self.order.to == "cancelled"


def order_document(order: Order | None) -> dict[str, Any] | None:
    """An order as it is stored; a day as its text."""
    if order is None:
        return None
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(order).items()}
    if isinstance(order, Move) and order.last_day:
        values["last_day"] = order.last_day.isoformat()
    return {"kind": NAMES[type(order)], **values}


def order_of(document: Mapping[str, Any] | None) -> Order | None:
    """The order that was stored."""
    if document is None:
        return None
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in document.items()}
    kind = KINDS[values.pop("kind")]
    if values.get("last_day"):
        values["last_day"] = date.fromisoformat(values["last_day"])
    return kind(**values)
