"""A row of the list of contracts: its cells, and that nothing other services wrote becomes markup."""

from datetime import date
from typing import Any

import pytest
from django.template import Context, Template

from contracts.domain.model import Contract, Oddity
from contracts.repository import ContractRow

EVIL = "<b>\"'&"


def drawn(*, key: str = "c1", share: int | None = None, **terms: Any) -> str:
    row = ContractRow(key, Contract(**{"account_id": "a1", "account_name": "Northwind", **terms}), share)
    return Template("{% load rows %}{% contract_row row '/contracts/' %}").render(Context({"row": row}))


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
