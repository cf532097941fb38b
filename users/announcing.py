"""What administrators do to users in Django's admin is announced, so that others can record it."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from users.signals import user_administered


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
        fields = [label for part in message for label in part["changed"]["fields"]]
        if fields:
            _announce(request, "user.changed", obj, {"fields": fields})
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[User]) -> Any:
        for user in queryset:
            _announce(request, "user.deleted", user, {"roles": role_names(user)})
        return super().log_deletions(request, queryset)


def role_names(user: User) -> list[str]:
    return sorted(group.name for group in user.groups.all())


def _announce(request: HttpRequest, action: str, user: User, details: dict[str, Any]) -> None:
    # Once the change is stored: listeners may be slow, and SQLite lets one writer in at a time.
    announcement = partial(
        user_administered.send,
        sender=User,
        request=request,
        action=action,
        username=user.get_username(),
        details=details,
    )
    transaction.on_commit(announcement)
