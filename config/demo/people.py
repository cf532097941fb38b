"""Who works with the demo's contracts: the demo users, some colleagues, and what runs by itself."""

from random import Random

from config.demo import words
from users.actor import Actor
from users.demo import DEMO_USERS

COLLEAGUES = {"j.moreau": "Jules Moreau", "s.ito": "Sana Ito", "p.nair": "Priya Nair"}
NAMES = {
    name: f"{given} {family}" for name, (given, family, _) in DEMO_USERS.items() if name != "viewer"
} | COLLEAGUES
# How often each of them has an account, in this order.
SHARES = (40, 15, 18, 15, 12)
NIGHTLY = Actor(id="daily", name="Daily job", via="job")


def manager(rng: Random) -> str:
    """The username of somebody who looks after an account."""
    return rng.choices(tuple(NAMES), SHARES)[0]


def actor(username: str, rng: Random, via: str = "form") -> Actor:
    """The person at a desk: each has an address and a browser."""
    seat = sorted(NAMES).index(username)
    return Actor(
        id=username,
        name=NAMES[username],
        via=via,
        ip_address=f"198.51.100.{20 + seat}",
        user_agent=words.USER_AGENTS[seat % len(words.USER_AGENTS)],
        request_id=f"{rng.getrandbits(64):016x}",
    )
