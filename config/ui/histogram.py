"""`{% load histogram %}`: how many entries there are over time, as bars that lead to their piece of it."""

from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from config.ui.charts import percent
from config.ui.format import format_number
from logs.shown.chart import Chart, Piece

register = template.Library()

PLOT, AXIS = 64, 18
# A bar of one entry beside one of thousands is still seen, and so is the failure in it.
LEAST = 3.0
GAP = 0.14


@register.simple_tag
def log_chart(chart: Chart) -> SafeString:
    """Upright bars, the alarming part of each below; those with entries are links. Words stand in their titles."""
    width, top = 100 / len(chart.pieces), max(piece.count for piece in chart.pieces) or 1
    bars = "".join([_bar(number * width, width, top, piece) for number, piece in enumerate(chart.pieces)])
    marks = "".join([_mark(number * width, words) for number, words in chart.marks])
    return mark_safe(
        f'<svg class="log-bars" height="{PLOT + AXIS}" role="group" aria-label="Entries over time, '
        f'{escape(chart.span)}" data-zoom="{escape(chart.url)}"><line class="base" x1="0" x2="100%" y1="{PLOT}.5" '
        f'y2="{PLOT}.5"/>{marks}{bars}<rect class="brush" height="{PLOT}"/></svg>'
    )


def _bar(x: float, width: float, top: int, piece: Piece) -> str:
    bounds = f'data-from="{piece.start}" data-to="{piece.end}"'
    ground = f'<rect class="ground" x="{percent(x)}" width="{percent(width)}" height="{PLOT}"/>'
    if not piece.count:
        return f"<g {bounds}>{ground}</g>"
    words = escape(piece.words)
    numbers = (("count", piece.count), ("alarming", piece.alarming))
    columns = "".join([_column(css, x, width, number, top) for css, number in numbers])
    return (
        f'<g {bounds}><a href="{escape(piece.url)}" aria-label="{words}"><title>{words}</title>{ground}{columns}'
        "</a></g>"
    )


def _column(css: str, x: float, width: float, number: int, top: int) -> str:
    if not number:
        return ""
    height = max(number * (PLOT - 2) / top, LEAST)
    return (
        f'<rect class="{css}" x="{percent(x + width * GAP)}" width="{percent(width * (1 - 2 * GAP))}" '
        f'y="{PLOT - height:.1f}" height="{height:.1f}"/>'
    )


def _mark(x: float, words: str) -> str:
    return (
        f'<line class="mark" x1="{percent(x)}" x2="{percent(x)}" y1="{PLOT}" y2="{PLOT + 4}"/>'
        f'<text class="axis" x="{percent(x)}" y="{PLOT + AXIS - 4}" dx="3">{escape(words)}</text>'
    )


@register.simple_tag
def counted(number: int, one: str, several: str) -> str:
    """`1 entry`, `6,919 entries`."""
    return f"{format_number(number)} {one if number == 1 else several}"
