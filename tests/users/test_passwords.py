"""Which passwords are taken, and what changing one does."""

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from tests.conftest import PASSWORD, client_for

pytestmark = pytest.mark.django_db

NEW = "quite another long phrase"


def change(client: Client, new: str, again: str | None = None, old: str = PASSWORD) -> object:
    form = {"oldpassword": old, "password1": new, "password2": new if again is None else again}
    return client.post("/account/password/", form)


@pytest.mark.parametrize(
    "password",
    [
        "fifteen letters",
        "fünfzehn Zeichn",
        "пятнадцать букв",
        "\N{SNOWMAN}" * 15,
        "only lower case",
        " spaces at ends ",
        "words and words " * 4,
        "x7" * 64,
        "y8" * 500,
    ],
)
def test_a_password_of_fifteen_characters_of_any_kind_will_do(password: str) -> None:
    validate_password(password)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("fourteen chars", "It must contain at least 15 characters."),
        ("пятнадцатьбукв", "It must contain at least 15 characters."),
        ("", "It must contain at least 15 characters."),
        ("123456789987654321", "too common"),
        ("1Q2W3E4R5T6Y7U8I9O0P", "too common"),
    ],
)
def test_short_and_common_passwords_are_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_password(password)
    assert why in " ".join(refusal.value.messages)


def test_a_password_like_ones_own_name_is_refused() -> None:
    user = User(username="maya", first_name="Wilhelmina-Eugenia")
    with pytest.raises(ValidationError, match="too similar to the first name"):
        validate_password("wilhelmina-eugenia", user)


def test_a_changed_password_signs_in_and_the_old_one_does_not(viewer: User, viewer_client: Client) -> None:
    assert change(viewer_client, NEW).url == "/"
    viewer.refresh_from_db()
    assert viewer.check_password(NEW)


def test_spaces_around_a_password_are_part_of_it(viewer: User, viewer_client: Client) -> None:
    change(viewer_client, f"  {NEW}  ")
    viewer.refresh_from_db()
    assert viewer.check_password(f"  {NEW}  ")


def test_who_changes_the_password_stays_signed_in_here_alone(viewer: User) -> None:
    here, there = client_for(viewer), client_for(viewer)
    change(here, NEW)
    assert here.get("/account/password/").status_code == 200
    assert there.get("/account/password/").status_code == 302


def test_a_change_needs_the_present_password(viewer: User, viewer_client: Client) -> None:
    assert "This is not your current password." in change(viewer_client, NEW, old="a guess at the phrase").text
    viewer.refresh_from_db()
    assert viewer.check_password(PASSWORD)


def test_a_slip_in_the_second_field_is_found(viewer_client: Client) -> None:
    assert "You must type the same password each time." in change(viewer_client, NEW, NEW + "!").text


def test_a_refused_password_is_explained_beside_its_field(viewer_client: Client) -> None:
    page = change(viewer_client, "too short").text
    assert '<a href="#id_password1">This password is too short. It must contain at least 15 characters.</a>' in page
    assert 'aria-invalid="true"' in page


def test_password_managers_are_told_which_password_is_which(viewer_client: Client) -> None:
    page = viewer_client.get("/account/password/").text
    assert page.count('autocomplete="current-password"') == 1
    assert page.count('autocomplete="new-password"') == 2


def test_guessing_the_present_password_is_limited(viewer_client: Client) -> None:
    answers = [change(viewer_client, NEW, old="a guess at the phrase") for _ in range(6)]
    assert answers[-1].status_code == 429
