"""The three roles as Django groups, and `is_staff`, which follows the Administrator role."""

from typing import Any

from django.apps.registry import Apps
from django.contrib.auth.models import Group, User
from django.db.models import Q
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver

from users.access import ADMINISTRATOR, ROLES

MANAGED_MODELS = ("user", "group")


def make_roles(apps: Apps, using: str = "default") -> None:
    """Make the groups that are missing, and give administrators Django's permissions on users and groups."""
    groups = apps.get_model("auth", "Group").objects.using(using)
    for name in ROLES:
        groups.get_or_create(name=name)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    managing = permissions.filter(content_type__app_label="auth", content_type__model__in=MANAGED_MODELS)
    groups.get(name=ADMINISTRATOR).permissions.set(managing)


def sync_staff() -> None:
    """Let `is_staff` be true for administrators and superusers alone. Users are few, so all are looked at."""
    entitled = Q(is_superuser=True) | Q(groups__name=ADMINISTRATOR)
    User.objects.filter(entitled, is_staff=False).update(is_staff=True)
    User.objects.filter(is_staff=True).exclude(entitled).update(is_staff=False)


@receiver(m2m_changed, sender=User.groups.through)
def memberships_changed(action: str, **_: Any) -> None:
    if action.startswith("post_"):
        sync_staff()


@receiver(post_save, sender=User)
def user_saved(update_fields: frozenset[str] | None, **_: Any) -> None:
    # A sign-in saves last_login alone, which changes nothing here.
    if update_fields is None or update_fields & {"is_staff", "is_superuser"}:
        sync_staff()


@receiver([post_save, post_delete], sender=Group)
def group_changed(**_: Any) -> None:
    # A group that is renamed or deleted takes its role, and with it is_staff, from the members.
    sync_staff()
