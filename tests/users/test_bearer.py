"""The way in by a token: who is let in, and what those are told who are not."""

import base64
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import timezone
from ninja import NinjaAPI
from pymongo.database import Database
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from mongo.client import Document
from users import tokens
from users.actor import Actor, actor_of_token
from users.bearer import Refused, needs
from users.models import ApiToken

pytestmark = pytest.mark.django_db

ADMIN = Actor(id="admin", name="Admin", via="form")


def issued(*scopes: str, days: float | None = None, name: str = "billing") -> tuple[ApiToken, str]:
    now = timezone.now()
    end = None if days is None else now + timedelta(days=days)
    return tokens.issue(name, scopes, ADMIN, end, now=min(now, end or now) - timedelta(days=1))


def ask(authorization: str | None, scope: str = "contracts:read") -> ApiToken:
    return needs(scope)(request_with(authorization))


def request_with(authorization: str | None) -> HttpRequest:
    headers = {"User-Agent": "Tester"} | ({} if authorization is None else {"Authorization": authorization})
    return RequestFactory().get("/api/v1/contracts", headers=headers)


def refused(authorization: str | None, scope: str = "contracts:read") -> Refused:
    with pytest.raises(Refused) as raised:
        ask(authorization, scope)
    return raised.value


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  "])
def test_a_token_with_the_scope_is_let_in(scheme: str) -> None:
    token, secret = issued("contracts:read", "limits")
    assert ask(scheme + secret) == token


def test_being_let_in_asks_sql_once_and_notes_the_use_once_a_minute(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    token, secret = issued("contracts:read")
    with django_assert_num_queries(2):
        ask(f"Bearer {secret}")
    with django_assert_num_queries(1):
        ask(f"Bearer {secret}")
    token.refresh_from_db()
    assert timezone.now() - token.last_used_at < timedelta(minutes=1)


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Token cp_x", "cp_x"])
def test_without_a_token_it_is_said_how_to_send_one(authorization: str | None) -> None:
    answer = refused(authorization)
    assert (answer.status_code, answer.headers) == (401, {"WWW-Authenticate": 'Bearer realm="Counterpart"'})
    assert answer.message.startswith("This needs a token. Send it as a header")


@pytest.mark.parametrize("guess", ["cp_", "cp_" + "a" * 43, "x" * 8000, "é\x00", "' OR 1=1 --"])
def test_who_guesses_learns_that_the_token_is_unknown_and_nothing_else(guess: str) -> None:
    issued("contracts:read")
    answer = refused(f"Bearer {guess}")
    assert answer.status_code == 401
    assert answer.message == "This token is not known here. Check that it was copied whole."
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_who_has_an_expired_token_is_told_since_when() -> None:
    token, secret = issued("contracts:read", days=-1)
    answer = refused(f"Bearer {secret}")
    assert (answer.status_code, answer.message) == (
        401,
        f"This token expired at {token.expires_at:%Y-%m-%dT%H:%M:%SZ}. Ask an administrator for a new one.",
    )


def test_who_has_a_revoked_token_is_told_so_at_the_next_request() -> None:
    token, secret = issued("contracts:read")
    ask(f"Bearer {secret}")
    tokens.revoke(token, ADMIN)
    answer = refused(f"Bearer {secret}")
    assert answer.status_code == 401
    assert answer.message.startswith("This token was revoked at ")


@pytest.mark.parametrize("wanted", tokens.SCOPES)
def test_a_scope_opens_what_needs_it_and_nothing_else(wanted: str) -> None:
    _, secret = issued(wanted)
    assert ask(f"Bearer {secret}", wanted)
    for other in set(tokens.SCOPES) - {wanted}:
        assert refused(f"Bearer {secret}", other).status_code == 403


def test_who_lacks_a_scope_is_told_which_and_what_they_have() -> None:
    _, secret = issued("contracts:read", "limits")
    answer = refused(f"Bearer {secret}", "contracts:write")
    assert answer.message == (
        "This needs a token with the scope contracts:write. This one has contracts:read, limits."
    )
    assert answer.headers["WWW-Authenticate"] == (
        'Bearer realm="Counterpart", error="insufficient_scope", scope="contracts:write"'
    )


def test_a_challenge_is_a_well_formed_header() -> None:
    _, secret = issued("contracts:read", days=-1)
    for authorization in (f"Bearer {secret}", "Bearer x", None):
        challenge = refused(authorization).headers["WWW-Authenticate"]
        assert challenge.isascii()
        assert challenge.count('"') % 2 == 0


def test_while_tokens_cannot_be_looked_up_nobody_is_let_in() -> None:
    _, secret = issued("contracts:read")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE users_apitoken RENAME TO elsewhere")
    answer = refused(f"Bearer {secret}")
    assert (answer.status_code, answer.headers) == (503, {"Retry-After": "5"})


@pytest.mark.parametrize("scheme", ["Bearer {}", "Token {}", "Basic {}"])
def test_nothing_that_was_sent_reaches_a_log(
    scheme: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.DEBUG = True
    _, secret = issued("limits")
    sent = base64.b64encode(secret.encode()).decode() if "Basic" in scheme else secret
    refused(scheme.format(sent))
    assert sent not in caplog.text


def test_an_operation_cannot_ask_for_a_scope_that_does_not_exist() -> None:
    with pytest.raises(LookupError, match="There is no scope contracts:all"):
        needs("contracts:all")


def test_openapi_has_one_scheme_for_all_operations() -> None:
    api = NinjaAPI(docs_url=None, urls_namespace="bearer")
    for scope in ("contracts:read", "limits"):
        api.get(f"/{scope}", auth=needs(scope), operation_id=scope)(lambda request: {})
    schema = api.get_openapi_schema(path_prefix="")
    assert list(schema["components"]["securitySchemes"]) == ["Bearer"]
    assert schema["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"
    assert schema["paths"]["/limits"]["get"]["security"] == [{"Bearer": []}]


def test_a_token_that_is_over_is_in_the_audit_trail_with_where_it_came_from(
    mongo: Database[Document], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    _, secret = issued("contracts:read", days=-1)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            refused(f"Bearer {secret}")
    [entry] = mongo.audit_trails.find({"action": "token.refused"})
    assert (entry["userId"], entry["via"], entry["ipAddress"]) == ("token:billing", "api", "127.0.0.1")
    assert (entry["userAgent"], entry["details"]["state"]) == ("Tester", "expired")
    assert secret not in str(entry)


def test_the_actor_of_a_token_can_be_no_user() -> None:
    actor = actor_of_token("billing", request_with(None))
    assert (actor.id, actor.name, actor.via) == ("token:billing", "billing", "api")
