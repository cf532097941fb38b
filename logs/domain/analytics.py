"""What entries of the logs come to."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

DECIMALS = Decimal("0.000001")
# As many digits as totals may have, and then some.
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class TypeTotals:
    """Transactions of one account, type and currency, each counted once with what its latest entry says.

    `odd` are those whose amount is no number; they are in the count and not in the total. "" stands for a type or
    a currency that is missing or no text.
    """

    user_id: str
    type: str
    currency: str
    count: int
    total: Decimal
    odd: int

    @property
    def average(self) -> Decimal | None:
        """Of the amounts that are numbers, to six decimals; None where there is none."""
        amounts = self.count - self.odd
        if not amounts:
            return None
        exact = _EXACT.divide(self.total, Decimal(amounts))
        return _EXACT.normalize(_EXACT.quantize(exact, DECIMALS)) if abs(exact) < Decimal("1E+50") else exact


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """Entries of one agent with one status; the average of their durations in milliseconds, None without any.

    `odd` are those whose duration is there and no number.
    """

    agent_id: str
    status: str
    count: int
    average_duration: float | None
    odd: int


@dataclass(frozen=True, slots=True)
class ActionCount:
    """Entries of the audit trail that tell of one action."""

    action: str
    count: int
