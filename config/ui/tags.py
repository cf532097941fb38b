"""The template tags of `{% load ui %}`; docs/ui.md shows how they are used.

A page shows hundreds of them, so they put strings together themselves and keep what does not change.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import template
from django.forms import BaseForm
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from config.ui import charts, fixed
from config.ui import climbs as drawn
from config.ui import format as words
from config.ui.sprite import ICONS, current_digest
from contracts.domain.pricing import TRADES, VALUE, Line
from contracts.shown.year import Year

register = template.Library()
register.tag(fixed.fixed)

NOTHING = mark_safe(f'<span class="nothing">{words.NOTHING}</span>')
NO_SHARE = mark_safe(f'<span class="nothing" title="No limit, or nothing logged this month">{words.NOTHING}</span>')
HUES = 6
# Longer ones may have to go on below themselves, and do so between thousands.
LONGEST_FIGURES = len("999,999.99")


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """An icon of the sprite: decorative, or with a label an image that is read aloud."""
    if name not in ICONS:
        raise LookupError(f"The icon “{name}” is not in the sprite: add it to ICONS in config/ui/sprite.py.")
    access = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    href = f"{reverse('sprite', args=[current_digest()])}#{name}"
    return mark_safe(f'<svg class="{escape(f"i {size}".strip())}" {access}><use href="{href}"/></svg>')


@register.simple_tag
@cache
def address(name: str) -> str:
    """That of a page whose address has no arguments, and so is the same for ever."""
    return reverse(name)


# Pills ----------------------------------------------------------------------------------------------------


@register.simple_tag
def badge(text: Any, tone: str = "muted") -> SafeString:
    return mark_safe(f'<span class="pill" data-tone="{escape(tone)}">{escape(text)}</span>')


PILLS = {status: badge(label, tone) for status, (label, tone) in words.STATUSES.items()}


@register.simple_tag
def pill(status: Any) -> SafeString:
    """A contract's status; one that nobody knows is shown as it is."""
    known = PILLS.get(status) if isinstance(status, str) else None
    return known or badge(words.NOTHING if status is None else status)


# Numbers --------------------------------------------------------------------------------------------------


def is_number(value: Any) -> bool:
    """An exact number: a flag is none, and neither is a float, NaN or infinity."""
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) and not isinstance(value, bool)


def odd(value: Any, title: str) -> SafeString:
    """A value that is not of the kind that belongs there, as another service may have written it."""
    return mark_safe(f'<span class="odd" title="{title}">{escape(value)}</span>')


@register.simple_tag
def money(amount: Any, currency: Any) -> SafeString:
    if amount is None:
        return NOTHING
    return _money(amount, str(currency or "")) if is_number(amount) else odd(amount, "Not an amount")


@lru_cache(maxsize=4096)
def _money(amount: Decimal | int, currency: str) -> SafeString:
    figures, space, unit = words.format_money(amount, currency).partition(words.NBSP)
    if len(figures) > LONGEST_FIGURES:
        figures = figures.replace(",", ",<wbr>")
    return mark_safe(f'<span class="money">{figures}{space}<small>{escape(unit)}</small></span>')


@register.simple_tag
def number(value: Any) -> SafeString | str:
    if value is None:
        return NOTHING
    return words.format_number(value) if is_number(value) else odd(value, "Not a number")


@register.simple_tag
def percent(value: Any) -> SafeString | str:
    if value is None:
        return NOTHING
    return words.format_percent(value) if is_number(value) else odd(value, "Not a number")


# Invoices -------------------------------------------------------------------------------------------------


@register.simple_tag
def invoiced(line: Line | None, currency: str) -> SafeString:
    """The amount of an invoice's line and, below it, what it is for."""
    if line is None:
        return NOTHING
    amount = _money(line.amount, currency)
    if line.unit == TRADES:
        count = words.format_number(line.quantity)
        return mark_safe(f"{amount}<small>{count} trade{'' if line.quantity == 1 else 's'}</small>")
    if line.unit == VALUE:
        figures, _, _ = words.format_money(line.quantity, currency).partition(words.NBSP)
        return mark_safe(f"{amount}<small>of {figures}</small>")
    return amount


@register.simple_tag
def unit_price(line: Line, currency: str) -> SafeString | str:
    """What one unit of an invoice's line costs; nothing of a fee."""
    if line.unit == TRADES:
        return mark_safe(f"<small>{_money(line.price, currency)} a trade</small>")
    return (
        mark_safe(f"<small>{words.format_percent(line.price)} of the value</small>") if line.unit == VALUE else ""
    )


# Times ----------------------------------------------------------------------------------------------------


@register.simple_tag
def when(value: Any, now: datetime | None = None, empty: str = "") -> SafeString:
    """A date or a moment, relative and absolute together; `empty` says what None means."""
    if value is None:
        return mark_safe(f'<span class="nothing">{escape(empty)}</span>') if empty else NOTHING
    if isinstance(value, datetime):
        return _when_moment(value, now or datetime.now(UTC))
    if isinstance(value, date):
        return _when_day(value, (now or datetime.now(UTC)).date())
    return odd(value, "Not a date")


@lru_cache(maxsize=4096)
def _when_day(value: date, today: date) -> SafeString:
    return _time(
        value.isoformat(),
        f"{words.format_long_day(value)} (UTC)",
        words.relative_day(value, today),
        words.format_day(value),
    )


def _when_moment(value: datetime, now: datetime) -> SafeString:
    return _time(*_stamp(value), words.relative_moment(value, now), words.format_moment(value))


@lru_cache(maxsize=4096)
def _stamp(value: datetime) -> tuple[str, str]:
    exact = words.in_utc(value)
    # strftime would take longer than all the rest of the tag.
    return exact.isoformat(), f"{exact.replace(tzinfo=None).isoformat(' ', 'seconds')} UTC"


def _time(machine: str, title: str, relative: str, absolute: str) -> SafeString:
    return mark_safe(
        f'<time class="when" datetime="{machine}" title="{title}">'
        f"<b>{relative}</b><i> · </i><span>{absolute}</span></time>"
    )


@register.simple_tag
def day(value: Any) -> SafeString:
    """The date alone."""
    if value is None:
        return NOTHING
    if not isinstance(value, date):
        return odd(value, "Not a date")
    title = f"{words.format_long_day(value)} (UTC)"
    return mark_safe(f'<time datetime="{value:%Y-%m-%d}" title="{title}">{words.format_day(value)}</time>')


@register.simple_tag
def moment(value: Any) -> SafeString:
    """The date and time alone."""
    if value is None:
        return NOTHING
    if not isinstance(value, datetime):
        return day(value)
    machine, title = _stamp(value)
    return mark_safe(f'<time datetime="{machine}" title="{title}">{words.format_moment(value)}</time>')


# The query string -----------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def qs(context: Context, **changes: Any) -> str:
    """The page's query string with these changes; another page of the list only where it is asked for."""
    return _changed(context["request"], {"page": None, **changes})


@register.simple_tag(takes_context=True)
def qs_without(context: Context, key: str, value: Any) -> str:
    """The page's query string without one value of a parameter that may have several."""
    request = context["request"]
    kept = [other for other in request.GET.getlist(key) if other != str(value)]
    return _changed(request, {"page": None, key: kept})


def _changed(request: HttpRequest, changes: Mapping[str, Any]) -> str:
    query = dict(_parameters(request))
    for key, value in changes.items():
        if value in (None, "", []):
            query.pop(key, None)
        else:
            query[key] = urlencode({key: value}, doseq=True)
    return f"?{'&'.join(query.values())}"


def _parameters(request: HttpRequest) -> dict[str, str]:
    """Each parameter of the address as it stands there; kept with the request, since a list asks many times."""
    if not hasattr(request, "encoded_parameters"):
        request.encoded_parameters = {
            key: urlencode({key: values}, doseq=True) for key, values in request.GET.lists()
        }
    return request.encoded_parameters


# Small parts ----------------------------------------------------------------------------------------------


@register.simple_tag
def copy(text: Any, what: str = "") -> SafeString:
    """A button that copies a text; `what` says what it is, else the text itself is named."""
    return mark_safe(
        f'<button type="button" class="copy needs-js" data-copy="{escape(text)}" title="Copy" '
        f'aria-label="Copy {escape(what or text)}">{icon("copy", "s")}</button>'
    )


@register.simple_tag
def avatar(name: Any) -> SafeString:
    """Two initials; the colour follows from the name."""
    return _avatar(str(name or ""))


@lru_cache(maxsize=1024)
def _avatar(name: str) -> SafeString:
    hue = zlib.crc32(name.encode(errors="replace")) % HUES
    return mark_safe(f'<span class="av" data-hue="{hue}" aria-hidden="true">{escape(words.initials(name))}</span>')


# Forms ----------------------------------------------------------------------------------------------------


class Problem(NamedTuple):
    """One error of a form; the id is that of the element to go to, or empty."""

    field_id: str
    label: str
    text: str


@register.simple_tag
def problems_of(forms: Any = None, formsets: Any = None, more: Any = None) -> list[Problem]:
    """All errors of a page's forms, in the order of its fields; `more` are pairs of field id and text."""
    found = [Problem(field_id, "", text) for field_id, text in more or ()]
    for form in forms or ():
        found += _problems_of_form(form, anchor="", place="")
    for formset in formsets or ():
        found += [Problem(formset.prefix, "", text) for text in formset.non_form_errors()]
        row_name = getattr(formset, "row_name", "Row")
        for position, form in enumerate(formset.forms, start=1):
            if "DELETE" in form.fields and form["DELETE"].value():
                continue
            found += _problems_of_form(form, anchor=f"{form.prefix}-row", place=f"{row_name} {position}")
    return found


def _problems_of_form(form: BaseForm, *, anchor: str, place: str) -> Iterator[Problem]:
    for text in form.non_field_errors():
        yield Problem(anchor, place, text)
    for field in form:
        for text in field.errors:
            yield Problem(field.id_for_label, f"{place}, {field.label}" if place else str(field.label), text)


# Charts ---------------------------------------------------------------------------------------------------


@register.simple_tag
@lru_cache(maxsize=1024)
def share(percent: Decimal | int | None) -> SafeString:
    """How much of a limit is used, for a row of a list; None where it is not known."""
    return NO_SHARE if percent is None else charts.share_of_limit(percent)


@register.simple_tag
def limit_bar(used: charts.Number, expected: charts.Number | None = None) -> SafeString:
    return charts.limit_bar(used, expected)


@register.simple_tag
def climbs(year: Year, url: str, current: date | None = None) -> SafeString:
    return drawn.climbs(year, url, current, icon("circle-alert", "s"))


@register.simple_tag
def mix_bar(rows: Iterable[Sequence]) -> SafeString:
    return charts.mix_bar(rows)


@register.simple_tag
def bar_list(rows: Iterable[Sequence]) -> SafeString:
    return charts.bar_list(rows)


@register.simple_tag
def bar_chart(ident: str, rows: Sequence[Sequence], **options: Any) -> SafeString:
    return charts.bar_chart(ident, rows, **options)


@register.simple_tag
def spark(points: Sequence[charts.Number], tone: str = "accent") -> SafeString:
    return charts.spark(points, tone)
