"""Three users to look around with, one for each role."""

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from users.access import ACCOUNT_MANAGER, ADMINISTRATOR, VIEWER
from users.roles import make_roles

# The domain is reserved for examples, so that no mail to these people reaches anybody.
MAIL_DOMAIN = "example.com"
# Username → first name, last name, role.
DEMO_USERS = {
    "manager": ("Maya", "Lindqvist", ACCOUNT_MANAGER),
    "admin": ("Ada", "Okafor", ADMINISTRATOR),
    "viewer": ("Victor", "Hale", VIEWER),
}


@transaction.atomic
def make_demo_users(password: str, *, even_weak: bool = False, reset: bool = False) -> list[User]:
    """Make those that are missing, with this password. Present users of these names are left as they are.

    With `reset` present ones get the password as well, and an address where they have none; nothing else of them is
    touched. Raises ValidationError
    where the password is not one that a user could choose, unless it may be `even_weak`.
    """
    if not even_weak:
        validate_password(password)
    make_roles(apps)
    return [_make(username, password, reset=reset) for username in DEMO_USERS]


def _make(username: str, password: str, *, reset: bool) -> User:
    first_name, last_name, role = DEMO_USERS[username]
    terms = {"first_name": first_name, "last_name": last_name, "email": f"{username}@{MAIL_DOMAIN}"}
    user, is_new = User.objects.get_or_create(username=username, defaults=terms)
    if is_new:
        user.groups.add(Group.objects.get(name=role))
    if is_new or (reset and not user.check_password(password)):
        user.set_password(password)
        user.save(update_fields=["password"])
    if reset and not user.email:
        user.email = terms["email"]
        user.save(update_fields=["email"])
    user.refresh_from_db()
    return user
