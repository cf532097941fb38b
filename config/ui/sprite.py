"""The icons: one SVG sprite, named by the hash of its content, so that it can be kept for ever."""

import hashlib
import re
from functools import lru_cache

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from lucide.templatetags.lucide import lucide

ICONS = (
    "activity",
    "arrow-down",
    "arrow-down-right",
    "arrow-left",
    "arrow-left-right",
    "arrow-right",
    "arrow-up",
    "arrow-up-right",
    "ban",
    "bot",
    "building-2",
    "calendar",
    "calendar-clock",
    "chart-column",
    "check",
    "chevron-down",
    "chevron-left",
    "chevron-right",
    "chevrons-up-down",
    "circle-alert",
    "circle-check",
    "circle-dot",
    "circle-question-mark",
    "circle-x",
    "clock",
    "coins",
    "columns-3",
    "command",
    "copy",
    "database",
    "download",
    "ellipsis",
    "external-link",
    "eye",
    "file-pen",
    "file-plus",
    "file-text",
    "file-x",
    "funnel",
    "gauge",
    "git-compare",
    "git-merge",
    "history",
    "inbox",
    "info",
    "key-round",
    "keyboard",
    "layers",
    "layout-dashboard",
    "link",
    "lock",
    "log-out",
    "mail",
    "menu",
    "minus",
    "monitor",
    "moon",
    "pencil",
    "phone",
    "play",
    "plus",
    "printer",
    "radio",
    "receipt",
    "refresh-cw",
    "rotate-ccw",
    "save",
    "scroll-text",
    "search",
    "server-off",
    "shield-check",
    "sun",
    "tag",
    "trash-2",
    "trending-up",
    "triangle-alert",
    "undo-2",
    "unplug",
    "upload",
    "user",
    "users",
    "wallet",
    "x",
)

FOR_EVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=60"
CONTENT = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
BETWEEN_TAGS = re.compile(r">\s+<")


@lru_cache(maxsize=1)
def drawing() -> str:
    """The whole sprite, each icon a symbol under its name."""
    symbols = "".join(f'<symbol id="{name}" viewBox="0 0 24 24">{_paths(name)}</symbol>' for name in ICONS)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'


def _paths(name: str) -> str:
    return BETWEEN_TAGS.sub("><", CONTENT.search(str(lucide(name)))[1].strip())


@lru_cache(maxsize=1)
def current_digest() -> str:
    """What stands in the sprite's address: another one whenever an icon is."""
    return hashlib.sha256(drawing().encode()).hexdigest()[:12]


@require_safe
@login_not_required
def sprite(request: HttpRequest, digest: str) -> HttpResponse:
    """The sprite; a page made before the last release gets today's icons, but does not keep them."""
    response = HttpResponse(drawing(), content_type="image/svg+xml")
    response["Cache-Control"] = FOR_EVER if digest == current_digest() else BRIEFLY
    return response
