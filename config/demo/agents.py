"""Three months of runs of the demo's agents: what they were asked, what they answered, what failed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from config.demo import people
from config.demo.chance import draws

Entry = dict[str, Any]

DAYS = 90
RUNS_A_DAY = 31
WEEKEND = 0.25


@dataclass(frozen=True, slots=True)
class Agent:
    """`milliseconds` is how long a run takes in the middle of all runs, `failing` the share that fails."""

    id: str
    name: str
    actions: tuple[str, ...]
    milliseconds: int
    failing: float
    share: int


AGENTS = (
    Agent("agent_reconciler", "Reconciler", ("match_settlement", "explain_difference"), 2_400, 0.05, 34),
    Agent("agent_limit_watch", "Limit watch", ("check_limit", "draft_warning"), 650, 0.01, 28),
    Agent("agent_reader", "Contract reader", ("summarise_contract", "extract_terms"), 5_200, 0.07, 18),
    Agent("agent_disputes", "Dispute desk", ("triage_dispute", "draft_reply"), 3_800, 0.10, 13),
    Agent("agent_fees", "Fee adviser", ("propose_tiers", "simulate_invoice"), 7_500, 0.16, 7),
)
ERRORS = (
    "The model did not answer within 30 s.",
    "503 from the settlement service.",
    "The input has more tokens than the model takes.",
    "No settlement file for this day.",
    "The answer was no valid JSON after 3 attempts.",
)
PRAISE = ("Correct and short.", "Found the missing transfer.", "Good tone.", "")
BLAME = ("Took the wrong month.", "Made up a clause.", "Ignored the notice period.", "Too long to be of use.")


def entries(accounts: Sequence[str], today: date, seed: int, scale: float) -> Iterator[list[Entry]]:
    """The entries of each day, in the order of time; `accounts` are the ids that the runs are about."""
    for ago in range(DAYS, 0, -1):
        day = today - timedelta(days=ago)
        rng = draws(seed, "agents", day)
        weight = WEEKEND if day.weekday() > 4 else 1.0
        count = round(RUNS_A_DAY * scale * weight * rng.uniform(0.7, 1.3))
        found = [entry for _ in range(count) for entry in _run(accounts, day, rng)]
        yield sorted(found, key=lambda entry: entry["timestamp"])


def _run(accounts: Sequence[str], day: date, rng: Random) -> Iterator[Entry]:
    """The start of a run and its end, which some lack."""
    agent = rng.choices(AGENTS, [agent.share for agent in AGENTS])[0]
    action = rng.choice(agent.actions)
    started = datetime.combine(day, time(), UTC) + timedelta(milliseconds=round(rng.triangular(5, 22, 11) * 3.6e6))
    question, answer = _talk(action, rng.choice(accounts), day, rng)
    common: Entry = {"agentId": agent.id, "agentName": agent.name, "action": action, "input": question}
    # One in twelve is written by an agent that does not join its entries.
    if rng.random() > 1 / 12:
        common["runId"] = f"run_{rng.getrandbits(48):012x}"
    yield {**common, "status": "started", "timestamp": started, "createdAt": started}
    if rng.random() < 0.015:
        return
    duration = max(round(agent.milliseconds * rng.lognormvariate(0, 0.55)), 40)
    ended = started + timedelta(milliseconds=duration)
    end: Entry = {**common, "duration": duration, "timestamp": ended, "createdAt": ended}
    if rng.random() < agent.failing:
        yield {**end, "status": "failed", "error": rng.choice(ERRORS)}
    else:
        yield {**end, "status": "completed", "output": answer, **_label(ended, rng)}


def _label(ended: datetime, rng: Random) -> Entry:
    if rng.random() > 0.09:
        return {}
    is_good = rng.random() < 0.7
    return {
        "label": {
            "value": "good" if is_good else "bad",
            "by": people.manager(rng),
            "at": ended + timedelta(minutes=rng.randint(5, 90)),
            "note": rng.choice(PRAISE if is_good else BLAME),
        }
    }


def _talk(action: str, account: str, day: date, rng: Random) -> tuple[Entry, Any]:
    """What an agent is asked and what it answers."""
    month, percent, count = f"{day:%Y-%m}", rng.randint(8, 118), rng.randint(1, 60)
    answers: dict[str, tuple[Entry, Any]] = {
        "match_settlement": ({"day": str(day)}, {"matched": count, "unmatched": rng.choice((0, 0, 0, 1, 2))}),
        "explain_difference": (
            {"difference": f"{rng.uniform(1, 900):.2f}"},
            "The transfer was booked twice and reversed on the next day.",
        ),
        "check_limit": ({"month": month}, {"used_percent": percent, "over": percent > 100}),
        "draft_warning": (
            {"month": month, "used_percent": percent},
            f"You have used {percent} % of this month’s trades. Shall we look at a larger plan together?",
        ),
        "summarise_contract": (
            {"question": "What matters before the next renewal?"},
            f"The contract renews unless notice is given in {rng.randint(3, 60)} days. Prices are tiered.",
        ),
        "extract_terms": ({"document": f"amendment-{count}.pdf"}, {"notice_days": 30, "auto_renewal": True}),
        "triage_dispute": (
            {"case": f"D-{rng.randrange(1000, 9999)}", "text": "We do not know this withdrawal."},
            {"queue": rng.choice(("fraud", "operations", "billing")), "urgent": percent > 90},
        ),
        "draft_reply": (
            {"case": f"D-{rng.randrange(1000, 9999)}"},
            "Thank you for telling us. We have stopped the transaction and will answer within two working days.",
        ),
        "propose_tiers": ({"month": month, "trades": count}, {"bounds": [count, count * 3], "saves": count % 9}),
        "simulate_invoice": ({"month": month}, {"total": f"{rng.uniform(90, 2_400):.2f}"}),
    }
    question, answer = answers[action]
    return {"account": account, **question}, answer
