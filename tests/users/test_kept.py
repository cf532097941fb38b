"""What somebody typed survives the end of their session, and nobody else gets to see it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import resolve
from django_htmx.middleware import HtmxDetails
from pymongo.database import Database
from pytest_django import Settings

from mongo import ratelimit
from mongo.client import Document
from tests.conftest import PASSWORD
from tests.users.conftest import SignIn
from users import kept

KEPT = "what you entered is shown again"
NOT_KEPT = "what you entered could not be kept"
ENTRIES = {"notes": ["first line\nsecond & third"], "tag": ["vip", "näher"]}
FORM = {**ENTRIES, "form_user": "viewer"}
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.users.pages")]


def shown(client: Client, path: str = "/form/") -> dict[str, list[str]] | None:
    return client.get(path).json()["entries"]


def request_of(method: str, user: User | AnonymousUser, session: SessionBase, path: str = "/form/") -> HttpRequest:
    form = "application/x-www-form-urlencoded"
    request = RequestFactory().generic(method, path, "notes=x&form_user=viewer", form)
    request.user, request.session = user, session
    request.htmx, request.resolver_match = HtmxDetails(request), resolve(path)
    return request


def test_entries_are_back_after_sign_in(viewer: User, client: Client, sign_in: SignIn) -> None:
    assert client.post("/form/?from=list", FORM).url == "/sign-in/?next=/form/%3Ffrom%3Dlist"
    assert sign_in("viewer", next="/form/?from=list").url == "/form/?from=list"
    assert shown(client, "/form/?from=list") == ENTRIES


def test_it_works_with_plain_forms_and_their_tokens(viewer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/sign-in/")
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}
    client.post("/form/", FORM | token)
    client.post("/sign-in/", {"login": "viewer", "password": PASSWORD, "next": "/form/"} | token)
    assert shown(client) == ENTRIES


def test_a_form_without_its_token_is_not_kept() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/form/", FORM).status_code == 403
    assert kept.SESSION_KEY not in client.session


def test_the_sign_in_page_says_that_entries_are_kept(client: Client) -> None:
    assert KEPT in client.post("/form/", FORM, follow=True).text


def test_entries_are_shown_once(viewer: User, client: Client, sign_in: SignIn) -> None:
    client.post("/form/", FORM)
    sign_in("viewer")
    shown(client)
    assert shown(client) is None


def test_another_page_leaves_them_where_they_are(viewer: User, client: Client, sign_in: SignIn) -> None:
    client.post("/form/", FORM)
    sign_in("viewer")
    assert shown(client, "/other-form/") is None
    assert shown(client) == ENTRIES


def test_two_tabs_both_get_their_entries_back(viewer: User, client: Client, sign_in: SignIn) -> None:
    client.post("/form/", FORM)
    client.post("/other-form/", FORM | {"notes": "the second tab"})
    sign_in("viewer")
    assert shown(client) == ENTRIES
    assert shown(client, "/other-form/")["notes"] == ["the second tab"]


def test_what_is_sent_again_from_one_page_takes_the_place_of_the_first(
    viewer: User, client: Client, sign_in: SignIn
) -> None:
    client.post("/form/", FORM)
    client.post("/form/", FORM | {"notes": "again"})
    sign_in("viewer")
    assert shown(client)["notes"] == ["again"]


def test_the_oldest_form_goes_where_there_are_too_many(viewer: User, client: Client, sign_in: SignIn) -> None:
    paths = [f"/forms/{number}/" for number in range(kept.MOST_FORMS + 1)]
    for path in paths:
        client.post(path, FORM)
    sign_in("viewer")
    assert [shown(client, path) is not None for path in paths] == [False, *[True] * kept.MOST_FORMS]


def test_asking_for_the_head_alone_takes_nothing(viewer: User, client: Client, sign_in: SignIn) -> None:
    client.post("/form/", FORM)
    sign_in("viewer")
    client.head("/form/")
    assert shown(client) == ENTRIES


def test_somebody_else_sees_nothing(viewer: User, manager: User, client: Client, sign_in: SignIn) -> None:
    client.post("/form/", FORM)
    sign_in("manager")
    assert shown(client) is None
    assert kept.SESSION_KEY not in client.session


def test_an_entry_that_does_not_say_whose_it_is_is_not_kept(client: Client) -> None:
    assert NOT_KEPT in client.post("/form/", ENTRIES, follow=True).text
    assert kept.SESSION_KEY not in client.session


def test_entries_that_are_too_long_are_not_kept_and_the_page_says_so(client: Client) -> None:
    page = client.post("/form/", FORM | {"notes": "x" * kept.MOST_CHARACTERS}, follow=True)
    assert NOT_KEPT in page.text
    assert kept.SESSION_KEY not in client.session


def test_half_a_megabyte_is_not_too_long(viewer: User, client: Client, sign_in: SignIn) -> None:
    notes = "x" * (kept.MOST_CHARACTERS - 100)
    client.post("/form/", {"notes": notes, "form_user": "viewer"})
    sign_in("viewer")
    assert shown(client) == {"notes": [notes]}


def test_nobody_can_fill_the_session_store(client: Client) -> None:
    for _ in range(30):
        client.post("/form/", FORM)
    assert NOT_KEPT in client.post("/form/", FORM, follow=True).text


def test_entries_kept_by_one_process_count_at_the_others(mongo: Database[Document], client: Client) -> None:
    for _ in range(30):
        client.post("/form/", FORM)
        # What a process knows by itself is nothing to another one.
        ratelimit.forget()
    assert NOT_KEPT in client.post("/form/", FORM, follow=True).text


def test_who_sends_too_many_keeps_nobody_elsewhere_from_it(client: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXY_HOPS = 1
    for _ in range(31):
        client.post("/form/", FORM, headers={"X-Forwarded-For": "203.0.113.1"})
    elsewhere = Client(headers={"X-Forwarded-For": "203.0.113.2"})
    assert KEPT in elsewhere.post("/form/", FORM, follow=True).text


def test_an_anonymous_session_that_keeps_entries_lasts_an_hour(client: Client) -> None:
    client.post("/form/", FORM)
    assert 60 * 60 - 5 < client.session.get_expiry_age() <= 60 * 60


@pytest.mark.parametrize(("minutes", "entries"), [(60, {"notes": ["x"]}), (61, None)])
def test_entries_are_kept_for_an_hour(minutes: int, entries: dict[str, list[str]] | None, viewer: User) -> None:
    session = SessionStore()
    kept.keep(request_of("POST", AnonymousUser(), session), now=NOW)
    taken = kept.take(request_of("GET", viewer, session), now=NOW + timedelta(minutes=minutes))
    assert (taken and dict(taken.lists())) == entries


def test_each_form_has_an_hour_of_its_own(viewer: User) -> None:
    session = SessionStore()
    kept.keep(request_of("POST", AnonymousUser(), session), now=NOW)
    kept.keep(request_of("POST", AnonymousUser(), session, "/other-form/"), now=NOW + timedelta(minutes=30))
    later = NOW + timedelta(minutes=70)
    assert kept.take(request_of("GET", viewer, session), now=later) is None
    assert kept.take(request_of("GET", viewer, session, "/other-form/"), now=later) is not None


def test_a_page_that_keeps_nothing_asks_to_sign_in_and_no_more(client: Client) -> None:
    client.post("/action/", FORM)
    assert kept.SESSION_KEY not in client.session


def test_a_fragment_keeps_entries_for_the_page_it_is_on(viewer: User, client: Client, sign_in: SignIn) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/other-form/?step=2"}
    assert client.post("/form/", FORM, headers=headers)["HX-Redirect"] == "/sign-in/?next=/other-form/%3Fstep%3D2"
    sign_in("viewer")
    assert shown(client, "/other-form/") == ENTRIES


def test_a_form_from_before_a_new_sign_in_loses_nothing(viewer: User) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    client.force_login(viewer)
    answer = client.post("/form/", FORM | {"csrfmiddlewaretoken": "stale"})
    assert answer.url == "/form/"
    assert shown(client) == ENTRIES


def test_a_form_of_another_site_is_refused(viewer: User) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "cross-site"})
    client.force_login(viewer)
    assert client.post("/form/", FORM).status_code == 403
    assert shown(client) is None
