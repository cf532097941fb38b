"""The months of a year as small charts beside each other: how the trades of each add up, on one scale."""

from collections.abc import Mapping
from datetime import date

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from config.ui.format import LONG_MONTHS, MONTHS
from contracts.shown.year import MonthInSmall, Year

# Whole numbers on a fine scale are written faster than fractions on a coarse one.
HEIGHT = 1000


def climbs(year: Year, url: str, current: date | None, warning: str) -> SafeString:
    """Each month a link to `url`?month=, its figures in text; `warning` is the icon of those over the limit."""
    tiles = "".join(_tile(month, year, escape(url), month.first == current, warning) for month in year.months)
    return mark_safe(f'<ol class="months">{tiles}</ol>')


def _tile(month: MonthInSmall, year: Year, url: str, is_current: bool, warning: str) -> str:
    first = month.first
    shown = f"{MONTHS[first.month - 1]} {first.year}" if month.names_year else MONTHS[first.month - 1]
    name = f'<b aria-hidden="true">{shown}</b><span class="vh">{LONG_MONTHS[first.month - 1]} {first.year}</span>'
    current = ' aria-current="page"' if is_current else ""
    tone = ' data-tone="bad"' if month.is_over else ""
    return (
        f'<li{tone}><a href="{url}?month={first:%Y-%m}"{current}>'
        f"<span>{name}{' so far' if month.is_running else ''}</span>{drawing(month, year)}"
        f'<b>{month.trades:,}<span class="vh"> trade{"" if month.trades == 1 else "s"},</span></b>'
        f"{_share(month, warning)}</a></li>"
    )


def _share(month: MonthInSmall, warning: str) -> str:
    if month.is_over:
        words = '<span class="vh"> of the limit</span>' if month.percent else "over the limit"
        return f"<em>{warning}{month.percent}{words}</em>"
    return f'<span>{month.percent}<span class="vh"> of the limit</span></span>' if month.percent else ""


def drawing(month: MonthInSmall, year: Year) -> str:
    """The sum of trades day by day; dashed, where a running month leads, and the limit across."""
    top = year.top or 1
    end = round(min(month.until, month.days), 2)
    line, reached = _line(month.by_day, end, top)
    more = ""
    if month.expected:
        more += f'<path class="leads" d="M{end} {_up(reached, top)}L{month.days} {_up(month.expected, top)}"/>'
    if year.limit:
        more += f'<path class="limit" d="M0 {_up(year.limit, top)}H{month.days}"/>'
    return (
        f'<svg class="climb" viewBox="0 0 {month.days} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
        f'<path class="area" d="{line}V{HEIGHT}z"/><path class="line" d="{line}"/>{more}</svg>'
    )


def _line(by_day: Mapping[int, int], end: float, top: int) -> tuple[str, int]:
    """The line up to `end`, and the sum there; each day's trades are drawn as coming evenly."""
    at, total, steps = 0, 0, [f"M0 {HEIGHT}"]
    for day in sorted(by_day):
        if day - 1 > at:
            steps.append(f"H{min(day - 1, end)}")
        at, total = day, total + by_day[day]
        steps.append(f"L{min(day, end)} {_up(total, top)}")
    return f"{''.join(steps)}H{end}", total


def _up(trades: int, top: int) -> int:
    return HEIGHT - trades * HEIGHT // top
