"""The list of contracts: its search, filters, tabs, order and pages."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from contracts import services
from contracts.domain.model import BillingContact, PrimaryContact
from tests.factories import MAYAS_FILE, NOW, make_contract
from tests.html import row_links

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

URL = "/contracts/"


def make(account, **terms):
    base = replace(make_contract(), primary_contact=PrimaryContact(), billing_contact=BillingContact(), tags=())
    return services.create(
        replace(base, account_id=account, account_name=f"Name of {account}", **terms), actor=MAYAS_FILE, now=NOW
    ).contract


def names(response):
    return [row.contract.account_id for row in response.context["page"].rows]


def test_it_finds_nothing_in_an_empty_collection(viewer_client):
    assert "No contracts yet" in viewer_client.get(URL).content.decode()


@pytest.mark.parametrize(
    ("q", "terms"),
    [
        ("of b", {}),
        ("B-1", {}),
        ("contract_here", {"contract_id": "contract_here"}),
        ("jonas", {"primary_contact": PrimaryContact(name="Jonas")}),
        ("jonas@example.com", {"billing_contact": BillingContact(email="jonas@example.com")}),
        ("a+b.*(", {"tags": ("a+b.*(",)}),
        ("ÜBER", {"tags": ("über",)}),
    ],
)
def test_the_search_looks_for_literal_text_in_every_field(viewer_client, q, terms):
    make("a-1")
    make("b-1", **terms)
    assert names(viewer_client.get(URL, {"q": q})) == ["b-1"]


@pytest.mark.parametrize("q", ["^(a+)+$", ".*", "$ne", "a\\", "[", "%", "\u202e"])
def test_a_pattern_is_only_text(viewer_client, q):
    make("a-1")
    response = viewer_client.get(URL, {"q": q})
    assert (response.status_code, names(response)) == (200, [])
    assert "No contracts match" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"q": "x" * 201}, "Search"),
        ({"q": "a\x00"}, "Search"),
        ({"status": "x" * 101}, "Status"),
        ({"ends": "soon"}, "Ends within days"),
        ({"notice": "-1"}, "Notice within days"),
        ({"sort": "password"}, "Sort"),
    ],
)
def test_a_bad_parameter_is_named_and_shows_no_rows(viewer_client, query, word):
    make("a-1")
    response = viewer_client.get(URL, query)
    assert response.status_code == 400
    assert word in response.content.decode()
    assert "Name of a-1" not in response.content.decode()


def test_operators_in_parameter_names_do_nothing(viewer_client):
    make("a-1")
    assert names(viewer_client.get(f"{URL}?status[$ne]=x&q[$regex]=.*")) == ["a-1"]


def test_tabs_count_what_the_other_filters_leave(viewer_client):
    make("a-1")
    make("a-2", status="draft")
    make("b-1", status="draft")
    response = viewer_client.get(URL, {"q": "a-", "status": "draft"})
    assert [(label, count) for _, label, count in response.context["tabs"]][:3] == [
        ("All", 2),
        ("Draft", 1),
        ("Active", 1),
    ]
    assert names(response) == ["a-2"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"contract_type": "basic"}, ["basic"]),
        ({"account_manager": "tom"}, ["toms"]),
        ({"tag": "vip"}, ["tagged"]),
        ({"currency": "EUR"}, ["euro"]),
        ({"ends": "30", "sort": "end"}, ["ending"]),
        ({"notice": "30", "sort": "end"}, ["ending", "noticed"]),
    ],
)
def test_each_filter_narrows_the_list(viewer_client, query, found):
    today = datetime.now(UTC).date()
    far = today + timedelta(days=300)
    make("basic", contract_type="basic", end_date=far)
    make("toms", account_manager="tom", end_date=far)
    make("tagged", tags=("vip",), end_date=far)
    make("euro", currency="EUR", end_date=far)
    make("ending", end_date=today + timedelta(days=30))
    make("noticed", end_date=today + timedelta(days=60), notice_days=30)
    assert names(viewer_client.get(URL, query)) == found


def test_an_open_end_sorts_as_the_latest(viewer_client):
    make("open", end_date=None, auto_renewal=False)
    make("later", end_date=date(2028, 1, 1))
    make("sooner", end_date=date(2027, 1, 1))
    assert names(viewer_client.get(URL, {"sort": "end"})) == ["sooner", "later", "open"]
    assert names(viewer_client.get(URL, {"sort": "-end"})) == ["open", "later", "sooner"]


def test_fees_sort_as_numbers(viewer_client):
    for account, fee in (("a", "9"), ("b", "100"), ("c", "20.5")):
        make(account, base_monthly_fee=Decimal(fee))
    assert names(viewer_client.get(URL, {"sort": "-fee"})) == ["b", "c", "a"]


def test_pages_show_every_contract_once(viewer_client, mongo):
    mongo.contracts.insert_many([{"contract_id": f"c{n}", "account_id": f"a{n:03}"} for n in range(120)])
    pages = [names(viewer_client.get(URL, {"page": page})) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert len({name for page in pages for name in page}) == 120


@pytest.mark.parametrize(("page", "shown"), [("0", 1), ("-1", 1), ("abc", 1), ("99", 3), ("9" * 400, 1)])
def test_a_page_beyond_the_list_is_its_nearest(viewer_client, mongo, page, shown):
    mongo.contracts.insert_many([{"contract_id": f"c{n}", "account_id": f"a{n}"} for n in range(120)])
    response = viewer_client.get(URL, {"page": page})
    assert response.context["page"].span.page == shown


ODD = [
    {},
    {"contract_id": None, "account_id": None},
    {"contract_id": "a/b", "account_id": "x"},
    {"contract_id": "new", "account_id": "y"},
    {"contract_id": 17, "account_id": 18, "status": 19, "contract_type": None},
    {
        "contract_id": "c",
        "account_id": "z",
        "status": ["x"],
        "base_monthly_fee": {},
        "end_date": "soon",
        "add_ons": 3,
    },
    {"contract_id": "d", "account_id": "w", "end_date": datetime(9999, 12, 31, tzinfo=UTC), "notice_days": 2**62},
    {"contract_id": "e", "account_id": "v", "account_name": "<script>alert(1)</script>" * 200, "tags": [{"a": 1}]},
    {"contract_id": "f", "account_id": "u", "base_monthly_fee": Decimal("NaN"), "status": "active", "currency": 5},
    {"contract_id": "g", "account_id": "t", "base_monthly_fee": Decimal("1E+6000"), "updated_at": "yesterday"},
    {"contract_id": "h", "account_id": "s", "end_date": datetime(1, 1, 1, tzinfo=UTC), "status": "active"},
]


@pytest.mark.parametrize("odd", ODD)
def test_other_services_documents_are_listed_and_open(viewer_client, mongo, odd):
    mongo.contracts.insert_one(dict(odd))
    for sort in ("name", "end", "-fee"):
        response = viewer_client.get(URL, {"sort": sort})
        assert len(response.context["page"].rows) == 1
        assert "<script>alert" not in response.content.decode()
    [link] = row_links(response)
    assert viewer_client.get(link).status_code == 200
    assert viewer_client.get(URL, {"notice": 30}).status_code == 200
    assert viewer_client.get("/").status_code == 200


def test_htmx_gets_the_rows_alone(viewer_client):
    make("a-1")
    part = viewer_client.get(URL, headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert b'id="filter-state" hx-swap-oob="true"' in part.content
    assert "HX-Request" in part.headers["Vary"]


@pytest.mark.parametrize(
    ("query", "operations"),
    [
        ({"status": "active"}, ["aggregate", "find", "aggregate", "find"]),
        ({"status": "active", "sort": "-end"}, ["aggregate", "aggregate", "find"]),
        ({"q": "a-1"}, ["ping", "aggregate", "find", "aggregate", "find"]),
        ({"q": "nobody"}, ["ping", "aggregate", "find", "find"]),
    ],
)
def test_a_page_takes_few_operations(viewer_client, counted, query, operations):
    make("a-1")
    with counted() as commands:
        viewer_client.get(URL, query)
    assert commands == operations
