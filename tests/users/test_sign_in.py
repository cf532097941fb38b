"""Signing in and out: who gets in, what the page gives away, and where it leads."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from tests.conftest import PASSWORD, client_for
from tests.users.conftest import SignIn
from tests.users.hashers import CountingHasher

WRONG = "The username or the password is wrong."
TOO_MANY = "There were too many tries."

pytestmark = pytest.mark.django_db


def is_signed_in(client: Client) -> bool:
    return client.get("/account/password/").status_code == 200


def test_the_right_password_leads_to_the_overview(viewer: User, sign_in: SignIn) -> None:
    assert sign_in("viewer").url == "/"


def test_the_right_password_leads_back_to_the_page_asked_for(viewer: User, sign_in: SignIn) -> None:
    assert sign_in("viewer", next="/contracts/?status=active").url == "/contracts/?status=active"


def test_the_form_carries_on_where_it_leads(client: Client) -> None:
    page = client.get("/sign-in/?next=/contracts/%3Fstatus%3Dactive")
    assert '<input type="hidden" name="next" value="/contracts/?status=active">' in page.text


def test_who_is_signed_in_is_led_on_at_once(viewer_client: Client) -> None:
    assert viewer_client.get("/sign-in/?next=/contracts/").url == "/contracts/"


def test_usernames_are_known_in_any_case(viewer: User, client: Client, sign_in: SignIn) -> None:
    sign_in("VIEWER")
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "http://evil.example",
        "//evil.example",
        "///evil.example",
        "////evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "https:evil.example",
        "https:///evil.example",
        "http://testserver/contracts/",
        "http://localhost/",
        "//testserver/",
        "http://testserver@evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "./../",
        "account_logout",
        "\x00//evil.example",
        "http://[::1",
        "",
    ],
)
def test_no_next_leads_off_the_site(target: str, viewer: User, client: Client, sign_in: SignIn) -> None:
    assert sign_in("viewer", next=target).url == "/"
    assert client.get("/sign-in/", {"next": target}).url == "/"
    assert client.post("/sign-out/", {"next": target}).url == "/sign-in/"


def test_hosts_that_settings_trust_are_no_targets_either(viewer: User, sign_in: SignIn, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", ".example.net", "*"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://app.example.org"]
    assert sign_in("viewer", next="https://app.example.org/").url == "/"


@pytest.mark.parametrize("username", ["viewer", "nobody"])
def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(
    username: str, viewer: User, sign_in: SignIn
) -> None:
    answer = sign_in(username, "not the password at all")
    assert WRONG in answer.text
    assert answer.status_code == 200


def test_a_wrong_password_and_an_unknown_user_take_the_same_work(sign_in: SignIn, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.users.hashers.CountingHasher"]
    User.objects.create_user("viewer", password=PASSWORD)
    work = []
    for username in ("viewer", "nobody"):
        CountingHasher.calls.clear()
        sign_in(username, "not the password at all")
        work.append(list(CountingHasher.calls))
    assert work == [["not the password at all"]] * 2


def test_what_was_typed_as_a_password_is_not_sent_back(viewer: User, sign_in: SignIn) -> None:
    assert "not the password at all" not in sign_in("viewer", "not the password at all").text


def test_an_empty_form_says_what_is_missing(client: Client) -> None:
    page = client.post("/sign-in/").text
    assert "Enter your username." in page
    assert "Enter your password." in page


def test_the_page_tells_password_managers_what_its_fields_are(client: Client) -> None:
    page = client.get("/sign-in/").text
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page


def test_the_page_says_who_helps_with_a_forgotten_password(client: Client) -> None:
    assert "Ask an administrator" in client.get("/sign-in/").text


def test_who_is_inactive_learns_it_by_the_right_password_alone(
    viewer: User, client: Client, sign_in: SignIn
) -> None:
    User.objects.update(is_active=False)
    assert WRONG in sign_in("viewer", "not the password at all").text
    assert "This user is switched off." in client.get(sign_in("viewer").url).text
    assert not is_signed_in(client)


def test_a_session_ends_when_its_user_is_made_inactive(viewer: User, viewer_client: Client) -> None:
    User.objects.update(is_active=False)
    assert not is_signed_in(viewer_client)


def test_a_session_ends_when_its_user_loses_the_password(viewer: User, viewer_client: Client) -> None:
    viewer.set_unusable_password()
    viewer.save()
    assert not is_signed_in(viewer_client)


def test_the_session_key_changes_at_sign_in(viewer: User, client: Client, sign_in: SignIn) -> None:
    session = client.session
    session["planted"] = True
    session.save()
    sign_in("viewer")
    assert client.session.session_key != session.session_key
    assert not SessionStore().exists(session.session_key)


def test_a_session_is_worth_nothing_after_sign_out(viewer: User, client: Client, sign_in: SignIn) -> None:
    sign_in("viewer")
    stolen = client.cookies["sessionid"].value
    client.post("/sign-out/")
    client.cookies["sessionid"] = stolen
    assert not is_signed_in(client)


def test_the_session_cookie_ends_with_the_browser(viewer: User, sign_in: SignIn) -> None:
    cookie = sign_in("viewer").cookies["sessionid"]
    assert cookie["expires"] == ""
    assert cookie["httponly"]


def test_sign_in_needs_the_forms_token(viewer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/sign-in/", {"login": "viewer", "password": PASSWORD}).status_code == 403


def test_after_five_wrong_tries_the_right_one_has_to_wait(viewer: User, client: Client, sign_in: SignIn) -> None:
    for _ in range(5):
        sign_in("viewer", "not the password at all")
    assert TOO_MANY in sign_in("viewer").text
    assert not is_signed_in(client)


def test_another_address_in_a_header_gives_no_new_tries(viewer: User, client: Client) -> None:
    tries = {"login": "viewer", "password": "not the password at all"}
    answers = [
        client.post("/sign-in/", tries, headers={"X-Forwarded-For": f"192.0.2.{number}"}) for number in range(31)
    ]
    assert answers[-1].status_code == 429


def test_behind_a_proxy_each_client_has_a_limit_of_its_own(client: Client, settings: Settings) -> None:
    settings.TRUSTED_PROXY_HOPS = 1
    for _ in range(31):
        client.post("/sign-in/", headers={"X-Forwarded-For": "203.0.113.1"})
    answer = client.post("/sign-in/", headers={"X-Forwarded-For": "203.0.113.2"})
    assert answer.status_code == 200


def test_a_server_that_knows_no_addresses_keeps_nobody_out(viewer: User, client: Client) -> None:
    answer = client.post("/sign-in/", {"login": "viewer", "password": PASSWORD}, REMOTE_ADDR="")
    assert answer.url == "/"


def test_too_many_requests_are_answered_with_our_page(client: Client) -> None:
    for _ in range(30):
        client.post("/sign-in/")
    answer = client.post("/sign-in/")
    assert answer.status_code == 429
    assert 45 < int(answer["Retry-After"]) <= 60
    assert "Wait a minute, then try again." in answer.text
    assert "What was agreed, beside what happened" in answer.text


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password", "account_email"])
def test_what_is_not_offered_has_no_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_a_page_is_answered_as_a_page_whatever_the_client_accepts(client: Client) -> None:
    answer = client.post("/sign-in/", headers={"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"})
    assert answer["Content-Type"].startswith("text/html")


def test_sign_out_asks_before_it_signs_out(viewer_client: Client) -> None:
    assert "Sign out?" in viewer_client.get("/sign-out/").text
    assert is_signed_in(viewer_client)


def test_sign_out_leads_to_the_sign_in_page_and_says_so(viewer_client: Client) -> None:
    page = viewer_client.post("/sign-out/", follow=True)
    assert page.redirect_chain == [("/sign-in/", 302)]
    assert "You are signed out." in page.text


def test_sign_out_in_one_browser_leaves_the_others_signed_in(viewer: User) -> None:
    here, there = client_for(viewer), client_for(viewer)
    here.post("/sign-out/")
    assert is_signed_in(there)


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_signed_out_already_gets_the_sign_in_page(method: str, client: Client) -> None:
    assert getattr(client, method)("/sign-out/").url == "/sign-in/"


def test_confirming_it_is_you_leads_on(viewer_client: Client) -> None:
    form = {"password": PASSWORD, "next": "/contracts/"}
    assert viewer_client.post("/account/confirm/", form).url == "/contracts/"


def test_confirming_it_is_you_needs_the_password(viewer_client: Client) -> None:
    page = viewer_client.post("/account/confirm/", {"password": "not the password at all"})
    assert "This is not your password." in page.text
