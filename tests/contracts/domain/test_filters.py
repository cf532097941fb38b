"""What a list shows: which rows a page holds, and whether anything is filtered at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.domain.filters import PAGE_SIZE, ContractFilter, Span
from tests.strategies import quick

PAGES = st.integers(-5, 10**6)
TOTALS = st.integers(0, 5_000)


@quick
@given(TOTALS)
def test_the_pages_show_every_row_once(total: int) -> None:
    spans, span = [Span.of(1, total)], Span.of(1, total)
    while span.next:
        span = Span.of(span.next, total)
        spans.append(span)
    shown = [number for span in spans for number in range(span.skip + 1, span.last + 1)]
    assert shown == list(range(1, total + 1))


@quick
@given(PAGES, TOTALS)
def test_a_page_that_is_not_there_is_the_nearest(page: int, total: int) -> None:
    last = max(1, -(-total // PAGE_SIZE))
    assert Span.of(page, total).page == min(max(page, 1), last)


@quick
@given(PAGES, TOTALS)
def test_the_first_and_last_row_are_numbered_as_people_count(page: int, total: int) -> None:
    span = Span.of(page, total)
    assert 0 <= span.first <= span.last <= total
    assert (span.first == 0) == (total == 0)
    assert span.last - span.skip <= PAGE_SIZE


@quick
@given(PAGES, TOTALS)
def test_the_page_before_leads_back(page: int, total: int) -> None:
    span = Span.of(page, total)
    assert span.previous is None or Span.of(span.previous, total).next == span.page
    assert (span.previous is None) == (span.page == 1)


def test_of_nothing_there_is_one_empty_page() -> None:
    span = Span.of(3, 0)
    assert (span.page, span.first, span.last, span.previous, span.next) == (1, 0, 0, None, None)


@pytest.mark.parametrize(
    "terms",
    [
        {"q": "a"},
        {"status": "draft"},
        {"contract_type": "basic"},
        {"account_manager": "maya"},
        {"tag": "vip"},
        {"currency": "EUR"},
        {"ends": 0},
        {"notice": 0},
        {"in_force": True},
        {"overdue": True},
        {"odd_fee": True},
    ],
)
def test_each_filter_narrows(terms: dict[str, str]) -> None:
    assert ContractFilter(**terms).is_narrowed


def test_order_and_page_do_not_narrow() -> None:
    assert not ContractFilter(sort="-fee", page=7).is_narrowed


@pytest.mark.parametrize(("text", "page"), [("3", 3), ("", 1), ("-1", 1), ("x", 1), ("9" * 7, 1), ("99", 4)])
def test_an_address_that_asks_for_no_page_there_is_gets_another(text: str, page: int) -> None:
    assert Span.asked(text, 200).page == page
