"""What the calendar asks of a contract, and what the contract would be after it: nothing is written here."""

from dataclasses import dataclass
from datetime import date

from contracts import previewing
from contracts.domain import lifecycle
from contracts.domain.lifecycle import EXPIRE, RENEW, WAIT
from contracts.domain.model import Contract

# A renewal, and the notice window of the new term: no contract needs more in a day.
MOST_STEPS = 2


@dataclass(frozen=True, slots=True)
class Step:
    """What the calendar asks, WAIT, RENEW or EXPIRE, why, and the contract after it."""

    what: str
    reason: str
    after: Contract

    @property
    def words(self) -> str:
        """What has become of the contract."""
        if self.what == RENEW:
            return f"renewed until {self.after.end_date}"
        return "expired" if self.what == EXPIRE else "pending renewal"


def next_step(contract: Contract, today: date, *, is_renewed: bool = False) -> Step | None:
    """What the calendar asks of the contract next; never a second renewal. Raises ContractInvalid."""
    what = lifecycle.due(contract, today)
    if what is None or (what == RENEW and is_renewed):
        return None
    wanted = previewing.renewed(contract, today) if what == RENEW else previewing.moved(contract, what)
    reason = _reason(what, contract)
    return Step(what, reason, previewing.edited(contract, wanted, today, reason))


def _reason(what: str, contract: Contract) -> str:
    if what == WAIT:
        return f"The notice window opened on {lifecycle.notice_date(contract)}"
    passed = f"The last day, {contract.end_date}, has passed"
    return f"{passed}, and the contract renews by itself" if what == RENEW else passed
