"""Charts as SVG made on the server: percent coordinates, so no script and no inline style, at any width."""

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from config.ui.format import format_number, short_number
from contracts.domain.limits import FULL, NEAR
from contracts.shown.limits import in_words

Number = Decimal | int | float

GAP = 0.6
PLOT_HEIGHT = 200
AXIS_HEIGHT = 24
TOP_SPACE = 8
STEPS = 4
# What an axis may end at, times a power of ten. Not all of them have whole steps.
TOPS = (1, 1.2, 2, 4, 5, 6, 8, 10, 12)
# How far a bar beside a limit reaches at least, in percent of the limit.
ROOM = 125


def share(part: Number, whole: Number) -> float:
    """Percent of a whole; something of nothing is as full as can be."""
    if not whole:
        return float(FULL * 10) if part else 0.0
    return float(part) * 100 / float(whole)


def percent(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


def share_of_limit(part: Decimal | int) -> SafeString:
    """Percent of a limit, with a bar as small as a row of a list; ten times the limit and more is "over"."""
    tone = _tone(part)
    words = in_words(part) if part < FULL * 10 else "over"
    return mark_safe(
        f'<span class="share" data-tone="{tone}"><b>{words}</b>'
        f'<svg class="bar" height="8" aria-hidden="true">{_bar(float(part))}</svg></span>'
    )


def _tone(part: Number) -> str:
    return "bad" if part > FULL else "warn" if part >= NEAR else "accent"


def _bar(part: float) -> str:
    scale = max(FULL, part)
    mark = FULL * 100 / scale
    fill = min(part, FULL) * 100 / scale
    track = '<rect class="track" y="1" width="100%" height="6" rx="3"/>'
    if part <= FULL:
        return f'{track}<rect class="fill" y="1" width="{percent(fill)}" height="6" rx="3"/>'
    return (
        f'{track}<rect class="over" y="1" width="100%" height="6" rx="3"/>'
        f'<rect class="fill" y="1" width="{percent(fill)}" height="6" rx="3"/>'
        f'<rect class="tick" x="{percent(mark)}" width="2" height="8"/>'
    )


def limit_bar(used: Number, expected: Number | None = None) -> SafeString:
    """What is used and, lighter, what is expected, both in percent of a limit, whose tick stands at 100."""
    scale = max(ROOM, used, expected or 0)
    lengths = [("leads", expected), ("fill", used)]
    bars = "".join(
        f'<rect class="{name}" y="2" width="{percent(share(length, scale))}" height="8" rx="4"/>'
        for name, length in lengths
        if length
    )
    return mark_safe(
        '<svg class="bar limit-bar" height="12" aria-hidden="true">'
        f'<rect class="track" y="2" width="100%" height="8" rx="4"/>{bars}'
        f'<rect class="tick" x="{percent(share(FULL, scale))}" width="2" height="12"/></svg>'
    )


def mix_bar(rows: Iterable[Sequence]) -> SafeString:
    """One bar of several parts, and the legend that says what they are."""
    rows = list(rows)
    total = sum(row[1] for row in rows) or 1
    parts, x = [], 0.0
    for label, number, tone, *_ in rows:
        width = share(number, total)
        if number:
            parts.append(
                f'<rect data-tone="{escape(tone)}" x="{percent(x)}" width="{percent(max(width - GAP, GAP))}" '
                f'height="10"><title>{escape(label)}: {format_number(number)}</title></rect>'
            )
        x += width
    legend = "".join(_legend_line(*row) for row in rows)
    bar = f'<svg class="mix" height="10" aria-hidden="true">{"".join(parts)}</svg>'
    return mark_safe(f'{bar}<ul class="mix-legend">{legend}</ul>')


def _legend_line(label: str, number: Number, tone: str, url: str = "") -> str:
    words = f'<a href="{escape(url)}">{escape(label)}</a>' if url else f"<span>{escape(label)}</span>"
    return f'<li data-tone="{escape(tone)}">{words} <b>{format_number(number)}</b></li>'


def bar_list(rows: Iterable[Sequence]) -> SafeString:
    """Bars below each other, each as long as its share of the largest."""
    rows = list(rows)
    largest = max((row[1] for row in rows), default=0) or 1
    return mark_safe(f'<ul class="bar-list">{"".join(_bar_line(largest, *row) for row in rows)}</ul>')


def _bar_line(largest: Number, label: str, number: Number, text: str, url: str = "") -> str:
    words = f'<a href="{escape(url)}">{escape(label)}</a>' if url else f"<span>{escape(label)}</span>"
    return (
        f"<li><p>{words} <b>{escape(text)}</b></p>"
        '<svg class="bar" height="6" aria-hidden="true"><rect class="track" width="100%" height="6" rx="3"/>'
        f'<rect class="fill" width="{percent(share(number, largest))}" height="6" rx="3"/></svg></li>'
    )


def spark(points: Sequence[Number], tone: str) -> SafeString:
    """A line without axis; nothing where there are fewer than two points."""
    if len(points) < 2:
        return SafeString("")
    low, spread = min(points), float(max(points) - min(points)) or 1.0
    step = 100 / (len(points) - 1)
    line = " ".join(f"{i * step:.1f},{30 - float(point - low) / spread * 28:.1f}" for i, point in enumerate(points))
    return mark_safe(
        f'<svg class="spark" data-tone="{escape(tone)}" viewBox="0 0 100 32" preserveAspectRatio="none" '
        f'aria-hidden="true"><polygon points="0,32 {line} 100,32"/><polyline points="{line}"/></svg>'
    )


def bar_chart(
    ident: str,
    rows: Sequence[Sequence],
    *,
    title: str = "",
    limit: Number | None = None,
    limit_label: str = "",
    every: int = 1,
    mark: int | None = None,
) -> SafeString:
    """Upright bars: rows of (label, number, text); the text is what is read out for a bar.

    The column that stands out is the last, or that of the row `mark`.
    """
    numbers = [float(number) for _, number, _ in rows] + [float(limit or 0)]
    top = nice(max(numbers), is_whole=all(number.is_integer() for number in numbers))
    width = 100 / (len(rows) or 1)
    parts = [_grid_line(top * step / STEPS, top) for step in range(STEPS + 1)]
    marked = len(rows) - 1 if mark is None else mark
    parts += [_column(i, width, top, row, last=i == marked) for i, row in enumerate(rows)]
    parts += [
        f'<text class="axis" x="{percent((i + 0.5) * width)}" y="{PLOT_HEIGHT + AXIS_HEIGHT - 4}" '
        f'text-anchor="middle">{escape(row[0])}</text>'
        for i, row in enumerate(rows)
        if i % every == 0
    ]
    if limit is not None:
        parts.append(_limit_line(limit, top, limit_label))
    ident, title = escape(ident), escape(title)
    return mark_safe(
        f'<svg class="chart" id="{ident}" height="{PLOT_HEIGHT + AXIS_HEIGHT}" role="img" '
        f'aria-labelledby="{ident}-title"><title id="{ident}-title">{title}</title>{"".join(parts)}</svg>'
    )


def nice(value: float, *, is_whole: bool = False) -> float:
    """The next round number at the top of an axis, whose steps are whole where the numbers are."""
    if value <= 0:
        return float(STEPS if is_whole else 1)
    power = 10 ** math.floor(math.log10(value))
    tops = (top * power for top in TOPS)
    return next(top for top in tops if value <= top * (1 + 1e-9) and not (is_whole and top % STEPS))


def _y(value: Number, top: float) -> float:
    return round(TOP_SPACE + (PLOT_HEIGHT - TOP_SPACE) * (1 - float(value) / top), 1)


def _grid_line(value: float, top: float) -> str:
    y = _y(value, top)
    return (
        f'<line class="grid-line" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
        f'<text class="axis" x="100%" dx="44" y="{y + 4}" text-anchor="end">{short_number(value)}</text>'
    )


def _column(i: int, width: float, top: float, row: Sequence, *, last: bool) -> str:
    label, number, text = row
    y = _y(number, top)
    return (
        f'<g class="column{" last" if last else ""}" data-label="{escape(label)}" data-text="{escape(text)}">'
        f'<rect class="hit" x="{percent(i * width)}" width="{percent(width)}" height="{PLOT_HEIGHT}"/>'
        f'<rect class="value" x="{percent((i + 0.16) * width)}" y="{y}" width="{percent(width * 0.68)}" '
        f'height="{round(PLOT_HEIGHT - y, 1)}" rx="2"/></g>'
    )


def _limit_line(limit: Number, top: float, label: str) -> str:
    y = _y(limit, top)
    return (
        f'<line class="limit" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
        f'<text class="limit-label" x="0" y="{y - 5}">{escape(label)}</text>'
    )
