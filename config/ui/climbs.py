"""The months of a year as small charts beside each other: how the trades of each add up, on one scale."""

from datetime import date

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from config.ui.format import LONG_MONTHS, MONTHS
from contracts.shown.year import MonthInSmall, Year

HEIGHT = 40


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
        f'<b>{month.trades:,}<span class="vh"> trades</span></b>{_share(month, warning)}</a></li>'
    )


def _share(month: MonthInSmall, warning: str) -> str:
    if month.is_over:
        words = '<span class="vh"> of the limit</span>' if month.percent else "over the limit"
        return f"<em>{warning}{month.percent}{words}</em>"
    return f'<span>{month.percent}<span class="vh"> of the limit</span></span>' if month.percent else ""


def drawing(month: MonthInSmall, year: Year) -> str:
    """The sum of trades day by day; dashed, where a running month leads, and the limit across."""
    scale = HEIGHT / (year.top or 1)
    end = min(month.until, month.days)
    line, height = _line(month, end, scale)
    more = ""
    if month.expected:
        more += f'<path class="leads" d="M{end:.4g} {height}L{month.days} {_up(month.expected, scale)}"/>'
    if year.limit:
        more += f'<path class="limit" d="M0 {_up(year.limit, scale)}H{month.days}"/>'
    return (
        f'<svg class="climb" viewBox="0 0 {month.days} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
        f'<path class="area" d="{line}V{HEIGHT}z"/><path class="line" d="{line}"/>{more}</svg>'
    )


def _line(month: MonthInSmall, end: float, scale: float) -> tuple[str, str]:
    """The line up to `end`, and the height where it ends; each day's trades are drawn as coming evenly."""
    reached, total, height = 0.0, 0, _up(0, scale)
    steps = [f"M0 {height}"]
    for day, trades in sorted(month.by_day.items()):
        if min(day - 1, end) > reached:
            steps.append(f"H{min(day - 1, end):.4g}")
        total += trades
        reached, height = min(day, end), _up(total, scale)
        steps.append(f"L{reached:.4g} {height}")
    return f"{''.join(steps)}H{end:.4g}", height


def _up(trades: int, scale: float) -> str:
    return f"{HEIGHT - trades * scale:.4g}"
