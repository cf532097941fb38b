"""The pages that belong to no view, and the frame that all share."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string
from django.test import RequestFactory

TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))
ROOT = User(username="root", is_superuser=True)


def page(template: str, user: User | AnonymousUser = ROOT, method: str = "get", **context: Any) -> str:
    request = getattr(RequestFactory(), method)("/contracts/?q=a")
    request.user = user
    request.request_id = "0123456789abcdef"
    return render_to_string(template, context, request)


def test_the_page_for_our_own_errors_needs_neither_a_request_nor_a_database() -> None:
    shown = render_to_string("500.html")

    assert "Something went wrong on our side" in shown
    assert "None" not in shown


@pytest.mark.parametrize(
    "template", ["400.html", "403.html", "404.html", "csrf.html", "500.html", "mongo_error.html"]
)
def test_every_error_names_the_request_to_copy(template: str) -> None:
    assert 'data-copy="0123456789abcdef"' in page(template)


@pytest.mark.parametrize("template", ["400.html", "403.html", "404.html", "csrf.html"])
def test_an_error_has_the_frame_of_those_who_see_it(template: str) -> None:
    assert 'id="nav"' in page(template)
    assert 'id="nav"' not in page(template, AnonymousUser())


def test_without_mongodb_the_page_says_what_to_set() -> None:
    shown = page("mongo_error.html", not_configured=True)

    assert "<code>MONGODB_URI</code>" in shown
    assert 'href="/contracts/?q=a">' in shown


def test_a_change_that_mongodb_did_not_take_was_not_saved() -> None:
    shown = page("mongo_error.html", method="post", error="MongoDB did not answer in time.", unavailable=True)

    assert "MongoDB did not answer in time." in shown
    assert "Nothing was saved." in shown
    assert "Try again" not in shown


def test_a_change_whose_answer_was_lost_may_have_been_saved() -> None:
    shown = page("mongo_error.html", method="post", error="…", unavailable=True, outcome_unknown=True)

    assert "Nothing was saved." not in shown
    assert "Look whether your change is there" in shown


def test_htmx_may_neither_evaluate_nor_keep_pages() -> None:
    assert '"allowEval":false' in page("404.html")
    assert '"historyCacheSize":0' in page("404.html")


def test_the_token_goes_along_with_every_request_of_htmx() -> None:
    assert re.search(r"hx-headers='{\"X-CSRFToken\":\"\w{64}\"}'", page("404.html"))


def test_a_message_with_an_address_offers_to_undo() -> None:
    message = Message(constants.SUCCESS, "Contract cancelled.", extra_tags="/undo/1/")

    assert '<form method="post" action="/undo/1/">' in render_to_string(
        "components/_toast.html", {"message": message}
    )


def test_an_error_message_is_read_aloud_at_once() -> None:
    message = Message(constants.ERROR, "<b>Not</b> saved.")
    shown = render_to_string("components/_toast.html", {"message": message})

    assert 'role="alert"' in shown
    assert "&lt;b&gt;Not&lt;/b&gt; saved." in shown


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_inline_script_style_or_handler(template: Path) -> None:
    source = template.read_text()

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|hx-on|<script(?![^>]*\ssrc=)", source)
