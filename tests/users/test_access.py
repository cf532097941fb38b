"""What each role may do."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from users.access import (
    ACCOUNT_MANAGER,
    ADMINISTRATOR,
    ROLES,
    VIEWER,
    can,
    requires,
    rights_of,
    usernames_of_managers,
)

SEEING = {"contracts.see"}
MANAGING = SEEING | {"contracts.change", "contracts.export", "logs.of_account"}
ALL = MANAGING | {"contracts.delete", "logs.see", "audit.see", "system.see", "tokens.manage", "users.manage"}

pytestmark = pytest.mark.django_db


def user_in(*roles: str) -> User:
    user = User.objects.create_user("someone")
    user.groups.add(*Group.objects.filter(name__in=roles))
    return user


@pytest.mark.parametrize(("role", "rights"), [(VIEWER, SEEING), (ACCOUNT_MANAGER, MANAGING), (ADMINISTRATOR, ALL)])
def test_a_role_has_exactly_the_rights_of_the_table(role: str, rights: set[str]) -> None:
    assert rights_of(user_in(role)) == rights


def test_the_table_knows_no_other_role_and_no_other_right() -> None:
    assert set(ROLES) == {VIEWER, ACCOUNT_MANAGER, ADMINISTRATOR}
    assert set().union(*ROLES.values()) == ALL


def test_rights_of_several_roles_add_up() -> None:
    assert rights_of(user_in(VIEWER, ACCOUNT_MANAGER)) == MANAGING


def test_a_user_without_a_role_may_nothing() -> None:
    assert rights_of(user_in()) == frozenset()


def test_a_group_that_is_no_role_gives_nothing() -> None:
    user = user_in()
    user.groups.add(Group.objects.create(name="Friends"))
    assert rights_of(user) == frozenset()


def test_a_superuser_may_everything() -> None:
    assert rights_of(User.objects.create_superuser("root")) == ALL


def test_nobody_who_is_inactive_may_anything() -> None:
    assert rights_of(User(username="gone", is_superuser=True, is_active=False)) == frozenset()


def test_nobody_who_is_not_signed_in_may_anything() -> None:
    assert not can(AnonymousUser(), "contracts.see")


def test_asking_for_rights_twice_asks_the_database_once(django_assert_num_queries: object) -> None:
    user = user_in(VIEWER)
    with django_assert_num_queries(1):
        assert can(user, "contracts.see")
        assert not can(user, "contracts.change")


def test_a_view_is_not_entered_without_the_right() -> None:
    entered = []

    @requires("contracts.delete")
    def delete(request: HttpRequest) -> HttpResponse:
        entered.append(request)
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user = user_in(ACCOUNT_MANAGER)
    with pytest.raises(PermissionDenied):
        delete(request)
    assert entered == []


def test_a_view_is_entered_with_the_right() -> None:
    request = RequestFactory().get("/")
    request.user = user_in(ADMINISTRATOR)
    view = requires("contracts.delete")(lambda request: HttpResponse("in"))
    assert view(request).content == b"in"


def test_who_may_change_contracts_may_look_after_them() -> None:
    people = {"viewer": [VIEWER], "maya": [ACCOUNT_MANAGER], "ada": [ADMINISTRATOR, ACCOUNT_MANAGER]}
    for name, roles in people.items():
        User.objects.create_user(name).groups.add(*Group.objects.filter(name__in=roles))
    User.objects.create_superuser("root")
    User.objects.create_superuser("gone", is_active=False)
    assert usernames_of_managers() == ["ada", "maya", "root"]
