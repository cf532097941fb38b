"""`{% load worklists %}`: a worklist's link and its number, which stand beside every page."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from config.ui import tags
from config.ui.format import format_number
from contracts.shown.worklists import Shown

register = template.Library()


@register.simple_tag
def worklist_link(worklist: Shown) -> SafeString:
    """A line of the side: icon, name and number."""
    current = ' aria-current="true"' if worklist.current else ""
    return mark_safe(
        f'<a href="{escape(worklist.url)}"{current}>{tags.icon(worklist.icon)}<span>{worklist.label}</span>'
        f"{worklist_count(worklist)}</a>"
    )


@register.simple_tag
def worklist_count(worklist: Shown, *, arriving: bool = False) -> SafeString:
    """The number for the side, empty while it is not known; one that arrives later takes the place of that."""
    swap = ' hx-swap-oob="true"' if arriving else ""
    return _count(worklist, f' id="count-{worklist.key}"{swap}')


@register.simple_tag
def worklist_row(worklist: Shown, group: str = "") -> SafeString:
    """A line of a card; below the heading of a group its short name says enough to those who see it."""
    name = f'<span class="vh">{group}</span> {worklist.short}' if group else f"<span>{worklist.label}</span>"
    return mark_safe(f'<a href="{escape(worklist.url)}">{name}{_count(worklist)}</a>')


def _count(worklist: Shown, attributes: str = "") -> SafeString:
    number = "" if worklist.count is None else format_number(worklist.count)
    tone = f' data-tone="{worklist.tone}"' if worklist.tone else ""
    return mark_safe(f'<b class="count"{attributes}{tone}>{number}</b>')
