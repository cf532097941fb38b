"""Who can be written to, and why somebody cannot."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q

from users.access import ADMINISTRATOR, can


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a usable e-mail address; `name` is the full one, else the username."""

    username: str
    name: str
    email: str


def reachable(usernames: Collection[str]) -> tuple[dict[str, Person], dict[str, str]]:
    """The people of these usernames who may see contracts and can be written to, and why the others cannot.

    Both by username. Users are few, so all are looked at.
    """
    known = {user.username: user for user in User.objects.all() if user.username in usernames}
    obstacles = {name: _obstacle(known.get(name)) for name in usernames}
    people = {name: _person(known[name]) for name, obstacle in obstacles.items() if not obstacle}
    return people, {name: obstacle for name, obstacle in obstacles.items() if obstacle}


def administrators() -> list[Person]:
    """Active administrators, superusers among them, with a usable e-mail address, by username."""
    are = Q(is_superuser=True) | Q(groups__name=ADMINISTRATOR)
    found = User.objects.filter(are, is_active=True).distinct().order_by("username")
    return [_person(user) for user in found if _is_address(user.email)]


def _person(user: User) -> Person:
    return Person(user.username, user.get_full_name() or user.username, user.email)


def _obstacle(user: User | None) -> str:
    if user is None:
        return "is no user's name"
    if not user.is_active:
        return "is switched off"
    if not can(user, "contracts.see"):
        return "may not see contracts"
    return "" if _is_address(user.email) else "has no usable e-mail address"


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
