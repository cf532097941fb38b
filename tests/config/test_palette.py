"""The palette: who is shown what, whatever is typed, and while MongoDB is away."""

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.conf import settings as project
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from pymongo.database import Database
from pytest_django import Settings

from config.palette import MOST_CONTRACTS, begun, fits, held
from contracts import services
from contracts.domain.model import BillingContact, PrimaryContact
from mongo import client
from mongo.breaker import FAILURES_TO_OPEN
from mongo.client import Document
from tests.conftest import client_for
from tests.factories import MAYA, NOW, make_contract
from tests.proxy import Proxy

pytestmark = pytest.mark.django_db

URL = "/palette/"
NOWHERE = "mongodb://127.0.0.1:1/?directConnection=true"


class Options(HTMLParser):
    """The words of each option with where it leads, and the headings of the groups."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.leads: dict[str, str] = {}
        self.groups: list[str] = []
        self._words: list[str] | None = None
        self._href, self._in_key = "", False
        self.feed(response.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("role") == "option":
            self._words, self._href = [], given.get("href") or given.get("form") or given.get("data-open") or ""
        elif tag == "p":
            self._words = []
        elif tag == "kbd":
            self._in_key = True

    def handle_endtag(self, tag: str) -> None:
        self._in_key = False
        if self._words is None or tag not in ("a", "button", "p"):
            return
        words = " ".join("".join(self._words).split())
        if tag == "p":
            self.groups.append(words)
        else:
            self.leads[words] = self._href
        self._words = None

    def handle_data(self, data: str) -> None:
        if self._words is not None and not self._in_key:
            self._words.append(data)

    @property
    def labels(self) -> list[str]:
        return list(self.leads)


@pytest.fixture
def away(mongo: Database[Document], settings: Settings) -> Iterator[None]:
    """Nothing answers at MongoDB's address."""
    here = settings.MONGODB_URI
    settings.MONGODB_URI = NOWHERE
    client.close()
    yield
    settings.MONGODB_URI = here
    client.close()


def asked(browser: Client, q: str = "") -> Options:
    response = browser.get(URL, {"q": q} if q else {})
    assert response.status_code == 200
    return Options(response)


def make(account: str, name: str = "", **terms: object) -> None:
    bare = {"primary_contact": PrimaryContact(), "billing_contact": BillingContact(), "tags": ()}
    contract = make_contract(account_id=account, account_name=name or f"Name of {account}", **(bare | terms))
    services.create(contract, actor=MAYA, now=NOW)


def contracts(browser: Client, q: str) -> list[str]:
    """The addresses of the contracts found, in order, by account."""
    found = browser.get(URL, {"q": q}).context["groups"]
    options = next((group.options for group in found if group.name == "Contracts"), [])
    return [option["title"] for option in options if "title" in option]


# Rights ---------------------------------------------------------------------------------------------------


def test_nothing_typed_lists_pages_and_actions_and_asks_no_mongodb(manager_client: Client) -> None:
    found = asked(manager_client)
    assert found.groups == ["Pages", "Worklists", "Actions"]
    assert found.leads["Overview"] == "/"
    assert found.leads["Ends within 30 days"] == "/contracts/?ends=30&sort=end"
    assert found.leads["New contract"] == "/contracts/new/"
    assert found.leads["Dark colours"] == "theme-form"
    assert found.leads["Keyboard shortcuts"] == "keys"


def test_a_viewer_is_offered_neither_a_new_contract_nor_an_export(viewer_client: Client) -> None:
    assert {"New contract", "Import contracts", "Export all contracts as CSV"}.isdisjoint(
        asked(viewer_client).labels
    )


def test_administration_is_offered_to_administrators_alone(admin_client: Client, manager_client: Client) -> None:
    assert "Users" in asked(admin_client).labels
    assert "Users" not in asked(manager_client).labels


def test_who_has_no_role_finds_no_contract_and_asks_no_mongodb(away: None, db: None) -> None:
    found = asked(client_for(User.objects.create_user("nobody")), "north")
    assert (found.groups, found.labels) == ([], [])


def test_who_has_no_role_can_sign_out(db: None) -> None:
    assert asked(client_for(User.objects.create_user("nobody"))).leads["Sign out"] == "sign-out-form"


def test_whose_session_has_ended_is_told_so_in_the_palette(client: Client) -> None:
    response = client.get(URL, headers={"HX-Request": "true"})
    assert (response.status_code, "Your session has ended." in response.content.decode()) == (200, True)


# What is typed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "label"), [("con", "Contracts"), ("log out", "Sign out"), ("N C", "New contract")]
)
def test_words_are_looked_for_by_their_beginnings(
    mongo: object, manager_client: Client, typed: str, label: str
) -> None:
    assert [found for found in asked(manager_client, typed).labels if found.startswith(label)]


@pytest.mark.parametrize("typed", ["ontracts", "overview contracts"])
def test_every_word_has_to_begin_one(typed: str) -> None:
    assert not fits(typed, "Contracts")


def test_contracts_are_found_by_name_id_account_e_mail_and_tag(
    mongo: Database[Document], viewer_client: Client
) -> None:
    make("acct-name", name="Needle & Sons")
    make("acct-id", contract_id="contract_needle")
    make("needle-acct")
    make("acct-mail", primary_contact=PrimaryContact(email="ana@needle.example"))
    make("acct-tag", tags=("needles",))
    make("acct-none")
    assert len(contracts(viewer_client, "NEEDLE")) == 5


def test_exact_ids_come_first_then_names_that_begin_so_then_the_rest(
    mongo: Database[Document], viewer_client: Client
) -> None:
    make("x-1", name="Alpha of nord")
    make("x-2", name="Nordwind")
    make("NORD", name="Zulu")
    assert contracts(viewer_client, "nord") == ["Zulu", "Nordwind", "Alpha of nord"]


def test_no_more_contracts_are_listed_than_fit(mongo: Database[Document], viewer_client: Client) -> None:
    mongo.contracts.insert_many({"contract_id": f"c{n}", "account_id": f"acct{n:02}"} for n in range(20))
    assert contracts(viewer_client, "acct") == [f"acct{n:02}" for n in range(MOST_CONTRACTS)]


def test_the_list_with_all_of_them_is_the_last_option(mongo: Database[Document], viewer_client: Client) -> None:
    make("acct-1", name="Müller & Söhne")
    leads = asked(viewer_client, "müller & s").leads
    assert leads["All contracts with “müller & s”"] == "/contracts/?q=m%C3%BCller+%26+s"


def test_what_was_found_is_shown_where_the_name_does_not_tell(
    mongo: Database[Document], viewer_client: Client
) -> None:
    make("acct-1", name="Alpha", billing_contact=BillingContact(email="ben@needle.example"))
    assert b"ben@<mark>needle</mark>.example" in viewer_client.get(URL, {"q": "needle"}).content


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "&lt;b&gt;", "<mark>"]
)
def test_markup_in_names_and_in_what_is_typed_is_text(
    mongo: Database[Document], viewer_client: Client, typed: str
) -> None:
    make("acct-1", name=f"A {typed} B")
    page = viewer_client.get(URL, {"q": typed}).content.decode()
    assert contracts(viewer_client, typed) == [f"A {typed} B"]
    assert not any(bad in page for bad in ("<script", "<img", "<b>", "<mark><mark>"))


@pytest.mark.parametrize(
    "typed", ["^(a+)+$", ".*", "$ne", "$account_name", "a\\", "[", "%", "(", "\u202e", "é" * 200]
)
def test_patterns_and_operators_are_text(mongo: Database[Document], viewer_client: Client, typed: str) -> None:
    make("acct-1")
    assert contracts(viewer_client, typed) == []


@pytest.mark.parametrize("typed", ["x" * 201, "a\x00b"])
def test_what_cannot_be_looked_for_is_refused_with_a_reason(viewer_client: Client, typed: str) -> None:
    response = viewer_client.get(URL, {"q": typed})
    assert response.status_code == 400
    assert "data-line=" in response.content.decode()


def test_marks_are_put_around_escaped_text() -> None:
    assert held("a <b> & a", "<B>") == "a <mark>&lt;b&gt;</mark> &amp; a"
    assert begun("New <contract>", "ne co") == "<mark>Ne</mark>w &lt;<mark>co</mark>ntract&gt;"
    assert len(held("x" * 5_000, "y")) < 200


# Documents of other services, and no MongoDB --------------------------------------------------------------


@pytest.mark.parametrize(
    "odd",
    [
        {"contract_id": 17, "account_name": "needle"},
        {"contract_id": "c", "account_id": None, "account_name": ["needle"], "tags": "needle"},
        {"contract_id": "c", "account_id": 5, "status": {"a": 1}, "primary_contact": "none", "tags": ["needle", 5]},
        {"contract_id": "needle", "account_name": "x" * 50_000},
    ],
)
def test_other_services_documents_are_found_and_lead_to_their_page(
    mongo: Database[Document], viewer_client: Client, odd: Document
) -> None:
    mongo.contracts.insert_one(dict(odd))
    leads = asked(viewer_client, "needle").leads
    assert viewer_client.get(next(iter(leads.values()))).status_code == 200


def test_without_mongodb_pages_and_actions_are_there_and_a_line_says_why(
    away: None, manager_client: Client
) -> None:
    response = manager_client.get(URL, {"q": "contract"})
    assert "New contract" in Options(response).labels
    assert "Contracts cannot be searched now. MongoDB did not answer in time." in response.content.decode()


def test_a_palette_without_an_address_of_mongodb_says_so(manager_client: Client) -> None:
    assert project.MONGODB_URI == ""
    assert "MongoDB is not configured" in manager_client.get(URL, {"q": "contract"}).content.decode()


def test_a_single_letter_asks_no_mongodb_and_says_from_when_on_contracts_are_searched(
    away: None, manager_client: Client
) -> None:
    response = manager_client.get(URL, {"q": "c"})
    assert "Contracts are searched from 2 letters on." in response.content.decode()
    assert "Contracts" in Options(response).labels


def test_a_search_that_takes_too_long_offers_that_of_the_list_and_keeps_no_page_waiting(
    mongo: Database[Document], viewer_client: Client, mongo_uri: str, settings: Settings
) -> None:
    with Proxy(mongo_uri) as between:
        settings.MONGODB_URI = between.uri
        client.close()
        client.ping(2)
        between.latency = 1
        for _ in range(FAILURES_TO_OPEN):
            response = viewer_client.get(URL, {"q": "no"})
        assert not client.breaker.is_open
        client.close()
    assert "Contracts cannot be searched now. MongoDB did not answer in time." in response.content.decode()
    assert Options(response).leads["All contracts with “no”"] == "/contracts/?q=no"


def test_ids_and_names_that_begin_so_come_first_however_many_hold_the_text(
    mongo: Database[Document], viewer_client: Client
) -> None:
    others = ({"account_id": f"a{n}", "contract_id": f"c{n}", "account_name": f"A nord {n}"} for n in range(50))
    mongo.contracts.insert_many(others)
    names = {"nord": "Zulu", "b1": "NORD", "b2": "Nord & Co", "b3": "nordwind"}
    mongo.contracts.insert_many(
        {"account_id": key, "contract_id": f"of-{key}", "account_name": name} for key, name in names.items()
    )
    assert set(contracts(viewer_client, "nord")[:4]) == set(names.values())
    assert contracts(viewer_client, "nord")[0] == "Zulu"
