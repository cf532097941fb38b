"""`{% load rows %}`: the list of contracts, the links to its other orders and tabs, and what filters it.

A page has fifty rows. As nodes of a template, all this took half of the page's time.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import quote

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from config.ui import tags
from contracts.domain.model import Contract
from contracts.forms.kinds import TYPE_LABELS
from contracts.repository import ContractRow

register = template.Library()

UNREACHABLE = "Another service gave it no id that can stand in an address"
ODD_VALUES = "Another service wrote values that are not of the kind their fields hold"
# How a column is sorted → its sign.
ARROWS = {"ascending": ("arrow-up", "s"), "descending": ("arrow-down", "s"), None: ("chevrons-up-down", "s dim")}


@register.simple_tag
def options(choices: Iterable[tuple[Any, str]], chosen: Any) -> SafeString:
    """The options of a select box: values and their words."""
    return mark_safe("".join([_option(value, words, value == chosen) for value, words in choices]))


def _option(value: Any, words: str, is_chosen: bool) -> str:
    return f'<option value="{escape(str(value))}"{" selected" if is_chosen else ""}>{escape(words)}</option>'


@register.simple_tag(takes_context=True)
def tabs(context: Context, found: Iterable[tuple[str, str, int]], current: str) -> SafeString:
    """A link to each status, with its label and how many contracts match there."""
    return mark_safe(
        "".join([_tab(tags.qs(context, status=status), *rest, status == current) for status, *rest in found])
    )


def _tab(query: str, label: str, count: int, is_current: bool) -> str:
    current = ' aria-current="true"' if is_current else ""
    return f"<a {_leads_to(query)}{current}>{escape(label)} <span>{tags.number(count)}</span></a>"


@register.simple_tag(takes_context=True)
def headings(context: Context, columns: Iterable[Mapping[str, str | None]]) -> SafeString:
    """The headings of the rows; those by which rows can be sorted are links."""
    return mark_safe("".join([_heading(column, tags.qs(context, sort=column["next"])) for column in columns]))


def _heading(column: Mapping[str, str | None], query: str) -> str:
    order, words = column["sorted"], escape(column["label"])
    if column["next"]:
        words = f"<a {_leads_to(query)}>{words}{tags.icon(*ARROWS[order])}</a>"
    css = f' class="{column["css"]}"' if column["css"] else ""
    sorted_by = f' aria-sort="{order}"' if order else ""
    return f'<th scope="col"{css}{sorted_by}>{words}</th>'


def _leads_to(query: str) -> str:
    """What a link has whose page takes the place of the results alone."""
    url = escape(query)
    return f'href="{url}" hx-get="{url}" hx-target="#results" hx-push-url="true"'


@register.simple_tag
def contract_rows(rows: Iterable[ContractRow], prefix: str, ticks: bool = False) -> SafeString:
    """A row of cells a contract, in the order of the list's headings; its page lies at `prefix` and its key.

    With `ticks` a box comes first, by which the contract is chosen.
    """
    now = datetime.now(UTC)
    return mark_safe("".join([_row(row, prefix, now, ticks=ticks) for row in rows]))


def _row(row: ContractRow, prefix: str, now: datetime, *, ticks: bool) -> str:
    contract = row.contract
    plan = TYPE_LABELS.get(contract.contract_type, contract.contract_type)
    url = f"{prefix}{quote(row.key)}/" if row.key else ""
    return (
        f'<tr>{_tick(row) if ticks else ""}<td class="c-main">{_who(contract, url)}</td>'
        f'<td class="c-status">{tags.pill(contract.status)}</td>'
        f'<td class="drop-2" data-label="Plan">{escape(plan)}</td>'
        f'<td class="num" data-label="Usage">{tags.share(row.share)}</td>'
        f'<td class="num" data-label="Base fee">{tags.money(contract.base_monthly_fee, contract.currency)}</td>'
        f'<td data-label="Last day">{_last_day(contract, now)}</td>'
        f'<td class="drop-1" data-label="Manager">{escape(contract.account_manager)}</td>'
        f'<td class="drop-0" data-label="Changed">{tags.when(contract.updated_at, now)}</td></tr>\n'
    )


def _tick(row: ContractRow) -> str:
    if not row.key:
        return '<td class="tick"></td>'
    name = escape(row.contract.title)
    return (
        f'<td class="tick"><label><input type="checkbox" name="id" value="{escape(row.key)}" '
        f'aria-label="Tick {name}"></label></td>'
    )


def _who(contract: Contract, url: str) -> str:
    """Avatar, name with a link where there is an address, and the account below."""
    name = escape(contract.title)
    link = f'<a class="row-link" href="{escape(url)}">{name}</a>' if url else f'<b title="{UNREACHABLE}">{name}</b>'
    odd = f' · <span class="odd" title="{ODD_VALUES}">odd values</span>' if contract.oddities else ""
    account = f"<small>{escape(contract.account_id)}{odd}</small>"
    return f'<div class="who">{tags.avatar(contract.title)}<div>{link}{account}</div></div>'


def _last_day(contract: Contract, now: datetime) -> str:
    """The last day, or what it means that there is none."""
    if contract.end_date is not None:
        return tags.when(contract.end_date, now)
    is_unreadable = any(odd.path == "end_date" and not odd.is_understood for odd in contract.oddities)
    return tags.when(None, empty="cannot be read" if is_unreadable else "open-ended")
