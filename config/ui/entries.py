"""`{% load entries %}`: the rows of a log, and their headings.

What they hold was written by anybody: all of it is escaped, and kept from turning the direction of what is beside
it. A page has fifty rows, so they are put together as strings.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from config.ui import tags
from config.ui.charts import percent
from config.ui.format import format_number
from logs.shown import cells
from logs.shown.cells import Cell, Column
from logs.shown.facets import Facet, Value
from logs.shown.rows import RowShown

register = template.Library()

CLASSES = {cells.MONEY: "num c-money", cells.DURATION: "num", cells.STATUS: "c-status"}
# Fields of a few letters, and of one word.
SIZES = {"via": "c-short", "currency": "c-short", "type": "c-kind"}
TOO_LONG = "Another service gave it an id that is too long for an address"


@register.simple_tag
def entry_rows(rows: Iterable[RowShown]) -> SafeString:
    """A `<tr data-id>` for each entry; values that can be asked for have data-name and data-value."""
    return mark_safe("".join([_row(row) for row in rows]))


def _row(row: RowShown) -> str:
    tone = f' data-tone="{row.tone}"' if row.tone else ""
    first, *others = row.cells
    return (
        f'<tr data-id="{escape(row.id)}"{tone}><td class="c-time">{_link(row, _content(first))}</td>'
        f"{''.join([_cell(cell) for cell in others])}</tr>\n"
    )


def _link(row: RowShown, content: str) -> str:
    if not row.url:
        return f'<b title="{TOO_LONG}">{content}</b>'
    url, current = escape(row.url), ' aria-current="true"' if row.is_open else ""
    return (
        f'<a class="row-link" href="{url}" hx-get="{url}" hx-target="#entry" '
        f'hx-push-url="{escape(row.listed)}"{current}>{content}</a>'
    )


def _cell(cell: Cell) -> str:
    if cell.asked is None:
        return f"{_start(cell.column)}>{_content(cell)}</td>"
    name, value = cell.asked
    asked = f' data-name="{escape(name)}" data-value="{escape(value)}"'
    return f"{_start(cell.column)}{asked}>{_content(cell)}</td>"


@lru_cache(maxsize=512)
def _start(column: Column) -> str:
    return f'<td{_css(column)} data-label="{escape(column.label)}"'


def _css(column: Column) -> str:
    css = CLASSES.get(column.kind) or SIZES.get(column.name, "")
    return f' class="{css}"' if css else ""


def _content(cell: Cell) -> str:
    title = f' title="{escape(cell.title)}"' if cell.title else ""
    if cell.kind == cells.TIME:
        machine = cell.value.isoformat(timespec="milliseconds")
        return f'<time datetime="{machine}"{title}{_tone(cell)}>{cell.text}</time>'
    if cell.kind == cells.NOTHING:
        return f'<span class="nothing">{cell.text}</span>' if cell.text else tags.NOTHING
    if cell.kind == cells.MONEY:
        return tags.money(cell.value, cell.unit)
    text = f"<bdi>{escape(cell.text)}</bdi>"
    if cell.kind == cells.STATUS:
        return f'<span class="pill"{_tone(cell)} title="{escape(cell.title or cell.text)}">{text}</span>'
    if cell.kind == cells.ODD:
        return f'<span class="odd"{title}>{text}</span>'
    if cell.unit:
        text = f'<span class="of">{escape(cell.unit)}</span> {text}'
    return f"<span{title}>{text}</span>" if title else text


@register.simple_tag
def entry_value(cell: Cell) -> SafeString:
    """What a cell shows, outside of a table."""
    return mark_safe(_content(cell))


def _tone(cell: Cell) -> str:
    return f' data-tone="{cell.tone}"' if cell.tone else ""


@register.simple_tag
def entry_headings(columns: Sequence[Column], zone: str, turned: str, is_oldest_first: bool) -> SafeString:
    """The headings of the rows; that of the time says on whose clock it is, and leads to the other order."""
    order, arrow = ("ascending", "arrow-up") if is_oldest_first else ("descending", "arrow-down")
    first = (
        f'<th scope="col" aria-sort="{order}"><a {to(turned)}>{escape(columns[0].label)} '
        f"{_clock(zone)}{tags.icon(arrow, 's')}</a></th>"
    )
    return mark_safe(first + "".join([_heading(column) for column in columns[1:]]))


@register.simple_tag
def plain_headings(columns: Sequence[Column], zone: str) -> SafeString:
    """The headings of rows that have one order alone."""
    first = f'<th scope="col">{escape(columns[0].label)} {_clock(zone)}</th>'
    return mark_safe(first + "".join([_heading(column) for column in columns[1:]]))


def _clock(zone: str) -> str:
    return f"<small>{escape(zone.replace('_', ' '))}</small>"


def _heading(column: Column) -> str:
    return f'<th scope="col"{_css(column)}><bdi>{escape(column.label)}</bdi></th>'


@register.simple_tag
def to(url: str) -> SafeString:
    """What a link has whose page takes the place of the results alone."""
    address = escape(url)
    return mark_safe(
        f'href="{address}" hx-get="{address}" hx-target="#results" hx-push-url="true" hx-indicator="#results"'
    )


@register.simple_tag
def carried(pairs: Iterable[tuple[str, str]]) -> SafeString:
    """Hidden fields: what a form carries along besides its own."""
    fields = [f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in pairs]
    return mark_safe("".join(fields))


# Facets ---------------------------------------------------------------------------------------------------


@register.simple_tag
def facet_values(facet: Facet) -> SafeString:
    """A line for each value: the link that asks for it, how many entries have it, the link that leaves it out."""
    return mark_safe("".join([_value(value) for value in facet.values]))


def _value(value: Value) -> str:
    text, chosen = escape(value.text), ' aria-current="true"' if value.is_chosen else ""
    count = "" if value.count is None else f"<b>{format_number(value.count)}</b>"
    words = "Stop leaving out" if value.is_excluded else "Leave out"
    sign = tags.icon("plus" if value.is_excluded else "minus", "s")
    return (
        f'<li{" data-not" if value.is_excluded else ""}><a class="only" {to(value.only)}{chosen} title="{text}">'
        f'<svg class="bar" height="3" aria-hidden="true"><rect class="fill" width="{percent(value.share)}" '
        f'height="3" rx="1.5"/></svg><span><bdi>{text}</bdi></span>{count}</a><a class="none" {to(value.none)} '
        f'title="{words}"><span class="vh">{words} {text}</span>{sign}</a></li>'
    )
