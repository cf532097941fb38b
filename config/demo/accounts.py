"""The demo's accounts: what each agreed at first, how its contract stands today, and how much it trades."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from config.demo import people, terms, words
from config.demo.chance import draws
from contracts.domain.lifecycle import add_months
from contracts.domain.model import BillingContact, Contract, PrimaryContact

ACCOUNTS, FEWEST = 160, 8
# How the contracts of every twenty accounts stand today.
STANDING = (
    "running ending running pending running draft running open running expired "
    "running running pending running ending draft running cancelled running open"
).split()
# Some that the daily job has not seen yet: the notice date, or even the last day, has passed.
UNSEEN = {6: "late", 26: "overdue", 46: "late", 66: "overdue"}
# Days from today to the last day of the current term, least and most.
AHEAD = {
    "ending": (32, 90),
    "pending": (2, 28),
    "late": (5, 25),
    "overdue": (-3, -1),
    "expired": (-60, -2),
    "cancelled": (20, 100),
}
# How much every sixteen accounts trade, and the least and most trades a month that this means.
USE = "near small quiet steady small none small over small quiet steady small quiet small none quiet".split()
TRADES = {"small": (2.0, 6.0), "quiet": (0.6, 1.6), "none": (0.0, 0.0)}
# Those who agreed to a small limit trade so much of it.
SHARES = {"steady": (0.25, 0.65), "near": (0.82, 0.94), "over": (1.03, 1.25)}
CURRENCIES = ("USD",) * 21 + ("EUR",) * 4 + ("GBP",) * 3 + ("JPY",) * 2
TYPES = ("basic",) * 7 + ("professional",) * 8 + ("enterprise",) * 3 + ("custom",) * 4
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`draft` is the contract as it was first written down; `ends` are the last days of its terms, in order.

    `trades` is about how many trades it completes in a month, of late.
    """

    standing: str
    draft: Contract
    ends: tuple[date, ...]
    trades: float

    @property
    def id(self) -> str:
        return self.draft.account_id

    @property
    def start(self) -> date:
        assert self.draft.start_date is not None
        return self.draft.start_date

    @property
    def end(self) -> date | None:
        return self.ends[-1] if self.ends else None


def accounts(seed: int, today: date, scale: float) -> list[Account]:
    """All accounts of a demo, the same for the same arguments."""
    return [_account(number, seed, today) for number in range(max(FEWEST, round(ACCOUNTS * scale)))]


def _account(number: int, seed: int, today: date) -> Account:
    rng = draws(seed, "account", number)
    standing = UNSEEN.get(number) or STANDING[number % len(STANDING)]
    use = USE[number % len(USE)]
    months, start, ends = _terms(standing, today, rng)
    code, plan = rng.choice(CURRENCIES), rng.choice(TYPES)
    agreed = terms.agreed(plan, code, is_small=use in SHARES, rng=rng)
    draft = replace(
        _with_parties(agreed, number, rng),
        account_id=_account_id(number, seed),
        start_date=start,
        end_date=ends[0] if ends else None,
        renewal_term_months=months,
        auto_renewal=standing == "overdue" or (standing in ("running", "ending", "pending") and rng.random() < 0.6),
    )
    return Account(standing=standing, draft=draft, ends=ends, trades=_trades(use, draft, rng))


def _account_id(number: int, seed: int) -> str:
    """Looks like chance, and is another one for each number."""
    first = draws(seed, "ids").getrandbits(24)
    return f"acct_{(first + number * 0x9E3779) % 2**24:06x}"


def _terms(standing: str, today: date, rng: Random) -> tuple[int, date, tuple[date, ...]]:
    """The months of a term, the first day, and the last days of the terms up to the current one."""
    if standing == "open":
        return 12, today - timedelta(days=rng.randint(60, 900)), ()
    months = rng.choice((12, 12, 12, 12, 24, 36, 6))
    if standing == "draft":
        start, count = today + timedelta(days=rng.randint(3, 40)), 1
    else:
        least, most = AHEAD.get(standing, (95, 30 * months - 40))
        count = rng.choice((1, 1, 2, 3)) if months <= 12 else 1
        start = add_months(today + timedelta(days=rng.randint(least, most)) + ONE_DAY, -months * count)
    return months, start, tuple(add_months(start, months * (n + 1)) - ONE_DAY for n in range(count))


def _with_parties(agreed: Contract, number: int, rng: Random) -> Contract:
    name = words.company(number, agreed.currency, rng)
    contact, desk = words.person(rng), rng.choice(words.BILLERS)
    return replace(
        agreed,
        account_name=name,
        account_manager=people.manager(rng),
        primary_contact=PrimaryContact(
            name=contact, email=words.email(contact, name), phone=words.phone(rng), role=rng.choice(words.ROLES)
        ),
        billing_contact=BillingContact(name=desk, email=words.email(desk, name), phone=words.phone(rng)),
        tags=tuple(sorted(rng.sample(words.TAGS, rng.choice((0, 1, 1, 2))))),
        notes=agreed.notes or (rng.choice(words.NOTES) if rng.random() < 0.5 else ""),
    )


def _trades(use: str, draft: Contract, rng: Random) -> float:
    if use in SHARES:
        return rng.uniform(*SHARES[use]) * (draft.usage_limits.max_monthly_trades or 0)
    return rng.uniform(*TRADES[use])
