"""The pages of tokens: administrators alone, the secret once, and nothing of it anywhere else."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pymongo.database import Database
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from mongo.client import Document
from tests.conftest import client_for
from users import tokens
from users.actor import Actor
from users.machines import MOST_REVOKED
from users.models import ApiToken

pytestmark = pytest.mark.django_db

ADMIN = Actor(id="admin", name="Admin", via="form")
FORM = {"name": "billing-service", "scopes": ["contracts:read", "limits"], "expires": "90"}


@pytest.fixture
def token() -> ApiToken:
    return tokens.issue("billing-service", ["contracts:read"], ADMIN)[0]


def make(client: Client, **changes: object) -> HttpResponse:
    return client.post("/tokens/new/", FORM | changes)


def secret_in(response: HttpResponse) -> str:
    found = set(re.findall(r"cp_[A-Za-z0-9_-]{43}", response.text))
    assert len(found) == 1
    return found.pop()


def paths(token: ApiToken) -> Iterator[str]:
    yield from ("/tokens/", "/tokens/new/", f"/tokens/{token.pk}/revoke/", "/tokens/4711/revoke/")


@pytest.mark.parametrize("who", ["viewer", "manager"])
def test_others_than_administrators_get_nowhere(who: str, viewer: User, manager: User, token: ApiToken) -> None:
    client = client_for({"viewer": viewer, "manager": manager}[who])
    assert {client.get(path).status_code for path in paths(token)} == {403}
    assert {client.post(path, FORM).status_code for path in paths(token) if path != "/tokens/"} == {403}
    assert list(ApiToken.objects.values_list("name", "revoked_at")) == [("billing-service", None)]


def test_who_has_not_signed_in_is_sent_to_the_sign_in(client: Client, token: ApiToken) -> None:
    answers = [client.post(path, FORM) for path in paths(token)]
    assert {answer.url.partition("?")[0] for answer in answers} == {"/sign-in/"}
    assert ApiToken.objects.filter(revoked_at=None).count() == 1


@pytest.mark.parametrize(("who", "shown"), [("viewer", False), ("manager", False), ("admin", True)])
def test_the_navigation_and_the_palette_lead_there_for_administrators_alone(
    who: str, shown: bool, viewer: User, manager: User, admin_user: User, mongo: Database[Document]
) -> None:
    client = client_for(User.objects.get(username=who))
    assert ('href="/tokens/"' in client.get("/account/password/").text) is shown
    found = client.get("/palette/?q=token").text
    assert ('href="/tokens/"' in found, 'href="/tokens/new/"' in found) == (shown, shown)


def test_a_post_needs_its_csrf_token(admin_user: User, token: ApiToken) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    assert client.post(f"/tokens/{token.pk}/revoke/").status_code == 403
    token.refresh_from_db()
    assert token.revoked_at is None


class TestNew:
    def test_the_secret_is_shown_and_lets_in(self, admin_client: Client) -> None:
        answer = make(admin_client)
        token = tokens.find(secret_in(answer), timezone.now())
        assert answer.status_code == 200
        assert (token.name, token.scopes, token.created_by) == (
            "billing-service",
            ["contracts:read", "limits"],
            "admin",
        )

    def test_the_page_with_the_secret_is_kept_by_nobody(self, admin_client: Client) -> None:
        assert "no-store" in make(admin_client)["Cache-Control"]

    def test_the_secret_is_nowhere_else(
        self,
        admin_client: Client,
        mongo: Database[Document],
        caplog: pytest.LogCaptureFixture,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        caplog.set_level("DEBUG")
        with django_capture_on_commit_callbacks(execute=True):
            answer = make(admin_client)
        secret = secret_in(answer)
        assert secret not in admin_client.get("/tokens/").text
        assert secret not in str([session.get_decoded() for session in Session.objects.all()])
        assert secret not in str([dict(answer.items()), answer.cookies, caplog.text])
        assert secret not in str(list(mongo.audit_trails.find()) + list(ApiToken.objects.values()))

    def test_sent_twice_it_makes_one_token(self, admin_client: Client) -> None:
        make(admin_client)
        again = make(admin_client)
        assert again.status_code == 422
        assert "Another token has this name." in again.text
        assert ApiToken.objects.count() == 1

    @pytest.mark.parametrize(("expires", "days"), [("30", 30), ("90", 90), ("365", 365)])
    def test_it_expires_when_it_was_chosen_to(self, admin_client: Client, expires: str, days: int) -> None:
        make(admin_client, expires=expires)
        token = ApiToken.objects.get()
        assert token.expires_at - token.created_at == timedelta(days=days)

    def test_it_may_never_expire(self, admin_client: Client) -> None:
        make(admin_client, expires="never", last_day="rubbish")
        assert ApiToken.objects.get().expires_at is None

    def test_it_may_expire_after_a_day_of_ones_own(self, admin_client: Client) -> None:
        make(admin_client, expires="day", last_day="2099-12-31")
        assert ApiToken.objects.get().expires_at.isoformat() == "2099-12-31T23:59:59.999999+00:00"

    @pytest.mark.parametrize(
        ("changes", "complaint"),
        [
            ({"name": ""}, "Enter a name."),
            ({"name": "a/b"}, "Use letters, digits, spaces"),
            ({"name": "a" * 61}, "at most 60 characters"),
            ({"name": "Console"}, "a way of our own. Choose another name."),
            ({"scopes": []}, "Choose at least one scope."),
            ({"scopes": ["contracts:all"]}, "contracts:all is not one of the available choices"),
            ({"expires": ""}, "Choose when the token expires."),
            ({"expires": "100000"}, "100000 is not one of the available choices"),
            ({"expires": "day"}, "Choose the last day."),
            ({"expires": "day", "last_day": "soon"}, "Enter a day as in 2027-01-31."),
            ({"expires": "day", "last_day": "2020-01-01"}, "This moment has passed."),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_entered_stays(
        self, admin_client: Client, changes: dict[str, object], complaint: str
    ) -> None:
        answer = make(admin_client, **changes)
        assert answer.status_code == 422
        assert complaint in answer.text
        assert "No token is made yet" in answer.text
        assert 'value="limits" id="id_scopes_5" checked' in answer.text or "scopes" in changes
        assert not ApiToken.objects.exists()

    def test_each_scope_stands_with_what_it_allows(self, admin_client: Client) -> None:
        page = admin_client.get("/tokens/new/").text
        assert all(scope in page and words in page for scope, words in tokens.SCOPES.items())

    def test_entries_outlive_the_session(self, client: Client, admin_user: User) -> None:
        make(client, form_user="admin", name="typed-before")
        client.force_login(admin_user)
        page = client.get("/tokens/new/").text
        assert "Your entries are back" in page
        assert 'value="typed-before"' in page
        assert not ApiToken.objects.exists()

    def test_it_is_audited_with_address_and_request(
        self,
        admin_client: Client,
        mongo: Database[Document],
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            answer = make(admin_client)
        [entry] = mongo.audit_trails.find({"action": "token.created"})
        assert (entry["userId"], entry["via"], entry["ipAddress"]) == ("admin", "form", "127.0.0.1")
        assert entry["requestId"] == answer["X-Request-ID"]


class TestList:
    def test_without_any_it_says_what_tokens_are_for(self, admin_client: Client) -> None:
        page = admin_client.get("/tokens/").text
        assert "No service has a token" in page
        assert "Revoked" not in page

    def test_a_token_is_shown_with_beginning_scopes_maker_and_state(
        self, admin_client: Client, token: ApiToken
    ) -> None:
        page = admin_client.get("/tokens/").text
        for words in ("billing-service", f"{token.beginning}…", "contracts:read", "by admin", "Active", "Never"):
            assert words in page
        assert token.digest not in page

    @pytest.mark.parametrize(("days", "label"), [(15, "Active"), (13, "Expires soon"), (-1, "Expired")])
    def test_it_says_whether_a_token_lives_and_for_how_long(
        self, admin_client: Client, days: int, label: str
    ) -> None:
        now = timezone.now()
        tokens.issue("a", ["limits"], ADMIN, now + timedelta(days=days), now=now - timedelta(days=9))
        assert f">{label}</span>" in admin_client.get("/tokens/").text

    def test_it_tells_that_a_token_which_is_over_is_still_tried(
        self, admin_client: Client, token: ApiToken
    ) -> None:
        tokens.revoke(token, ADMIN)
        tokens.note_refusal(token, ADMIN, timezone.now())
        assert "Refused " in admin_client.get("/tokens/").text

    def test_a_token_outlives_who_made_it(self, admin_client: Client, admin_user: User) -> None:
        maker = User.objects.create_user("maya")
        _, secret = tokens.issue("a", ["limits"], Actor(id="maya", name="Maya", via="form"))
        maker.delete()
        assert "by maya" in admin_client.get("/tokens/").text
        assert tokens.find(secret, timezone.now())

    def test_many_tokens_ask_sql_as_often_as_few(
        self, admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(MOST_REVOKED + 5):
            token, _ = tokens.issue(f"service {number}", ["limits"], ADMIN)
            tokens.revoke(token, ADMIN)
            tokens.issue(f"service {number}", ["limits"], ADMIN)
        with django_assert_max_num_queries(6):
            page = admin_client.get("/tokens/").text
        assert page.count(">Revoked</span>") == MOST_REVOKED
        assert page.count(">Active</span>") == MOST_REVOKED + 5


class TestRevoke:
    def test_to_look_at_the_question_revokes_nothing(self, admin_client: Client, token: ApiToken) -> None:
        assert "Revoke the token" in admin_client.get(f"/tokens/{token.pk}/revoke/").text
        token.refresh_from_db()
        assert token.revoked_at is None

    def test_a_token_is_revoked(self, admin_client: Client, token: ApiToken) -> None:
        answer = admin_client.post(f"/tokens/{token.pk}/revoke/", follow=True)
        token.refresh_from_db()
        assert (answer.redirect_chain, token.revoked_by) == ([("/tokens/", 302)], "admin")
        assert "The token “billing-service” is revoked." in answer.text

    def test_who_comes_second_is_told(self, admin_client: Client, token: ApiToken) -> None:
        tokens.revoke(token, Actor(id="other", name="Other", via="form"))
        assert "This token is revoked already" in admin_client.get(f"/tokens/{token.pk}/revoke/").text
        answer = admin_client.post(f"/tokens/{token.pk}/revoke/", follow=True)
        token.refresh_from_db()
        assert "was revoked before" in answer.text
        assert token.revoked_by == "other"

    def test_a_token_that_never_was_is_not_found(self, admin_client: Client) -> None:
        assert admin_client.get("/tokens/4711/revoke/").status_code == 404
        assert admin_client.get(f"/tokens/{10**30}/revoke/").status_code == 404
