"""The limits of sign-in: whom they stop, whom they don't, and that they hold whatever is away."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from pymongo.database import Database
from pytest_django import Settings

from mongo import client as mongo_client
from mongo import ratelimit
from mongo.client import Document
from tests.users.conftest import SignIn
from users.tries import CHANGES_OF_USER, CONFIRMATIONS_OF_USER, TRIES_OF_LOGIN
from users.views import advice

WRONG = "not the password at all"
TOO_MANY = "There were too many tries. Wait 5 minutes, then try again."

pytestmark = pytest.mark.django_db

From = Callable[..., HttpResponse]

with_a_password = pytest.mark.parametrize(
    ("path", "most"),
    [("/account/password/", CHANGES_OF_USER.most), ("/account/confirm/", CONFIRMATIONS_OF_USER.most)],
    ids=["change", "confirm"],
)


@pytest.fixture
def sign_in_from(sign_in: SignIn, client: Client, settings: Settings) -> From:
    """`sign_in_from("203.0.113.1", "viewer")` signs in through a proxy that saw that address."""
    settings.TRUSTED_PROXY_HOPS = 1

    def send(address: str, *fields: str) -> HttpResponse:
        client.defaults["HTTP_X_FORWARDED_FOR"] = address
        return sign_in(*fields)

    return send


def failed(mongo: Database[Document]) -> int:
    return mongo.audit_trails.count_documents({"action": "user.sign_in_failed"})


def test_tries_at_one_process_count_at_the_others(mongo: Database[Document], viewer: User, sign_in: SignIn) -> None:
    for _ in range(5):
        sign_in("viewer", WRONG)
        # What a process knows by itself is nothing to another one.
        ratelimit.forget()
    assert TOO_MANY in sign_in("viewer").text


def test_failed_tries_are_audited_and_refused_ones_are_not_even_made(
    mongo: Database[Document], viewer: User, sign_in: SignIn
) -> None:
    for _ in range(7):
        sign_in("viewer", WRONG)
    assert failed(mongo) == 5


def test_it_holds_while_mongodb_is_away(viewer: User, sign_in: SignIn, settings: Settings) -> None:
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?directConnection=true"
    mongo_client.close()
    for _ in range(5):
        sign_in("viewer", WRONG)
    assert TOO_MANY in sign_in("viewer").text
    mongo_client.close()


@pytest.mark.parametrize("with_mongo", [True, False])
def test_who_signs_in_again_and_again_is_not_stopped(
    request: pytest.FixtureRequest, viewer: User, client: Client, sign_in: SignIn, with_mongo: bool
) -> None:
    if with_mongo:
        request.getfixturevalue("mongo")
    for _ in range(8):
        assert sign_in("viewer").status_code == 302
        client.logout()


def test_tries_from_elsewhere_keep_no_user_out(viewer: User, sign_in_from: From) -> None:
    for _ in range(6):
        sign_in_from("203.0.113.1", "viewer", WRONG)
    assert sign_in_from("203.0.113.2", "viewer").url == "/"


def test_a_password_cannot_be_guessed_from_ever_new_addresses(viewer: User, sign_in_from: From) -> None:
    for number in range(TRIES_OF_LOGIN.most):
        sign_in_from(f"203.0.113.{number}", "viewer", WRONG)
    page = sign_in_from("203.0.113.99", "viewer").text
    assert "There were too many tries. Wait 60 minutes, then try again." in page


def test_one_address_cannot_try_ever_new_names(sign_in: SignIn) -> None:
    for number in range(10):
        sign_in(f"name{number}", WRONG)
    assert "There were too many tries. Wait a minute, then try again." in sign_in("another", WRONG).text


def test_a_try_that_one_limit_refuses_counts_for_no_other(viewer: User, sign_in_from: From) -> None:
    for number in range(10):
        sign_in_from("203.0.113.1", f"name{number}", WRONG)
    for _ in range(5):
        sign_in_from("203.0.113.1", "viewer", WRONG)
    for _ in range(4):
        sign_in_from("203.0.113.2", "viewer", WRONG)
    assert sign_in_from("203.0.113.2", "viewer").url == "/"


@pytest.mark.parametrize("name", ["VIEWER", "Viewer", "vıewer", " viewer "])
def test_another_spelling_of_a_name_gives_no_new_tries(name: str, viewer: User, sign_in: SignIn) -> None:
    for _ in range(5):
        sign_in("viewer", WRONG)
    assert TOO_MANY in sign_in(name).text


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("::ffff:203.0.113.1", "203.0.113.1", True),
        ("::ffff:203.0.113.1", "::ffff:203.0.113.2", False),
        ("no address", "another", False),
    ],
)
def test_addresses_of_one_network_count_as_one(
    one: str, other: str, is_one: bool, viewer: User, sign_in_from: From
) -> None:
    for _ in range(5):
        sign_in_from(one, "viewer", WRONG)
    assert (TOO_MANY in sign_in_from(other, "viewer", WRONG).text) == is_one


@with_a_password
def test_a_password_is_asked_for_so_often_over_all_processes(
    path: str, most: int, mongo: Database[Document], viewer_client: Client
) -> None:
    for _ in range(most):
        assert viewer_client.post(path).status_code == 200
        ratelimit.forget()
    answer = viewer_client.post(path)
    assert answer.status_code == 429
    assert 45 < int(answer["Retry-After"]) <= 60


@with_a_password
@pytest.mark.parametrize("uri", ["", "mongodb://127.0.0.1:1/?directConnection=true"], ids=["none", "away"])
def test_a_password_is_asked_for_no_more_often_without_mongodb(
    path: str, most: int, uri: str, viewer_client: Client, settings: Settings
) -> None:
    settings.MONGODB_URI = uri
    mongo_client.close()
    statuses = [viewer_client.post(path).status_code for _ in range(most + 1)]
    assert statuses == [200] * most + [429]
    mongo_client.close()


@with_a_password
def test_who_gives_a_password_too_often_stops_nobody_else(
    path: str, most: int, viewer_client: Client, manager_client: Client
) -> None:
    for _ in range(most + 1):
        viewer_client.post(path)
    assert manager_client.post(path).status_code == 200


@with_a_password
def test_looking_at_the_form_for_a_password_counts_for_nothing(path: str, most: int, viewer_client: Client) -> None:
    for _ in range(most + 1):
        assert viewer_client.get(path).status_code == 200
    assert viewer_client.post(path).status_code == 200


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "a second"),
        (45, "45 seconds"),
        (46, "a minute"),
        (60, "a minute"),
        (61, "2 minutes"),
        (300, "5 minutes"),
    ],
)
def test_how_long_to_wait_is_said_in_words(seconds: int, words: str) -> None:
    assert advice(seconds) == f"Wait {words}, then try again."
