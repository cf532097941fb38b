"""Who can be written to: active people who may see contracts and have an address."""

import pytest
from django.contrib.auth.models import User

from users import people
from users.people import Person

pytestmark = pytest.mark.django_db


def test_a_person_is_called_by_the_full_name(manager):
    User.objects.filter(pk=manager.pk).update(email="maya@example.com", first_name="Maya", last_name="Lindqvist")
    found, others = people.reachable({"manager"})
    assert (found, others) == ({"manager": Person("manager", "Maya Lindqvist", "maya@example.com")}, {})


@pytest.mark.parametrize(
    ("username", "why"),
    [
        ("nobody", "is no user's name"),
        ("away", "is switched off"),
        ("roleless", "may not see contracts"),
        ("silent", "has no usable e-mail address"),
        ("odd", "has no usable e-mail address"),
    ],
)
def test_it_says_why_somebody_cannot_be_written_to(username, why):
    User.objects.create_superuser("away", "away@example.com", is_active=False)
    User.objects.create_user("roleless", "roleless@example.com")
    User.objects.create_superuser("silent")
    User.objects.create_superuser("odd", "odd@example.com\nBcc: all@example.com")
    assert people.reachable({username}) == ({}, {username: why})


def test_administrators_are_superusers_and_those_with_the_role(admin_user, manager, viewer):
    User.objects.update(email="someone@example.com", is_superuser=False)
    User.objects.create_superuser("root", "root@example.com")
    assert [person.username for person in people.administrators()] == ["admin", "root"]


def test_a_superuser_with_the_role_is_one_administrator(admin_user):
    User.objects.update(email="boss@example.com", is_superuser=True)
    assert [person.username for person in people.administrators()] == ["admin"]


def test_an_administrator_without_an_address_or_switched_off_is_none(admin_user):
    assert people.administrators() == []
    User.objects.update(email="boss@example.com", is_active=False)
    assert people.administrators() == []
