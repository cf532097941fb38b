"""Tokens: what is kept of them, what they are found by, how they end, and what is noted of their use."""

import hashlib
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from pymongo.database import Database
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from mongo.client import Document
from users import tokens
from users.actor import Actor
from users.models import RESERVED, ApiToken

pytestmark = pytest.mark.django_db

ADMIN = Actor(id="admin", name="Ada Admin", via="form", ip_address="192.0.2.7", request_id="0123456789abcdef")
NOW = datetime.fromisoformat("2026-11-22T10:00:00Z")
READ = ["contracts:read"]


def make(name: str = "billing", scopes: list[str] = READ, **terms: datetime | None) -> tuple[ApiToken, str]:
    token, secret = tokens.issue(name, scopes, ADMIN, now=NOW, **terms)
    return ApiToken.objects.get(pk=token.pk), secret


def complaints(*arguments: object, **terms: object) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as raised:
        make(*arguments, **terms)
    return raised.value.message_dict


def test_a_secret_is_long_random_and_known_by_its_prefix() -> None:
    secrets = {make(f"service {number}")[1] for number in range(20)}
    assert len(secrets) == 20
    assert {(len(secret), secret[:3]) for secret in secrets} == {(46, "cp_")}


def test_only_a_hash_and_the_beginning_are_stored() -> None:
    token, secret = make()
    row = ApiToken.objects.filter(pk=token.pk).values().get()
    assert row["digest"] == hashlib.sha256(secret.encode()).hexdigest()
    assert row["beginning"] == secret[:8]
    assert secret[8:] not in str(row)


def test_a_token_is_found_by_its_secret_alone() -> None:
    token, secret = make()
    assert tokens.find(secret, NOW) == token
    assert [tokens.find(guess, NOW) for guess in ("", secret[:-1], secret.upper(), token.digest, "cp_\x00é")] == [
        None
    ] * 5


def test_to_find_one_among_many_asks_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    _, secret = make()
    with django_assert_num_queries(1):
        tokens.find(secret, NOW)


def test_it_lives_until_it_expires() -> None:
    _, secret = make(expires_at=NOW + timedelta(days=30))
    assert tokens.find(secret, NOW + timedelta(days=30, microseconds=-1))
    with pytest.raises(tokens.TokenEnded, match="This token expired at 2026-12-22T10:00:00Z"):
        tokens.find(secret, NOW + timedelta(days=30))


def test_a_last_day_is_lived_to_its_end() -> None:
    _, secret = make(expires_at=tokens.end_of(date(2026, 12, 31)))
    assert tokens.find(secret, datetime.fromisoformat("2026-12-31T23:59:59.9Z"))
    with pytest.raises(tokens.TokenEnded):
        tokens.find(secret, datetime.fromisoformat("2027-01-01T00:00:00Z"))


def test_a_revoked_token_is_over_at_once_and_says_so_though_it_has_expired_too() -> None:
    token, secret = make(expires_at=NOW + timedelta(days=1))
    assert tokens.revoke(token, ADMIN, now=NOW)
    with pytest.raises(tokens.TokenEnded, match="This token was revoked at 2026-11-22T10:00:00Z"):
        tokens.find(secret, NOW + timedelta(days=2))


def test_a_token_is_revoked_once() -> None:
    token, _ = make()
    assert tokens.revoke(token, ADMIN, now=NOW)
    assert not tokens.revoke(token, Actor(id="other", name="Other", via="form"), now=NOW + timedelta(days=1))
    token.refresh_from_db()
    assert (token.revoked_at, token.revoked_by) == (NOW, "admin")


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ("billing", "billing"),
        ("billing", "Billing"),
        ("billing", " billing "),
        ("ärger", "Ärger"),
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("office", "oﬃce"),
    ],
)
def test_two_tokens_that_live_have_different_names(first: str, name: str) -> None:
    make(first)
    assert complaints(name) == {
        "name": ["Another token has this name. Choose another one, or revoke that token first."]
    }
    assert ApiToken.objects.count() == 1


def test_the_name_of_a_revoked_token_is_free_again() -> None:
    tokens.revoke(make()[0], ADMIN)
    tokens.revoke(make()[0], ADMIN)
    assert make()[0].name == "billing"


@pytest.mark.parametrize(
    "name", ["", "  ", "<b>", "a:b", "=1+1", "-a", "_a", "a/b", "a\x00b", "a\u202eb", "a\u200bb", "a" * 61]
)
def test_a_name_that_logs_and_lists_could_not_show_is_refused(name: str) -> None:
    assert list(complaints(name)) == ["name"]


@pytest.mark.parametrize(
    "name", ["form", "API", "Import", "bulk", "job", " console ", "python", "anonymous", "ｆｏｒｍ"]
)
def test_a_name_that_the_audit_trail_has_for_our_own_ways_is_refused(name: str) -> None:
    [complaint] = complaints(name)["name"]
    assert "Choose another name." in complaint


def test_a_name_that_only_begins_with_one_is_taken() -> None:
    assert make("form-sender")[0].name == "form-sender"


def test_every_way_of_an_actor_is_refused_as_a_name() -> None:
    words = re.findall(r"[a-z]+", Actor.__doc__.partition(";")[0].removeprefix("`via` is"))
    assert {"form", "console"} <= set(words)
    assert set(words) - {"or"} <= RESERVED


def test_spaces_in_a_name_are_put_in_order() -> None:
    assert make("  Bu\u0308ro\n Nord 2.0 ")[0].name == "Büro Nord 2.0"


def test_a_scope_that_does_not_exist_is_refused_with_those_that_do() -> None:
    assert complaints("billing", ["contracts:read", "contracts:all"]) == {
        "scopes": [f"There is no scope contracts:all. Choose from {', '.join(tokens.SCOPES)}."]
    }


def test_a_token_has_at_least_one_scope() -> None:
    assert complaints("billing", []) == {"scopes": ["Choose at least one scope."]}


def test_scopes_stand_in_their_order_and_once() -> None:
    assert make("a", ["limits", "logs:read", "limits"])[0].scopes == ["logs:read", "limits"]


@pytest.mark.parametrize("days", [-1, 0])
def test_an_end_that_has_passed_is_refused(days: int) -> None:
    assert list(complaints(expires_at=NOW + timedelta(days=days))) == ["expires_at"]


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert set(complaints("", [], expires_at=NOW)) == {"name", "scopes", "expires_at"}


class TestUse:
    def used_at(self, token: ApiToken) -> datetime | None:
        token.refresh_from_db()
        return token.last_used_at

    def test_a_use_is_noted(self) -> None:
        token, _ = make()
        tokens.note_use(token, NOW)
        assert self.used_at(token) == NOW

    def test_within_a_minute_nothing_is_asked_of_sql(
        self, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        token, secret = make()
        tokens.note_use(token, NOW)
        found = tokens.find(secret, NOW)
        with django_assert_num_queries(0):
            tokens.note_use(found, NOW + timedelta(seconds=59))
        tokens.note_use(found, NOW + timedelta(seconds=60))
        assert self.used_at(token) == NOW + timedelta(seconds=60)

    def test_of_requests_at_once_one_writes(self) -> None:
        token, secret = make()
        seen_before = tokens.find(secret, NOW)
        tokens.note_use(token, NOW)
        tokens.note_use(seen_before, NOW + timedelta(seconds=5))
        assert self.used_at(token) == NOW

    @pytest.mark.django_db(transaction=True)
    def test_a_note_that_sql_refuses_costs_no_request(self, caplog: pytest.LogCaptureFixture) -> None:
        token, _ = make()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
            tokens.note_use(token, NOW)
            cursor.execute("PRAGMA query_only = OFF")
        assert self.used_at(token) is None
        assert "last_used_at of the token “billing” could not be written" in caplog.text


class TestAudit:
    @pytest.fixture
    def recorded(
        self, mongo: Database[Document], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> Callable[[Callable[[], object]], list[Document]]:
        """Do something; returns what the audit trail has of it."""

        def record(act: Callable[[], object]) -> list[Document]:
            mongo.audit_trails.delete_many({})
            with django_capture_on_commit_callbacks(execute=True):
                act()
            return list(mongo.audit_trails.find())

        return record

    def test_a_new_token_is_recorded_with_its_terms_and_without_its_secret(
        self, recorded: Callable[..., list[Document]]
    ) -> None:
        made = []
        [entry] = recorded(lambda: made.append(make(expires_at=NOW + timedelta(days=1))))
        [(token, secret)] = made
        assert (entry["action"], entry["userId"], entry["via"]) == ("token.created", "admin", "form")
        assert (entry["ipAddress"], entry["requestId"]) == ("192.0.2.7", "0123456789abcdef")
        assert entry["entity"] == {"type": "token", "id": "billing"}
        assert entry["details"] == {
            "beginning": secret[:8],
            "scopes": READ,
            "expires_at": "2026-11-23T10:00:00+00:00",
        }
        assert secret not in str(entry)
        assert token.digest not in str(entry)

    def test_what_is_refused_is_not_recorded(self, recorded: Callable[..., list[Document]]) -> None:
        make()
        assert recorded(lambda: complaints("billing")) == []

    def test_a_revocation_is_recorded_once(self, recorded: Callable[..., list[Document]]) -> None:
        token, secret = make()
        [entry] = recorded(lambda: [tokens.revoke(token, ADMIN), tokens.revoke(token, ADMIN)])
        assert (entry["action"], entry["entity"]["id"]) == ("token.revoked", "billing")
        assert entry["details"] == {"beginning": secret[:8]}

    def test_a_token_that_is_over_is_recorded_once_an_hour(self, recorded: Callable[..., list[Document]]) -> None:
        token, _ = make()
        tokens.revoke(token, ADMIN)
        token.refresh_from_db()
        [entry] = recorded(
            lambda: [tokens.note_refusal(token, ADMIN, NOW + timedelta(minutes=n)) for n in range(60)]
        )
        assert (entry["action"], entry["details"]["state"]) == ("token.refused", "revoked")
        assert len(recorded(lambda: tokens.note_refusal(token, ADMIN, NOW + timedelta(hours=1)))) == 1


def test_without_mongodb_tokens_are_made_and_the_audit_entry_goes_to_the_log(
    caplog: pytest.LogCaptureFixture, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        _, secret = make(expires_at=timezone.now() + timedelta(days=1))
    assert "token.created" in caplog.text
    assert secret not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_tokens_that_once_passed_for_different_ones_live_on() -> None:
    """SQLite took names for different ones where a letter beyond ASCII was large in one of them."""
    call_command("migrate", "users", "0002", verbosity=0)
    before = MigrationExecutor(connection).loader.project_state([("users", "0002_api_tokens")])
    for name in ("ärger", "Ärger"):
        before.apps.get_model("users", "ApiToken").objects.create(
            name=name, digest=name, scopes=READ, created_at=NOW
        )
    call_command("migrate", "users", verbosity=0)
    kept = ApiToken.objects.order_by("pk")
    assert [token.folded_name for token in kept] == ["ärger", f"ärger#{kept[1].pk}"]
