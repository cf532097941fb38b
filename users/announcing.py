"""What administrators do to users and roles in Django's admin is announced, so that others can record it."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from users.actor import actor_of
from users.signals import user_administered

# What of a user is told before and after; the name of a field tells enough of the others.
TOLD = ("is_active", "is_superuser", "first_name", "last_name", "email")


class AnnouncingAdmin(admin.ModelAdmin):
    """Sends `user_administered` beside each entry of the admin's own log; fields by name, never a password."""

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: Any, change: bool) -> None:
        before = role_names(form.instance)
        super().save_related(request, form, formsets, change)
        after = role_names(form.instance)
        if change and before != after:
            _announce(request, "user.role_changed", form.instance, {"before": before, "after": after})

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> Any:
        _announce(request, "user.created", obj, {"roles": role_names(obj)})
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        changed = [part["changed"] for part in message]
        if fields := [label for part in changed for label in part["fields"]]:
            values = [change for part in changed for change in part.get("values", [])]
            _announce(request, "user.changed", obj, {"fields": fields} | ({"changes": values} if values else {}))
        return super().log_change(request, obj, message)

    def construct_change_message(self, request: HttpRequest, form: forms.ModelForm, *rest: Any) -> list[Any]:
        """The admin's own, and the values of some fields before and after."""
        message = super().construct_change_message(request, form, *rest)
        values = [
            {"path": name, "before": form.initial.get(name), "after": form.cleaned_data[name]}
            for name in TOLD
            if name in form.changed_data
        ]
        if values and message and "changed" in message[0]:
            message[0]["changed"]["values"] = values
        return message

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[User]) -> Any:
        for user in queryset:
            _announce(request, "user.deleted", user, {"roles": role_names(user)})
        return super().log_deletions(request, queryset)


class AnnouncingRoleAdmin(admin.ModelAdmin):
    """Sends `user_administered` where a role is deleted; roles are neither made nor changed here."""

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Group]) -> Any:
        for group in queryset:
            _announce(request, "role.deleted", group, {"users": sorted(u.username for u in group.user_set.all())})
        return super().log_deletions(request, queryset)


def role_names(user: User) -> list[str]:
    return sorted(group.name for group in user.groups.all())


def _announce(request: HttpRequest, action: str, what: User | Group, details: dict[str, Any]) -> None:
    # Once the change is stored: listeners may be slow, and SQLite lets one writer in at a time.
    announcement = partial(
        user_administered.send,
        sender=type(what),
        actor=actor_of(request),
        action=action,
        name=str(what),
        details=details,
    )
    transaction.on_commit(announcement)
