"""What people did in the demo besides changing contracts: they signed in, some in vain, exported, looked around."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from config.demo import people
from config.demo.chance import draws
from users.actor import Actor

DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One entry of the audit trail to be."""

    at: datetime
    actor: Actor
    action: str
    entity: tuple[str, str]
    details: Mapping[str, Any] = field(default_factory=dict)


def deeds(days: int, today: date, seed: int) -> list[Deed]:
    """All deeds of so many days before today, in the order of time."""
    found: list[Deed] = []
    for ago in range(days, 0, -1):
        day = today - timedelta(days=ago)
        rng = draws(seed, "audit", day)
        for name in people.NAMES:
            if day.weekday() < 5 and rng.random() < 0.75:
                found += _day_of(name, day, rng)
        if rng.random() < 0.05:
            found += _stranger(day, rng)
    return sorted(found, key=lambda deed: deed.at)


def _day_of(name: str, day: date, rng: Random) -> Iterator[Deed]:
    """A person's working day: in, now and then at the second attempt, perhaps an export, and mostly out again."""
    who, me = people.actor(name, rng), ("user", name)
    start = datetime.combine(day, time(rng.randint(7, 9), rng.randrange(60), rng.randrange(60)), UTC)
    if rng.random() < 0.1:
        nobody = replace(who, id="anonymous", name="Not signed in")
        at = start - timedelta(seconds=rng.randint(8, 40))
        yield Deed(at=at, actor=nobody, action="user.sign_in_failed", entity=me, details={"username": name})
    yield Deed(at=start, actor=who, action="user.signed_in", entity=me)
    if rng.random() < 0.08:
        at = start + timedelta(minutes=rng.randint(10, 300))
        kind = rng.choice(("csv", "ndjson"))
        details = {"what": "contracts", "format": kind}
        entity = ("export", f"contracts.{kind}")
        yield Deed(at=at, actor=who, action="export.downloaded", entity=entity, details=details)
    if name == "admin" and rng.random() < 0.2:
        at = start + timedelta(minutes=rng.randint(10, 300))
        yield Deed(at=at, actor=who, action="audit.viewed", entity=("log", "audit"))
    if rng.random() < 0.6:
        at = start + timedelta(hours=rng.randint(6, 9), minutes=rng.randrange(60))
        yield Deed(at=at, actor=who, action="user.signed_out", entity=me)


def _stranger(day: date, rng: Random) -> Iterator[Deed]:
    """Somebody at night who tries names."""
    address = f"203.0.113.{rng.randrange(1, 255)}"
    nobody = Actor(id="anonymous", name="Not signed in", via="form", ip_address=address, user_agent="curl/8.11.0")
    start = datetime.combine(day, time(rng.randint(0, 4), rng.randrange(60)), UTC)
    for number, name in enumerate(rng.sample(("root", "administrator", "admin", "test", "manager"), 3)):
        at = start + timedelta(seconds=4 * number)
        details = {"username": name}
        yield Deed(at=at, actor=nobody, action="user.sign_in_failed", entity=("user", name), details=details)
