"""The list of contracts: rows, headings, tabs and choices, and that nothing other services wrote becomes markup."""

from datetime import date
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from contracts.domain.model import Contract, Oddity
from contracts.repository import ContractRow

EVIL = "<b>\"'&"


def drawn(*, key: str = "c1", share: int | None = None, **terms: Any) -> str:
    row = ContractRow(key, Contract(**{"account_id": "a1", "account_name": "Northwind", **terms}), share)
    return drawn_by("contract_rows rows '/contracts/'", rows=[row])


def drawn_by(tag: str, **context: Any) -> str:
    request = RequestFactory().get("/contracts/?q=a&page=3")
    return Template(f"{{% load rows %}}{{% {tag} %}}").render(Context({"request": request, **context}))


def test_a_row_leads_to_its_contract() -> None:
    assert '<a class="row-link" href="/contracts/c%2B1/">Northwind</a><small>a1</small>' in drawn(key="c+1")


def test_a_row_without_an_address_says_why_it_has_none() -> None:
    shown = drawn(key="")

    assert "<a" not in shown
    assert '<b title="Another service gave it no id that can stand in an address">Northwind</b>' in shown


def test_a_row_has_a_cell_for_each_heading() -> None:
    shown = drawn(contract_type="enterprise", account_manager="maya", share=82, end_date=date(2026, 12, 3))

    assert shown.count("<td") == 8
    assert all(text in shown for text in ("Enterprise", "maya", "82\xa0%", "3 Dec 2026"))


@pytest.mark.parametrize(
    ("oddities", "words"),
    [
        ((), "open-ended"),
        ((Oddity("end_date", "“soon” (text)", "a date"),), "cannot be read"),
        ((Oddity("end_date", "“2026-12-03” (text)", "a date", is_understood=True),), "open-ended"),
        ((Oddity("notes", "17 (whole number)", "text"),), "open-ended"),
    ],
)
def test_a_row_tells_no_last_day_from_one_that_cannot_be_read(oddities: tuple[Oddity, ...], words: str) -> None:
    assert f'<span class="nothing">{words}</span>' in drawn(oddities=oddities)


def test_a_row_marks_a_contract_with_odd_values() -> None:
    assert "odd values</span>" in drawn(oddities=(Oddity("notes", "17 (whole number)", "text"),))
    assert "odd values" not in drawn()


@pytest.mark.parametrize(
    "name",
    ["account_id", "account_name", "account_manager", "contract_type", "status", "currency", "base_monthly_fee"],
)
def test_no_text_of_a_row_becomes_markup(name: str) -> None:
    assert EVIL not in drawn(**{"base_monthly_fee": 5, name: EVIL})


def test_a_heading_leads_to_the_first_page_in_its_order() -> None:
    column = {"label": "Account", "css": "", "sorted": None, "next": "name"}

    shown = drawn_by("headings columns", columns=[column])

    assert shown.startswith('<th scope="col"><a href="?q=a&amp;sort=name" hx-get="?q=a&amp;sort=name"')
    assert "#chevrons-up-down" in shown


@pytest.mark.parametrize(("order", "arrow"), [("ascending", "#arrow-up"), ("descending", "#arrow-down")])
def test_the_heading_by_which_the_list_is_sorted_says_so(order: str, arrow: str) -> None:
    column = {"label": "Base fee", "css": "num", "sorted": order, "next": "fee"}

    shown = drawn_by("headings columns", columns=[column])

    assert f'<th scope="col" class="num" aria-sort="{order}">' in shown
    assert f'{arrow}"' in shown


def test_a_heading_by_which_nothing_is_sorted_is_no_link() -> None:
    column = {"label": "Manager", "css": "drop-1", "sorted": None, "next": None}

    assert drawn_by("headings columns", columns=[column]) == '<th scope="col" class="drop-1">Manager</th>'


def test_the_tab_that_is_open_says_so() -> None:
    shown = drawn_by("tabs found 'active'", found=[("", "All", 1200), ("active", "Active", 900)])

    link = '<a href="?q=a" hx-get="?q=a" hx-target="#results" hx-push-url="true">'
    assert f"{link}All <span>1,200</span></a>" in shown
    assert ' aria-current="true">Active <span>900</span></a>' in shown


def test_the_option_that_is_chosen_is_selected() -> None:
    shown = drawn_by("options choices 100", choices=[(80, "Nearly"), (100, "Over")])

    assert shown == '<option value="80">Nearly</option><option value="100" selected>Over</option>'


def test_no_text_of_a_tab_or_an_option_becomes_markup() -> None:
    assert EVIL not in drawn_by("tabs found ''", found=[(EVIL, EVIL, 1)])
    assert EVIL not in drawn_by("options choices ''", choices=[(EVIL, EVIL)])
