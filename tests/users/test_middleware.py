"""Every page needs sign-in, and sign-in leads back to where one was."""

import re
from collections.abc import Iterable, Iterator
from uuid import uuid4

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

# The pages for everybody; `login` is the admin's, which leads to the sign-in page.
OPEN = {"account_login", "account_logout", "theme", "sprite", "healthz", "readyz", "login"}

pytestmark = pytest.mark.django_db


def pages(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if route.startswith("api/"):
            # Tokens open these, one operation at a time: tests/config/test_api_scopes.py.
            continue
        if isinstance(pattern, URLResolver):
            yield from pages(pattern.url_patterns, route)
        else:
            yield route, pattern


def closed_pages() -> Iterator[str]:
    """The address of each page but the open ones, with something in place of its parameters."""
    for route, pattern in pages(get_resolver().url_patterns):
        if pattern.name not in OPEN:
            # The admin has two addresses that are regular expressions.
            path = route.replace("(?P<url>.*)$", "anything").replace("^(?P<app_label>auth)/$", "auth/")
            yield "/" + re.sub(r"<[^>]+>", "1", re.sub(r"<uuid:[^>]+>", str(uuid4()), path))


def test_each_page_sends_strangers_to_the_sign_in_page(client: Client) -> None:
    answers = {path: client.get(path) for path in closed_pages()}
    assert len(answers) > 20
    strays = {path: answer.status_code for path, answer in answers.items() if answer.status_code != 302}
    assert strays == {}
    assert {answer.url.partition("?")[0] for answer in answers.values()} == {"/sign-in/"}


def test_each_form_sends_strangers_to_the_sign_in_page(client: Client) -> None:
    answers = [client.post(path) for path in closed_pages()]
    assert {answer.url.partition("?")[0] for answer in answers} == {"/sign-in/"}


def test_only_the_pages_meant_for_everybody_are_open() -> None:
    unguarded = {
        pattern.name
        for _, pattern in pages(get_resolver().url_patterns)
        if not getattr(pattern.callback, "login_required", True)
    }
    assert unguarded == OPEN


def test_what_is_open_to_all_looks_at_no_session(client: Client, viewer: AbstractBaseUser) -> None:
    client.force_login(viewer)
    with CaptureQueriesContext(connection) as queries:
        client.get("/healthz")
    assert len(queries) == 0


def test_sign_in_leads_back_with_the_query(client: Client) -> None:
    assert client.get("/contracts/?status=active&page=2").url == (
        "/sign-in/?next=/contracts/%3Fstatus%3Dactive%26page%3D2"
    )


def test_the_admins_own_sign_in_page_is_ours(client: Client) -> None:
    page = client.get("/admin/login/?next=https://evil.example/", follow=True)
    assert page.redirect_chain == [("/admin/", 302), ("/sign-in/?next=/admin/", 302)]


@pytest.mark.urls("tests.users.pages")
class TestAnEndedSession:
    def test_a_fragment_is_answered_with_a_way_to_the_sign_in_page(self, client: Client) -> None:
        headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/contracts/?page=2"}
        answer = client.get("/contracts/?page=3", headers=headers)
        assert answer.status_code == 401
        assert answer["HX-Redirect"] == "/sign-in/?next=/contracts/%3Fpage%3D2"
        assert answer.content == b""

    def test_a_boosted_link_leads_to_where_it_points(self, client: Client) -> None:
        headers = {"HX-Request": "true", "HX-Boosted": "true", "HX-Current-URL": "http://testserver/"}
        answer = client.get("/contracts/", headers=headers)
        assert answer["HX-Redirect"] == "/sign-in/?next=/contracts/"

    @pytest.mark.parametrize("address", ["https://evil.example/", "http://[::1", "http://testserver.evil/", ""])
    def test_a_fragment_of_another_site_leads_to_the_overview(self, address: str, client: Client) -> None:
        headers = {"HX-Request": "true", "HX-Current-URL": address}
        assert client.get("/contracts/", headers=headers)["HX-Redirect"] == "/sign-in/?next=/"

    def test_an_action_leads_back_to_the_page_it_was_on(self, client: Client) -> None:
        answer = client.post("/action/", headers={"Referer": "http://testserver/contracts/?page=2"})
        assert answer.url == "/sign-in/?next=/contracts/%3Fpage%3D2"

    @pytest.mark.parametrize(
        "referer", ["", "https://evil.example/x", "//testserver/x", "http://testserver.evil/", "http://["]
    )
    def test_an_action_from_nowhere_leads_to_the_overview(self, referer: str, client: Client) -> None:
        assert client.post("/action/", headers={"Referer": referer}).url == "/sign-in/?next=/"
