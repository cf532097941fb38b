"""Three users to look around with."""

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from tests.conftest import PASSWORD
from users.access import ACCOUNT_MANAGER, ADMINISTRATOR, VIEWER
from users.demo import make_demo_users
from users.people import reachable

pytestmark = pytest.mark.django_db


def test_there_is_one_user_for_each_role() -> None:
    roles = {user.username: user.groups.get().name for user in make_demo_users(PASSWORD)}
    assert roles == {"manager": ACCOUNT_MANAGER, "admin": ADMINISTRATOR, "viewer": VIEWER}


def test_the_administrator_alone_is_staff() -> None:
    assert [user.username for user in make_demo_users(PASSWORD) if user.is_staff] == ["admin"]


def test_all_have_the_password_and_a_name() -> None:
    users = make_demo_users(PASSWORD)
    assert all(user.check_password(PASSWORD) for user in users)
    assert [user.get_full_name() for user in users] == ["Maya Lindqvist", "Ada Okafor", "Victor Hale"]


def test_all_can_be_written_to_at_an_address_that_is_nobodys() -> None:
    make_demo_users(PASSWORD)
    people, obstacles = reachable(["manager", "admin", "viewer"])
    assert ([person.email for person in people.values()], obstacles) == (
        ["manager@example.com", "admin@example.com", "viewer@example.com"],
        {},
    )


def test_a_reset_gives_an_address_to_those_without_one_alone() -> None:
    make_demo_users(PASSWORD)
    User.objects.filter(username="manager").update(email="")
    User.objects.filter(username="admin").update(email="ada@own.example")
    users = make_demo_users(PASSWORD, reset=True)
    assert [user.email for user in users] == ["manager@example.com", "ada@own.example", "viewer@example.com"]


def test_a_second_call_writes_no_password_anew() -> None:
    before = [user.password for user in make_demo_users(PASSWORD)]
    assert [user.password for user in make_demo_users(PASSWORD, reset=True)] == before


def test_present_users_are_left_alone() -> None:
    User.objects.create_user("admin", password="somebody's own phrase")
    before = User.objects.values().get(username="admin")
    make_demo_users(PASSWORD)
    assert User.objects.values().get(username="admin") == before


def test_a_reset_sets_another_password_and_touches_nothing_else() -> None:
    make_demo_users(PASSWORD)
    viewer = User.objects.get(username="viewer")
    viewer.groups.clear()
    User.objects.filter(pk=viewer.pk).update(first_name="Vic", is_active=False)
    make_demo_users("a different phrase", reset=True)
    viewer.refresh_from_db()
    assert viewer.check_password("a different phrase")
    assert (viewer.first_name, viewer.is_active, viewer.groups.exists()) == ("Vic", False, False)


def test_a_password_that_no_user_could_choose_is_refused_before_anything_is_made() -> None:
    with pytest.raises(ValidationError, match="at least 15 characters"):
        make_demo_users("short")
    assert not User.objects.exists()
