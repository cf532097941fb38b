"""`{% load values %}`: a contract's field as people read it, whichever kind it is of."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from config.ui import tags
from config.ui.format import status_words
from contracts.domain import fields
from contracts.domain.fields import Field

register = template.Library()


@register.simple_tag
def shown(field: Field, value: Any, currency: str = "") -> SafeString | str:
    """The value of a field in words; what nothing means is the field's own word."""
    if value is None or value == "":
        return mark_safe(f'<span class="nothing">{escape(field.empty)}</span>')
    if field.kind == fields.ROWS:
        return _row(field, value, currency) if isinstance(value, Mapping) else _rows(field, value, currency)
    if field.kind == fields.LINES:
        return _lines(value)
    return _single(field, value, currency)


def _single(field: Field, value: Any, currency: str) -> SafeString | str:
    if field.unit == "money":
        return tags.money(value, currency)
    if field.unit == "percent":
        return tags.percent(value)
    if field.kind in (fields.WHOLE, fields.NUMBER, fields.DECIMAL):
        return format_html("{} s", tags.number(value)) if field.unit == "seconds" else tags.number(value)
    if field.kind == fields.DATE:
        return tags.day(value) if isinstance(value, date) else tags.odd(value, "Not a date")
    if field.kind == fields.MOMENT:
        return tags.moment(value)
    if field.kind == fields.FLAG:
        return ("No", "Yes")[value] if isinstance(value, bool) else tags.odd(value, "Neither true nor false")
    if field.kind == fields.CHOICE:
        return mark_safe(escape(status_words(str(value)) if field.path == "status" else str(value).capitalize()))
    return mark_safe(f"<bdi>{escape(value)}</bdi>")


def _lines(value: Any) -> SafeString:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return tags.odd(value, "Not a list")
    if not value:
        return tags.NOTHING
    return format_html(
        '<span class="list-of">{}</span>', format_html_join(", ", "<bdi>{}</bdi>", ((v,) for v in value))
    )


def _rows(table: Field, value: Any, currency: str) -> SafeString:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return tags.odd(value, "Not a list of rows")
    if not value:
        return mark_safe('<span class="nothing">no rows</span>')
    rows = ((_row(table, row, currency),) for row in value)
    return format_html('<span class="list-of">{}</span>', format_html_join(mark_safe("<br>"), "{}", rows))


def _row(table: Field, row: Any, currency: str) -> SafeString:
    """A row in one line: each column's name and value."""
    if not isinstance(row, Mapping):
        return tags.odd(row, "Not a row")
    cells = ((column.label, shown(column, row.get(column.name), currency)) for column in table.columns)
    return format_html_join(" · ", "{} {}", cells)


@register.simple_tag
def cell(field: Field, row: Any, currency: str = "") -> SafeString | str:
    """One column of a table's row."""
    return shown(field, getattr(row, field.name, None), currency)


@register.simple_tag
def unreadable(found: str) -> SafeString:
    """What another service wrote where a field cannot be read; it must not look like an empty one."""
    return format_html('<span class="odd">cannot be read</span> <bdi>{}</bdi>', found)


register.simple_tag(fields.label_of)
