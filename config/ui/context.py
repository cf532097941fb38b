"""What every page is given: the theme, the navigation, who is signed in and the version."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from config.ui.tags import address
from contracts.shown.worklists import Shown, aside, shown
from users.access import ROLES, can, rights_of

THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Item:
    """What may become a line of the navigation; `go` is the letter that follows `g`, `right` what one needs."""

    label: str
    icon: str
    url_name: str
    go: str = ""
    right: str = "contracts.see"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the navigation, `current` where the page is its own or lies below it."""

    label: str
    icon: str
    url: str
    go: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of the navigation under their heading."""

    label: str
    items: tuple[Line, ...]


NAVIGATION = (
    (
        "Workspace",
        (
            Item("Overview", "layout-dashboard", "overview", "o"),
            Item("Contracts", "file-text", "contracts:list", "c"),
        ),
    ),
    (
        "Logs",
        (
            Item("Transactions", "arrow-left-right", "logs:transactions:list", "t", "logs.see"),
            Item("Agent runs", "bot", "logs:agents:list", "r", "logs.see"),
        ),
    ),
    (
        "Administration",
        (
            Item("Audit trail", "scroll-text", "logs:audit:list", "a", "audit.see"),
            Item("Users", "users", "admin:auth_user_changelist", "u", "users.manage"),
            Item("API tokens", "key-round", "tokens", "k", "tokens.manage"),
        ),
    ),
)


def page(request: HttpRequest) -> dict[str, Any]:
    """Theme and version at once; navigation and person only where a template asks, since they may ask SQL."""
    return {
        "theme": theme_of(request),
        "single_keys": request.COOKIES.get("keys") != "off",
        "nav": partial(navigation, request),
        "worklists": partial(worklists, request),
        "person": partial(person, request),
        "version": settings.VERSION,
    }


def theme_of(request: HttpRequest) -> str:
    chosen = request.COOKIES.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"


def navigation(request: HttpRequest) -> tuple[Group, ...]:
    """The groups with the lines this user may follow; none for anonymous people."""
    if not request.user.is_authenticated:
        return ()
    rights = rights_of(request.user)
    groups = (
        Group(label, tuple(_line(item, request.path) for item in items if item.right in rights))
        for label, items in NAVIGATION
    )
    return tuple(group for group in groups if group.items)


def worklists(request: HttpRequest) -> Sequence[Shown]:
    """The worklists beside every page, without their numbers, for those who may see contracts."""
    if not request.user.is_authenticated or not can(request.user, "contracts.see"):
        return ()
    is_list = request.path == address("contracts:list")
    asked = {name: value for name, value in request.GET.items() if value and name != "page"} if is_list else None
    return aside(shown(request.user.get_username(), asked=asked))


def _line(item: Item, path: str) -> Line:
    url = address(item.url_name)
    here = path == url if item.url_name == "overview" else path.startswith(url)
    return Line(item.label, item.icon, url, item.go, here)


def person(request: HttpRequest) -> dict[str, str]:
    """Who is signed in: name, and the strongest role whose rights they have, in words."""
    user = request.user
    held = [name for name, needed in ROLES.items() if needed <= rights_of(user)]
    return {"name": user.get_full_name() or user.get_username(), "role": held[-1] if held else "No role"}
