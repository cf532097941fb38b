"""The worklists as data: each a filter of the list, and nothing that the list could not show."""

import pytest

from contracts.domain.filters import ContractFilter
from contracts.domain.worklists import WORKLISTS, Worklist, filters_of


def test_each_has_a_key_and_a_name_of_its_own() -> None:
    assert len({worklist.key for worklist in WORKLISTS}) == len(WORKLISTS)
    assert len({worklist.label for worklist in WORKLISTS}) == len(WORKLISTS)


@pytest.mark.parametrize("worklist", WORKLISTS, ids=lambda worklist: worklist.key)
def test_each_narrows_the_list(worklist: Worklist) -> None:
    assert worklist.wanted("maya").is_narrowed


def test_only_the_one_of_ones_own_contracts_asks_whose_it_is() -> None:
    assert [key for key, wanted in filters_of("maya").items() if wanted.account_manager] == ["mine"]


def test_what_is_pressing_has_a_tone() -> None:
    assert {worklist.key: worklist.tone for worklist in WORKLISTS if worklist.tone != "muted"} == {
        "overdue": "bad",
        "over": "bad",
        "near": "warn",
    }


def test_a_filter_is_told_by_what_differs_from_a_plain_list_in_a_fixed_order() -> None:
    wanted = ContractFilter(sort="-end", overdue=True, ends=0, q="ä", page=7)
    assert list(wanted.parameters.items()) == [("q", "ä"), ("ends", "0"), ("overdue", "1"), ("sort", "-end")]
    assert ContractFilter(page=3).parameters == {}
