"""Sign-ins and changes of users reach the audit trail, and nobody is kept out when it cannot be written."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group, User
from django.http import HttpResponse
from django.test import Client
from pymongo.database import Database
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from mongo import client as mongo_client
from mongo import ratelimit
from mongo.client import Document
from tests.conftest import PASSWORD
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
    return list(mongo.audit_trails.find(sort=[("_id", 1)]))


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
                admin_client.post(f"/admin/auth/user/{path}", fields)
            return entries(mongo)

        return send

    def test_a_new_user_is_recorded_with_the_role(self, administer: Callable[..., list[Document]]) -> None:
        viewers = Group.objects.get(name=VIEWER).pk
        [entry] = administer("add/", username="maya", password1=NEW, password2=NEW, groups=[viewers])
        assert (entry["action"], entry["userId"], entry["entity"]["id"]) == ("user.created", "admin", "maya")
        assert entry["details"] == {"roles": [VIEWER]}
        assert NEW not in str(entry)

    def test_a_change_of_role_is_recorded_before_and_after(
        self, administer: Callable[..., list[Document]], viewer: User
    ) -> None:
        managers = Group.objects.get(name=ACCOUNT_MANAGER).pk
        found = administer(f"{viewer.pk}/change/", is_active="on", groups=[managers])
        assert found[0]["action"] == "user.role_changed"
        assert found[0]["details"] == {"before": [VIEWER], "after": [ACCOUNT_MANAGER]}

    def test_changed_fields_are_recorded_by_name(
        self, administer: Callable[..., list[Document]], viewer: User
    ) -> None:
        viewers = Group.objects.get(name=VIEWER).pk
        [entry] = administer(f"{viewer.pk}/change/", first_name="Vic", groups=[viewers])
        assert (entry["action"], entry["details"]) == ("user.changed", {"fields": ["First name", "Active"]})

    def test_saving_a_page_unchanged_records_nothing(
        self, administer: Callable[..., list[Document]], viewer: User
    ) -> None:
        viewers = Group.objects.get(name=VIEWER).pk
        assert administer(f"{viewer.pk}/change/", is_active="on", groups=[viewers]) == []

    def test_a_new_password_is_recorded_without_it(
        self, administer: Callable[..., list[Document]], viewer: User
    ) -> None:
        [entry] = administer(f"{viewer.pk}/password/", password1=NEW, password2=NEW)
        assert (entry["action"], entry["details"]) == ("user.changed", {"fields": ["password"]})
        assert NEW not in str(entry)

    def test_a_deleted_user_is_recorded_by_name(
        self, administer: Callable[..., list[Document]], viewer: User
    ) -> None:
        [entry] = administer(f"{viewer.pk}/delete/", post="yes")
        assert (entry["action"], entry["entity"]["id"]) == ("user.deleted", "viewer")

    def test_what_is_refused_is_not_recorded(self, administer: Callable[..., list[Document]]) -> None:
        root = User.objects.create_superuser("root")
        assert administer(f"{root.pk}/delete/", post="yes") == []


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
