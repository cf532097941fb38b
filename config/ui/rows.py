"""`{% load rows %}`: a row of the list of contracts.

A page has fifty of them. As nodes of a template, their cells took a third of the page's time.
"""

from html import escape
from urllib.parse import quote

from django import template
from django.utils.safestring import SafeString, mark_safe

from config.ui import tags
from contracts.domain.model import Contract
from contracts.forms.kinds import TYPE_LABELS
from contracts.repository import ContractRow

register = template.Library()

UNREACHABLE = "Another service gave it no id that can stand in an address"
ODD_VALUES = "Another service wrote values that are not of the kind their fields hold"


@register.simple_tag
def contract_row(row: ContractRow, prefix: str, ticks: bool = False) -> SafeString:
    """A contract's cells, in the order of the list's headings; its page lies at `prefix` and its key.

    With `ticks` a box comes first, by which the contract is chosen.
    """
    contract = row.contract
    plan = TYPE_LABELS.get(contract.contract_type, contract.contract_type)
    url = f"{prefix}{quote(row.key)}/" if row.key else ""
    return mark_safe(
        f'<tr>{_tick(row) if ticks else ""}<td class="c-main">{_who(contract, url)}</td>'
        f'<td class="c-status">{tags.pill(contract.status)}</td>'
        f'<td class="drop-2" data-label="Plan">{escape(plan)}</td>'
        f'<td class="num" data-label="Usage">{tags.share(row.share)}</td>'
        f'<td class="num" data-label="Base fee">{tags.money(contract.base_monthly_fee, contract.currency)}</td>'
        f'<td data-label="Last day">{tags.when(contract.end_date, empty=_no_end(contract))}</td>'
        f'<td class="drop-1" data-label="Manager">{escape(contract.account_manager)}</td>'
        f'<td class="drop-0" data-label="Changed">{tags.when(contract.updated_at)}</td></tr>\n'
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


def _no_end(contract: Contract) -> str:
    """What it means that there is no last day."""
    is_unreadable = any(odd.path == "end_date" and not odd.is_understood for odd in contract.oddities)
    return "cannot be read" if is_unreadable else "open-ended"
