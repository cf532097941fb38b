"""The three roles and what each may do, decided before any data is fetched."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

VIEWER = "Viewer"
ACCOUNT_MANAGER = "Account manager"
ADMINISTRATOR = "Administrator"

_VIEWER = frozenset({"contracts.see"})
_ACCOUNT_MANAGER = _VIEWER | {"contracts.change", "contracts.export", "logs.of_account"}
_ADMINISTRATOR = _ACCOUNT_MANAGER | {
    "contracts.delete",
    "logs.see",
    "audit.see",
    "system.see",
    "tokens.manage",
    "users.manage",
}

# Role → rights, weakest first; docs/operations.md tells in words what the pages ask for.
ROLES: dict[str, frozenset[str]] = {
    VIEWER: _VIEWER,
    ACCOUNT_MANAGER: _ACCOUNT_MANAGER,
    ADMINISTRATOR: _ADMINISTRATOR,
}


def rights_of(user: AbstractBaseUser) -> frozenset[str]:
    """The user's rights: the union over the user's groups, all of them for a superuser; one query, kept."""
    if not hasattr(user, "_rights"):
        user._rights = _rights(user)
    return user._rights


def _rights(user: AbstractBaseUser) -> frozenset[str]:
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if user.is_superuser:
        return _ADMINISTRATOR
    groups = user.groups.values_list("name", flat=True)
    return frozenset().union(*(ROLES.get(name, frozenset()) for name in groups))


def can(user: AbstractBaseUser, right: str) -> bool:
    return right in rights_of(user)


def requires(right: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Refuse the view to everyone without the right, before the view does anything."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not can(request.user, right):
                raise PermissionDenied(right)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def usernames_of_managers() -> list[str]:
    """Usernames that may look after contracts, superusers among them, in order."""
    are = Q(is_superuser=True) | Q(groups__name__in=(ACCOUNT_MANAGER, ADMINISTRATOR))
    people = get_user_model().objects.filter(are, is_active=True)
    return list(people.order_by("username").values_list("username", flat=True).distinct())
