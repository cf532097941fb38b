"""Sign-ins and changes of users reach the audit trail, and nobody is kept out when it cannot be written."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group, User
from django.http import HttpResponse
from django.test import Client
from pymongo.database import Database
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from logs import waiting
from logs.models import WaitingEntry
from logs.services import record_audit
from mongo import client as mongo_client
from mongo import ratelimit
from mongo.client import Document
from tests.conftest import PASSWORD
from tests.factories import MAYA
from tests.proxy import Proxy
from users.access import ACCOUNT_MANAGER, VIEWER

pytestmark = pytest.mark.django_db

NEW = "quite another long phrase"


@pytest.fixture(autouse=True)
def no_tries_so_far() -> Iterator[None]:
    ratelimit.forget()
    yield
    ratelimit.forget()


def sign_in(client: Client, username: str, password: str = PASSWORD) -> HttpResponse:
    return client.post("/sign-in/", {"login": username, "password": password}, headers={"User-Agent": "Tester"})


def entries(mongo: Database[Document]) -> list[Document]:
    # An outage of a test leaves it another client.
    return list(mongo_client.database().audit_trails.find(sort=[("_id", 1)]))


def actions(mongo: Database[Document]) -> list[str]:
    return [entry["action"] for entry in entries(mongo)]


def test_a_sign_in_is_recorded_with_its_origin(mongo: Database[Document], client: Client, viewer: User) -> None:
    answer = sign_in(client, "viewer")
    [entry] = entries(mongo)
    assert (entry["action"], entry["userId"]) == ("user.signed_in", "viewer")
    assert entry["entity"] == {"type": "user", "id": "viewer"}
    assert (entry["ipAddress"], entry["userAgent"]) == ("127.0.0.1", "Tester")
    assert entry["requestId"] == answer["X-Request-ID"]


def test_a_sign_out_is_recorded(mongo: Database[Document], client: Client, viewer: User) -> None:
    sign_in(client, "viewer")
    client.post("/sign-out/")
    assert actions(mongo) == ["user.signed_in", "user.signed_out"]


def test_a_sign_out_of_nobody_is_not_recorded(mongo: Database[Document], client: Client) -> None:
    client.post("/sign-out/")
    assert entries(mongo) == []


@pytest.mark.parametrize("username", ["viewer", "nobody"])
def test_a_failed_sign_in_is_recorded_with_the_name_and_never_the_password(
    username: str, mongo: Database[Document], client: Client, viewer: User
) -> None:
    sign_in(client, username, "not the password at all")
    [entry] = entries(mongo)
    assert (entry["action"], entry["userId"]) == ("user.sign_in_failed", "anonymous")
    assert entry["details"] == {"username": username}
    assert "not the password at all" not in str(entry)


def test_a_name_that_is_too_long_is_cut(mongo: Database[Document]) -> None:
    authenticate(username="x" * 9000, password="y")
    assert entries(mongo)[0]["details"] == {"username": "x" * 150}


def test_somebody_who_is_inactive_and_knows_the_password_has_failed_too(
    mongo: Database[Document], client: Client, viewer: User
) -> None:
    User.objects.update(is_active=False)
    sign_in(client, "viewer")
    assert actions(mongo) == ["user.sign_in_failed"]


def test_ones_own_change_of_password_is_recorded(mongo: Database[Document], client: Client, viewer: User) -> None:
    sign_in(client, "viewer")
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    entry = entries(mongo)[-1]
    assert (entry["action"], entry["details"]) == ("user.changed", {"fields": ["password"]})
    assert NEW not in str(entry)


def test_a_wrong_password_of_who_is_signed_in_is_theirs(
    mongo: Database[Document], client: Client, viewer: User
) -> None:
    sign_in(client, "viewer")
    client.post("/account/password/", {"oldpassword": "wrong", "password1": NEW, "password2": NEW})
    client.post("/account/confirm/", {"password": "wrong"})
    assert [(entry["userId"], entry["action"]) for entry in entries(mongo)[1:]] == [
        ("viewer", "user.password_refused"),
        ("viewer", "user.password_refused"),
    ]
    assert "wrong" not in str(entries(mongo))


def test_tries_beyond_the_limit_are_recorded_once(mongo: Database[Document], client: Client, viewer: User) -> None:
    for _ in range(9):
        sign_in(client, "viewer", "not the password at all")
    [entry, *failed] = sorted(entries(mongo), key=lambda entry: entry["action"], reverse=True)
    assert [one["action"] for one in failed] == ["user.sign_in_failed"] * 5
    assert (entry["action"], entry["entity"]["id"]) == ("user.tries_limited", "viewer")
    assert entry["details"] == {"limit": "sign-in tries", "most": 5, "seconds": 300}


class TestAdministration:
    @pytest.fixture
    def administer(
        self,
        mongo: Database[Document],
        admin_client: Client,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> Callable[..., list[Document]]:
        """Send a form of the admin; returns what has been recorded of it."""

        def send(path: str, **fields: Any) -> list[Document]:
            mongo.audit_trails.delete_many({})
            with django_capture_on_commit_callbacks(execute=True):
                admin_client.post(f"/admin/auth/{path}", fields)
            return entries(mongo)

        return send

    def test_a_new_user_is_recorded_with_the_role(self, administer: Callable[..., list[Document]]) -> None:
        viewers = Group.objects.get(name=VIEWER).pk
        [entry] = administer("user/add/", username="maya", password1=NEW, password2=NEW, groups=[viewers])
        assert (entry["action"], entry["userId"], entry["entity"]["id"]) == ("user.created", "admin", "maya")
        assert entry["details"] == {"roles": [VIEWER]}
        assert NEW not in str(entry)

    def test_a_change_of_role_is_recorded_before_and_after(
        self, administer: Callable[..., list[Document]], viewer: User
    ) -> None:
        managers = Group.objects.get(name=ACCOUNT_MANAGER).pk
        found = administer(f"user/{viewer.pk}/change/", is_active="on", groups=[managers])
        assert found[0]["action"] == "user.role_changed"
        assert found[0]["details"] == {"before": [VIEWER], "after": [ACCOUNT_MANAGER]}

    def test_changed_fields_are_recorded_by_name(
        self, administer: Callable[..., list[Document]], viewer: User
    ) -> None:
        viewers = Group.objects.get(name=VIEWER).pk
        [entry] = administer(f"user/{viewer.pk}/change/", first_name="Vic", groups=[viewers])
        assert (entry["action"], entry["details"]["fields"]) == ("user.changed", ["First name", "Active"])
        assert entry["details"]["changes"] == [
            {"path": "is_active", "before": True, "after": False},
            {"path": "first_name", "before": "", "after": "Vic"},
        ]

    def test_saving_a_page_unchanged_records_nothing(
        self, administer: Callable[..., list[Document]], viewer: User
    ) -> None:
        viewers = Group.objects.get(name=VIEWER).pk
        assert administer(f"user/{viewer.pk}/change/", is_active="on", groups=[viewers]) == []

    def test_a_new_password_is_recorded_without_it(
        self, administer: Callable[..., list[Document]], viewer: User
    ) -> None:
        [entry] = administer(f"user/{viewer.pk}/password/", password1=NEW, password2=NEW)
        assert (entry["action"], entry["details"]) == ("user.changed", {"fields": ["password"]})
        assert NEW not in str(entry)

    def test_a_deleted_group_is_recorded_with_its_users(
        self, administer: Callable[..., list[Document]], viewer: User
    ) -> None:
        group = Group.objects.create(name="Old hands")
        viewer.groups.add(group)
        [entry] = administer(f"group/{group.pk}/delete/", post="yes")
        assert (entry["action"], entry["entity"]) == ("role.deleted", {"type": "role", "id": "Old hands"})
        assert entry["details"] == {"users": ["viewer"]}

    def test_a_deleted_user_is_recorded_by_name(
        self, administer: Callable[..., list[Document]], viewer: User
    ) -> None:
        [entry] = administer(f"user/{viewer.pk}/delete/", post="yes")
        assert (entry["action"], entry["entity"]["id"]) == ("user.deleted", "viewer")

    def test_what_is_refused_is_not_recorded(self, administer: Callable[..., list[Document]]) -> None:
        root = User.objects.create_superuser("root")
        assert administer(f"user/{root.pk}/delete/", post="yes") == []


class TestWithoutMongoDB:
    def logged(self, caplog: pytest.LogCaptureFixture) -> Document:
        [record] = [record for record in caplog.records if record.name == "counterpart.audit"]
        assert record.levelno == logging.WARNING
        return json.loads(record.getMessage())

    def test_sign_in_works_and_is_logged_as_one_line(
        self, client: Client, viewer: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        assert sign_in(client, "viewer").url == "/"
        line = self.logged(caplog)
        assert (line["action"], line["actor"]["id"]) == ("user.signed_in", "viewer")
        assert line["error"].startswith("MongoDB is not configured.")

    def test_a_failed_sign_in_is_logged_without_the_password_and_in_one_line(
        self, client: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        sign_in(client, "no\nbody\u2028" + "x" * 100, "not the password at all")
        line = self.logged(caplog)
        assert line["details"]["username"] == "no\nbody\u2028" + "x" * 100
        assert len(caplog.messages[-1].splitlines()) == 1
        assert "not the password at all" not in caplog.text

    def test_a_mongodb_that_hangs_holds_sign_in_up_for_a_second_at_most(
        self,
        mongo: Database[Document],
        mongo_uri: str,
        client: Client,
        viewer: User,
        settings: Settings,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        with Proxy(mongo_uri) as proxy:
            settings.MONGODB_URI = proxy.uri
            mongo_client.close()
            proxy.fail("blackhole")
            started = time.monotonic()
            assert sign_in(client, "viewer").url == "/"
            assert time.monotonic() - started < 1.5
            mongo_client.close()
        assert self.logged(caplog)["action"] == "user.signed_in"


class TestWaiting:
    """What MongoDB could not take is written once it is back: every entry, in its order, once."""

    def test_what_happened_meanwhile_comes_into_the_trail(
        self,
        mongo: Database[Document],
        client: Client,
        viewer: User,
        away: Callable[[], AbstractContextManager[None]],
    ) -> None:
        with away():
            sign_in(client, "viewer")
            client.post("/sign-out/")
            mongo_client.breaker.succeeded()
        assert (actions(mongo), WaitingEntry.objects.count()) == ([], 2)
        sign_in(client, "viewer", "not the password at all")
        found = sorted(entries(mongo), key=lambda entry: entry["timestamp"])
        assert [entry["action"] for entry in found] == ["user.signed_in", "user.signed_out", "user.sign_in_failed"]
        assert found[0]["userAgent"] == "Tester"
        assert not WaitingEntry.objects.exists()

    def test_it_is_there_for_who_looks(
        self,
        mongo: Database[Document],
        admin_client: Client,
        client: Client,
        viewer: User,
        away: Callable[[], AbstractContextManager[None]],
    ) -> None:
        with away():
            sign_in(client, "viewer")
            mongo_client.breaker.succeeded()
        assert "<bdi>viewer</bdi>" in admin_client.get("/logs/audit/").content.decode()
        assert not WaitingEntry.objects.exists()

    def test_an_entry_that_was_written_although_nobody_learned_of_it_stays_one(
        self, mongo: Database[Document]
    ) -> None:
        own, now = ObjectId(), datetime.now(UTC)
        what = {"actor": MAYA, "action": "user.signed_in", "entity": ("user", "maya"), "details": {}, "now": now}
        record_audit(own=own, **what)
        waiting.keep(own, **what)
        waiting.deliver()
        assert (actions(mongo), WaitingEntry.objects.count()) == (["user.signed_in"], 0)

    def test_nothing_waits_without_end(self, client: Client, viewer: User) -> None:
        WaitingEntry.objects.bulk_create(WaitingEntry(own=f"{n:024x}", entry={}) for n in range(waiting.MOST))
        sign_in(client, "viewer")
        assert WaitingEntry.objects.count() == waiting.MOST
