"""The demo users of this installation, and what a database of somebody's own makes of them."""

from dataclasses import dataclass

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import User

from config import environment as env
from users.demo import DEMO_USERS, make_demo_users


@dataclass(frozen=True, slots=True)
class People:
    """Usernames: who can sign in with the demo's password, and who was there before and was left alone."""

    welcome: list[str]
    left: list[str]


def make_people(password: str) -> People:
    """Make the demo users that are missing.

    Present ones get the password in the SQLite file of this checkout alone: where DATABASE_URL names a database,
    a user called admin may be somebody.
    """
    is_local = not env.text("DATABASE_URL")
    present = User.objects.filter(username__in=DEMO_USERS).order_by("username")
    left = [] if is_local else list(present.values_list("username", flat=True))
    users = make_demo_users(password, even_weak=True, reset=is_local)
    # The user's own check_password would write the password anew where the hasher has changed since.
    welcome = [user.username for user in users if user.is_active and check_password(password, user.password)]
    return People(welcome, left)
