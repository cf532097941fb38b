"""`{% load histogram %}`: how many entries there are over time, as bars that lead to their piece of it."""

from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from config.ui.charts import percent
from config.ui.format import format_number
from logs.asking import Asked
from logs.scope import Scope
from logs.shown.chart import Chart, Mark, Piece
from logs.shown.times import Quick, shorter

register = template.Library()

# The words of the scale stand above the bars, those of the time below them.
TOP, PLOT, AXIS = 12, 64, 18
BASE = TOP + PLOT
# A bar of one entry beside one of thousands is still seen, and so is the failure in it.
LEAST = 3.0
GAP = 0.14
# Words to the right of here would reach beyond the chart, so they stand to the left of their mark.
LATE = 92


@register.simple_tag
def log_chart(chart: Chart) -> SafeString:
    """Upright bars, the alarming part of each below; those with entries are links, with what they say as label.

    A dashed line is at the height of the most entries, with their number.
    """
    width, top = 100 / len(chart.pieces), max(piece.count for piece in chart.pieces) or 1
    bars = "".join([_bar(number * width, width, top, piece) for number, piece in enumerate(chart.pieces)])
    marks = "".join([_mark(mark.at * width, mark) for mark in chart.marks])
    return mark_safe(
        f'<svg class="log-bars" height="{BASE + AXIS}" role="group" aria-label="Entries over time, '
        f'{escape(chart.span)}" data-zoom="{escape(chart.url)}"><line class="base" x1="0" x2="100%" y1="{BASE}.5" '
        f'y2="{BASE}.5"/>{marks}<line class="most" x1="0" x2="100%" y1="{TOP}.5" y2="{TOP}.5"/>'
        f'<text class="scale" x="100%" y="{TOP - 3}">{format_number(top)}</text>{bars}'
        f'<rect class="brush" y="{TOP}" height="{PLOT}"/></svg>'
    )


def _bar(x: float, width: float, top: int, piece: Piece) -> str:
    bounds = f'data-from="{piece.start}" data-to="{piece.end}"'
    ground = f'<rect class="ground" x="{percent(x)}" y="{TOP}" width="{percent(width)}" height="{PLOT}"/>'
    words = escape(piece.words)
    if not piece.count:
        return f'<g {bounds} data-said="{words}">{ground}</g>'
    numbers = (("count", piece.count), ("alarming", piece.alarming))
    columns = "".join([_column(css, x, width, number, top) for css, number in numbers])
    return (
        f'<g {bounds}><a href="{escape(piece.url)}" aria-label="{words}"><title>{words}</title>{ground}{columns}'
        "</a></g>"
    )


def _column(css: str, x: float, width: float, number: int, top: int) -> str:
    if not number:
        return ""
    height = max(number * PLOT / top, LEAST)
    return (
        f'<rect class="{css}" x="{percent(x + width * GAP)}" width="{percent(width * (1 - 2 * GAP))}" '
        f'y="{BASE - height:.1f}" height="{height:.1f}"/>'
    )


def _mark(x: float, mark: Mark) -> str:
    # Where there is little room, the time alone stands there, and the day above the chart.
    day = f'<tspan class="day">{mark.day} </tspan>' if mark.clock and mark.day else mark.day
    side = 'dx="-3" text-anchor="end"' if x > LATE else 'dx="3"'
    return (
        f'<line class="mark" x1="{percent(x)}" x2="{percent(x)}" y1="{BASE}" y2="{BASE + 4}"/>'
        f'<text class="axis" x="{percent(x)}" y="{BASE + AXIS - 4}" {side}>{day}{mark.clock}</text>'
    )


@register.simple_tag
def shorter_times(scope: Scope, asked: Asked) -> tuple[Quick, ...]:
    """The same list in less time, for one who waits in vain."""
    return shorter(scope, asked)


@register.simple_tag
def counted(number: int, one: str, several: str) -> str:
    """`1 entry`, `6,919 entries`."""
    return f"{format_number(number)} {one if number == 1 else several}"
