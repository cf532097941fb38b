"""The worklists: their counts, the lists they lead to, and the calendar agree, whoever wrote the contracts."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.contrib.auth.models import AbstractBaseUser, User
from django.http import QueryDict
from django.test import Client
from pymongo.database import Database

from contracts import repository
from contracts.documents import from_document, to_document
from contracts.domain import lifecycle
from contracts.domain.model import STATUSES, Contract, UsageLimits
from contracts.domain.worklists import WORKLISTS, filters_of
from contracts.forms.filters import FilterForm
from contracts.shown.worklists import query_of, shown
from mongo.client import Document
from tests.conftest import PASSWORD, client_for
from tests.factories import NOW, TODAY, make_contract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

Block = Callable[[], AbstractContextManager[Any]]

ME = "maya"
URL = "/worklists/"
CROWD = 250
# Days from today on which a window begins or ends, and those beside them.
ENDS = (-400, -31, -30, -29, -1, 0, 1, 6, 7, 8, 29, 30, 31, 59, 60, 61, 89, 90, 91, 400)
NOTICES = (None, 0, 7, 8, 23, 30, 31, 60, 7.0, "7", "soon")
AGES = (0, 13, 14, 15, 16, 400)
LIMITS = ((10, 7), (10, 8), (10, 10), (10, 11), (0, 0), (0, 1), (None, 5), (1000, 799), (1000, 1001))
# What other services may write where a date belongs.
ODD_DATES = ("2026-11-30", "soon", 20261130, [NOW + timedelta(days=3)], {"day": 1}, True)
FAR_DATES = (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))


@pytest.fixture(params=[1, 2, 3])
def crowd(mongo: Database[Document], request: pytest.FixtureRequest) -> list[Document]:
    """Contracts of all kinds, many of them written by other services; with what their accounts used this month."""
    chance = random.Random(request.param)
    documents = [_document(number, chance) for number in range(CROWD)]
    mongo.contracts.insert_many(documents)
    mongo.usage_monthly.insert_many([_month(document) for document in documents])
    return documents


def _document(number: int, chance: random.Random) -> Document:
    limit, used = chance.choice(LIMITS)
    contract = make_contract(
        contract_id=f"c{number}",
        account_id=f"a{number}",
        account_manager=chance.choice((ME, "tom", "$account_name", "")),
        status=chance.choice(STATUSES),
        usage_limits=UsageLimits(max_monthly_trades=limit),
    )
    noon = chance.choice((timedelta(), timedelta(hours=12), timedelta(hours=23, minutes=59)))
    midnight = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
    document = to_document(contract) | {
        "used": used,
        "notice_days": chance.choice(NOTICES),
        "end_date": midnight + timedelta(days=chance.choice(ENDS)) + noon,
        "created_at": midnight - timedelta(days=chance.choice(AGES)) + noon,
    }
    odd: Mapping[int, Document] = {
        0: {"end_date": None},
        1: {"end_date": chance.choice(ODD_DATES)},
        2: {"created_at": chance.choice(ODD_DATES)},
        3: {"end_date": chance.choice(FAR_DATES)},
        4: {"account_manager": ["tom", ME]},
        5: {"status": chance.choice(("on_hold", 7, None))},
        6: {"usage_limits": {"max_monthly_trades": "many"}},
    }
    return document | odd.get(chance.randrange(20), {})


def _month(document: Document) -> Document:
    own = {"trades": document["used"], "currencies": [], "computed_at": NOW}
    return {"_id": f"{TODAY:%Y-%m} {document['account_id']}", **own}


def expected(document: Document) -> Iterator[str]:
    """The worklists that a contract belongs to, by the calendar alone."""
    contract = _read(document)
    if document["account_manager"] == ME or ME in list(document["account_manager"]):
        yield "mine"
    if document["status"] in lifecycle.IN_FORCE:
        yield from _of_those_in_force(contract, document["used"])
    if lifecycle.is_overdue(contract, TODAY):
        yield "overdue"
    if contract.status == "expired" and contract.end_date and 0 <= (TODAY - contract.end_date).days <= 30:
        yield "expired"
    made = contract.created_at
    if document["status"] == "draft" and made and (TODAY - made.date()).days > 14:
        yield "drafts"


def _read(document: Document) -> Contract:
    """As the product reads it; but a date that is none to MongoDB is in no window."""
    contract = from_document(document)
    odd = {oddity.path for oddity in contract.oddities}
    return replace(contract, **{name: None for name in ("end_date", "created_at") if name in odd})


def _of_those_in_force(contract: Contract, used: int) -> Iterator[str]:
    limit, end, notice = (
        contract.usage_limits.max_monthly_trades,
        contract.end_date,
        lifecycle.notice_date(contract),
    )
    if limit is not None and used * 100 > limit * 100:
        yield "over"
    if limit is not None and used * 100 >= limit * 80 and (limit or used):
        yield "near"
    if end is None or notice is None or end < TODAY:
        return
    yield from (f"ends_{days}" for days in (7, 30, 60, 90) if end <= TODAY + timedelta(days=days))
    if contract.status == "active":
        yield from (f"notice_{days}" for days in (7, 30) if notice <= TODAY + timedelta(days=days))


def test_counts_lists_and_calendar_agree(crowd: list[Document]) -> None:
    by_calendar = {worklist.key: set() for worklist in WORKLISTS}
    for document in crowd:
        for key in expected(document):
            by_calendar[key].add(document["_id"])
    by_list = {key: set(repository.matching_ids(wanted, today=TODAY)) for key, wanted in filters_of(ME).items()}
    assert by_list == by_calendar
    assert all(by_calendar.values())
    assert repository.worklists(ME, today=TODAY) == {key: len(found) for key, found in by_list.items()}


def test_the_page_of_each_list_says_the_same_number(crowd: list[Document]) -> None:
    counts = repository.worklists(ME, today=TODAY)
    totals = {key: repository.find_page(wanted, today=TODAY).span.total for key, wanted in filters_of(ME).items()}
    assert totals == counts


def test_the_overview_counts_the_same(crowd: list[Document]) -> None:
    counts, standing = repository.worklists_and_standing(ME, today=TODAY)
    assert counts == repository.worklists(ME, today=TODAY)
    assert (standing.all, standing.over) == (counts["near"], counts["over"])
    assert all(row.share >= 80 for row in standing.rows)


def test_without_a_contract_there_is_nothing_to_do() -> None:
    assert set(repository.worklists(ME, today=TODAY).values()) == {0}


@pytest.mark.parametrize("worklist", shown(ME), ids=lambda worklist: worklist.key)
def test_each_link_asks_for_the_filter_that_is_counted(worklist: Any) -> None:
    form = FilterForm(QueryDict(urlsplit(worklist.url).query))
    assert form.is_valid()
    assert form.to_filter("") == worklist.worklist.wanted(ME)


@pytest.mark.parametrize("name", ["$account_name", "a&b=c", "ä ö", "x" * 150])
def test_whatever_somebody_is_called_their_list_is_theirs(
    mongo: Database[Document], name: str, manager: AbstractBaseUser
) -> None:
    mongo.contracts.insert_many(
        [{"contract_id": n, "account_id": n, "account_name": n, "account_manager": n} for n in ("tom", name)]
    )
    assert repository.worklists(name, today=TODAY)["mine"] == 1
    User.objects.filter(pk=manager.pk).update(username=name)
    query = dict(parse_qsl(query_of(filters_of(name)["mine"])))
    page = client_for(User.objects.get(pk=manager.pk)).get("/contracts/", query)
    assert page.context["page"].span.total == 1


# The numbers beside every page --------------------------------------------------------------------------


def counts_in(html: str) -> dict[str, str]:
    """Number by key, as the fragment or the side shows them."""
    found = (part.partition('"') for part in html.split('id="count-')[1:])
    return {key: rest.partition(">")[2].partition("<")[0] for key, _, rest in found}


@pytest.fixture
def two(mongo: Database[Document]) -> None:
    """One of the manager's is overdue, one ends today; far ahead in no list is nobody."""
    today = datetime.now(UTC).date()
    for number, day in enumerate((today - timedelta(days=1), today)):
        contract = make_contract(
            contract_id=f"c{number}", account_id=f"a{number}", account_manager="manager", end_date=day
        )
        mongo.contracts.insert_one(to_document(contract))


@pytest.mark.usefixtures("two")
def test_a_page_has_the_links_at_once_and_the_numbers_come_after(manager_client: Client) -> None:
    page = manager_client.get("/contracts/new/").content.decode()
    assert 'hx-get="/worklists/"' in page
    assert set(counts_in(page).values()) == {""}
    numbers = counts_in(manager_client.get(URL, headers={"HX-Request": "true"}).content.decode())
    assert numbers.keys() == counts_in(page).keys()
    assert (numbers["mine"], numbers["overdue"], numbers["ends_7"], numbers["over"]) == ("2", "1", "1", "0")


@pytest.mark.usefixtures("two")
def test_on_the_overview_the_numbers_come_with_the_page(manager_client: Client) -> None:
    page = manager_client.get("/").content.decode()
    assert 'hx-get="/worklists/"' not in page
    assert counts_in(page)["overdue"] == "1"
    assert "/contracts/?ends=60&amp;sort=end" in page


def test_all_numbers_take_one_operation(viewer_client: Client, counted: Block) -> None:
    with counted() as commands:
        assert viewer_client.get(URL).status_code == 200
    assert commands == ["aggregate"]


def test_only_what_is_pressing_has_a_colour(manager_client: Client, two: None) -> None:
    numbers = manager_client.get(URL).content.decode()
    assert 'id="count-overdue" hx-swap-oob="true" data-tone="bad">1<' in numbers
    assert 'id="count-over" hx-swap-oob="true">0<' in numbers


def test_a_browser_keeps_the_numbers_for_a_moment_for_this_person_alone(manager_client: Client) -> None:
    answer = manager_client.get(URL)
    assert set(answer["Cache-Control"].split(", ")) == {"private", "max-age=30"}
    assert "Cookie" in answer["Vary"]


def test_whoever_sends_something_gets_new_numbers(manager_client: Client) -> None:
    manager_client.get(URL)
    assert "changed" not in manager_client.cookies
    manager_client.post("/contracts/views/save/", {"name": "x"})
    assert manager_client.cookies["changed"]["max-age"] > 30


def test_strangers_are_told_nothing_and_led_nowhere(client: Client) -> None:
    answer = client.get(URL, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert not answer.has_header("HX-Redirect")


def test_who_may_not_see_contracts_sees_no_worklists(db: None) -> None:
    nobody = client_for(User.objects.create_user("nobody", password=PASSWORD))
    assert nobody.get(URL).status_code == 403
    assert "Worklists" not in nobody.get("/account/password/").content.decode()


def test_while_mongodb_is_away_the_links_stay_and_no_number_comes(manager_client: Client, away: Block) -> None:
    with away():
        assert manager_client.get(URL).status_code == 204
        assert 'id="count-mine"' in manager_client.get("/account/password/").content.decode()


def test_numbers_that_do_not_come_are_no_reason_to_stop_asking_mongodb(manager_client: Client, away: Block) -> None:
    with away():
        for _ in range(3):
            manager_client.get(URL)
    assert manager_client.get("/contracts/").status_code == 200


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("overdue=1&sort=end", ["overdue"]),
        ("sort=end&overdue=1&page=2&q=", ["overdue"]),
        ("overdue=1", []),
        ("overdue=1&sort=end&tag=vip", []),
        ("", []),
    ],
)
def test_the_worklist_that_is_shown_is_marked(manager_client: Client, query: str, marked: list[str]) -> None:
    page = manager_client.get(f"/contracts/?{query}")
    assert [worklist.key for worklist in page.context["worklists"]() if worklist.current] == marked


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ({"expired": "-1"}, "Expired in the last days"),
        ({"expired": "soon"}, "Expired in the last days"),
        ({"drafts": "4000"}, "Drafts older than days"),
        ({"overdue": "yes"}, "Overdue"),
        ({"in_force": "yes"}, "In force"),
        ({"odd_fee": "0"}, "Base fee that is no price"),
    ],
)
def test_a_bad_parameter_is_named(manager_client: Client, query: dict[str, str], label: str) -> None:
    answer = manager_client.get("/contracts/", query)
    assert (answer.status_code, f"{label}:" in answer.content.decode()) == (400, True)


def test_what_is_asked_for_stands_in_chips_and_travels_with_the_search(manager_client: Client) -> None:
    query = "expired=30&drafts=14&in_force=1&overdue=1&odd_fee=1"
    page = manager_client.get(f"/contracts/?{query}").content.decode()
    for words in (
        "Expired in the last: 30 days",
        "Drafts older than: 14 days",
        "Overdue: in force after the",
        "In force: active or",
        "Base fee: no price",
    ):
        assert words in page
    for name, value in parse_qsl(query):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page


def test_the_days_of_the_calendar_do_not_overflow() -> None:
    wanted = filters_of(ME)["expired"]
    for today in (date(1900, 1, 1), date(2999, 12, 31)):
        assert repository.find_page(replace(wanted, expired=3650), today=today).span.total == 0
