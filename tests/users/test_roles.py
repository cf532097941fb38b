"""The three groups, and `is_staff`, which follows the Administrator role."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.management import call_command

from users.access import ACCOUNT_MANAGER, ADMINISTRATOR, ROLES, VIEWER
from users.roles import make_roles

pytestmark = pytest.mark.django_db

MANAGING = {f"{verb}_{model}" for verb in ("add", "change", "delete", "view") for model in ("user", "group")}


@pytest.fixture
def user() -> User:
    return User.objects.create_user("someone")


@pytest.fixture
def administrators() -> Group:
    return Group.objects.get(name=ADMINISTRATOR)


def is_staff(user: User) -> bool:
    return User.objects.get(pk=user.pk).is_staff


def test_the_migration_has_made_the_three_groups() -> None:
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_administrators_alone_have_djangos_permissions_on_users_and_groups(administrators: Group) -> None:
    assert set(administrators.permissions.values_list("codename", flat=True)) == MANAGING
    assert not Group.objects.filter(name__in=[VIEWER, ACCOUNT_MANAGER], permissions__isnull=False).exists()


def test_a_group_that_was_lost_is_made_again(administrators: Group) -> None:
    administrators.delete()
    make_roles(apps)
    make_roles(apps)
    assert Group.objects.get(name=ADMINISTRATOR).permissions.count() == len(MANAGING)


@pytest.mark.django_db(transaction=True)
def test_the_migration_can_be_taken_back_and_made_again() -> None:
    call_command("migrate", "users", "zero", verbosity=0)
    assert not Group.objects.filter(name__in=ROLES).exists()
    call_command("migrate", "users", verbosity=0)
    assert Group.objects.get(name=ADMINISTRATOR).permissions.count() == len(MANAGING)


def test_an_administrator_is_staff_and_no_longer_when_the_role_is_taken(user: User, administrators: Group) -> None:
    user.groups.add(administrators)
    assert is_staff(user)
    user.groups.remove(administrators)
    assert not is_staff(user)


def test_it_works_from_the_groups_side(user: User, administrators: Group) -> None:
    administrators.user_set.set([user])
    assert is_staff(user)
    administrators.user_set.clear()
    assert not is_staff(user)


def test_clearing_a_users_groups_takes_it(user: User, administrators: Group) -> None:
    user.groups.set([administrators])
    user.groups.clear()
    assert not is_staff(user)


def test_other_roles_do_not_give_it(user: User) -> None:
    user.groups.set(Group.objects.exclude(name=ADMINISTRATOR))
    assert not is_staff(user)


def test_a_group_that_is_deleted_takes_it(user: User, administrators: Group) -> None:
    user.groups.add(administrators)
    administrators.delete()
    assert not is_staff(user)


def test_a_group_that_is_renamed_takes_it(user: User, administrators: Group) -> None:
    user.groups.add(administrators)
    administrators.name = "Former administrators"
    administrators.save()
    assert not is_staff(user)


def test_a_superuser_stays_staff_without_any_role(administrators: Group) -> None:
    root = User.objects.create_superuser("root")
    root.groups.set([administrators])
    root.groups.clear()
    assert is_staff(root)


def test_who_is_no_longer_a_superuser_is_no_longer_staff() -> None:
    root = User.objects.create_superuser("root")
    root.is_superuser = False
    root.save()
    assert not is_staff(root)


def test_nobody_is_made_staff_by_hand(user: User) -> None:
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    assert not is_staff(user)


def test_a_copy_read_before_does_not_take_the_role_back(user: User, administrators: Group) -> None:
    user.groups.add(administrators)
    user.first_name = "Ada"
    user.save()
    assert is_staff(user)
