"""A page of the list: what the search finds, what the tabs count, and who there is to choose from."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bson import ObjectId
from pymongo.database import Database

from contracts import repository, services
from contracts.domain.filters import SORTS, ContractFilter
from contracts.domain.model import BillingContact, Contract, PrimaryContact
from contracts.repository import ContractPage
from mongo.client import Document
from tests.factories import MAYAS_FILE, NOW, TODAY, make_contract

pytestmark = pytest.mark.usefixtures("mongo")

# What other services may write where a text belongs.
NO_TEXTS = [None, 17, 1.5, Decimal("NaN"), ["x", 5, {"a": 1}], {"a": "needle"}, True, b"needle", ObjectId()]


def make(account: str, **terms: Any) -> Contract:
    contract = make_contract(account_id=account, account_name=f"Name of {account}", **terms)
    return services.create(contract, actor=MAYAS_FILE, now=NOW).contract


def insert(db: Database[Document], *documents: Document) -> None:
    """Documents as other services write them, with ids of their own."""
    db.contracts.insert_many(
        [{"contract_id": f"c{n}", "account_id": f"a{n}", **d} for n, d in enumerate(documents)]
    )


def listed(**terms: Any) -> ContractPage:
    return repository.find_page(ContractFilter(**terms), today=TODAY)


def found(**terms: Any) -> list[str]:
    """The accounts on the page, in its order."""
    return [row.contract.account_id for row in listed(**terms).rows]


# The search ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "q",
    [
        "name of A-1",
        "a-1",
        "ANA ORTIZ",
        "ben@example.com",
        "555 0100",
        "vip",
        "größe",
        "GRÖSSE ÉTÉ",
        "ПРИВЕТ",
        "東",
    ],
)
def test_it_finds_any_part_of_any_field_in_any_case(q: str) -> None:
    make("a-1", tags=("VIP", "Größe", "größe été", "Grösse Été", "Привет, мир", "東京"))
    make("b-2", tags=("other",), primary_contact=PrimaryContact(), billing_contact=BillingContact())
    assert found(q=q) == ["a-1"]


def test_it_does_not_stumble_over_what_is_no_text(mongo: Database[Document]) -> None:
    fields = ("tags", "account_name", "primary_contact", "billing_contact.name")
    insert(mongo, *({field: value} for field in fields for value in NO_TEXTS))
    assert [listed(q=q).span.total for q in ("needle", "nädel", "надежда")] == [0, 0, 0]


@pytest.mark.parametrize("q", ["$account_id", "$$root", "a.b", "c:\\d", "[x]", "é{2}"])
def test_each_character_stands_for_itself(q: str) -> None:
    make("a-1", tags=("$account_id", "$$ROOT", "a.b", "c:\\d", "[x]", "É{2}"))
    assert found(q=q) == ["a-1"]


@pytest.mark.parametrize("q", ["$status", "a?b", ".*", "[a-z]", "^a", "é{1,3}"])
def test_no_character_means_anything_else(q: str) -> None:
    make("a-1", tags=("aéb",))
    assert found(q=q) == []


# Tabs and managers ---------------------------------------------------------------------------------------


def test_the_tabs_count_what_all_other_filters_leave() -> None:
    for number, status in enumerate(["active", "active", "draft", "expired"]):
        make(f"a-{number}", status=status, currency="EUR" if number else "USD")
    page = listed(status="draft", currency="EUR")
    assert page.by_status == {"active": 1, "draft": 1, "expired": 1}
    assert (page.span.total, len(page.rows)) == (1, 1)


def test_the_tabs_count_one_managers_contracts_where_one_is_chosen(mongo: Database[Document]) -> None:
    make("a", account_manager="tom", status="active")
    make("b", account_manager="maya", status="active")
    insert(mongo, {"account_manager": ["tom", "maya"], "status": "on hold"})
    page = listed(account_manager="tom")
    assert page.by_status == {"active": 1, "on hold": 1}
    assert (page.span.total, len(page.rows)) == (2, 2)


def test_the_managers_to_choose_from_are_those_of_what_matches(mongo: Database[Document]) -> None:
    make("a", account_manager="tom", currency="EUR")
    make("b", account_manager="maya", currency="EUR")
    make("c", account_manager="ines", currency="USD")
    insert(mongo, *({"account_manager": odd} for odd in NO_TEXTS))
    assert listed(currency="EUR", account_manager="tom").managers == ("maya", "tom")
    assert listed().managers == ("ines", "maya", "tom")


def test_a_chosen_manager_stays_among_them_though_nothing_matches() -> None:
    make("a", account_manager="maya")
    assert listed(account_manager="gone").managers == ("gone", "maya")


# Order and filters together ------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", SORTS)
def test_the_order_turned_round_shows_the_same_contracts(sort: str) -> None:
    for number in range(5):
        make(f"a-{number}", base_monthly_fee=Decimal(number), end_date=date(2027, 1, 1 + number))
    forwards, backwards = found(sort=sort), found(sort=f"-{sort}")
    assert sorted(forwards) == sorted(backwards)
    # Of equals, those that were stored first come first, either way.
    assert sort in ("status", "type", "usage", "changed") or forwards == backwards[::-1]


def test_two_filters_leave_what_each_of_them_leaves() -> None:
    for number in range(12):
        make(f"a-{number}", currency=("EUR", "USD")[number % 2], tags=(("vip",), ("pilot",), ())[number % 3])
    assert set(found(currency="EUR", tag="vip")) == set(found(currency="EUR")) & set(found(tag="vip"))
