"""Who does something, and from where."""

import pytest
from django.contrib.auth.models import User
from django.test import RequestFactory
from pytest_django import Settings

from users.actor import actor_of, client_address, origin_of


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, "", "192.0.2.1"),
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 192.0.2.7", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9:5001", "203.0.113.9"),
        (1, "[2001:db8::9]:5001", "2001:db8::9"),
        (1, "[2001:db8::9]", "2001:db8::9"),
        (1, "2001:db8::9", "2001:db8::9"),
        (1, "unknown", "unknown"),
    ],
)
def test_the_address_is_what_the_trusted_proxies_saw(
    hops: int, forwarded: str, address: str, settings: Settings
) -> None:
    settings.TRUSTED_PROXY_HOPS = hops
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR="192.0.2.1")) == address


def test_an_actor_is_named_as_people_name_the_user() -> None:
    request = RequestFactory().get("/")
    request.user = User(username="maya", first_name="Maya", last_name="Lindqvist")
    actor = actor_of(request)
    assert (actor.id, actor.name, actor.via) == ("maya", "Maya Lindqvist", "form")


def test_an_actor_without_a_name_goes_by_the_username() -> None:
    request = RequestFactory().get("/")
    request.user = User(username="maya")
    assert actor_of(request, via="bulk").name == "maya"


def test_a_user_agent_is_cut_to_a_length_that_can_be_stored() -> None:
    request = RequestFactory().get("/", headers={"User-Agent": "x" * 9000})
    assert origin_of(request)["user_agent"] == "x" * 500


def test_without_a_request_there_is_no_origin() -> None:
    assert origin_of(None) == {}
