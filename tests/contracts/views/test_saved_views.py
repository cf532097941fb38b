"""One's own views of the list of contracts: saved, marked, renamed, deleted, put back."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from pymongo.database import Database

from mongo.client import Document
from tests.html import fields_of
from users import saved
from users.saved import SavedView

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

Block = Callable[[], AbstractContextManager[Any]]

URL = "/contracts/views/"
SAVE = f"{URL}save/"
HTMX = {"HX-Request": "true"}
HOSTILE = "<script>alert(1)</script> & “co” {{ 1 }} ?x=1#y //evil.example"


def keep(name: str = "Late", query: str = "overdue=1", user: str = "viewer") -> SavedView:
    return saved.save(user, "contracts", name, query)


def own(user: str = "viewer") -> list[tuple[str, str]]:
    return [(view.name, view.query) for view in saved.of(user, "contracts")]


def said(answer: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


# Saving --------------------------------------------------------------------------------------------------


def test_a_view_is_saved_and_its_list_shown(viewer_client: Client) -> None:
    answer = viewer_client.post(SAVE, {"name": "  My   euros ", "query": "currency=EUR&sort=-fee"})
    assert (answer.status_code, answer["Location"]) == (302, "/contracts/?currency=EUR&sort=-fee")
    assert own() == [("My euros", "currency=EUR&sort=-fee")]
    assert said(answer) == ["The view “My euros” is saved."]


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        ("page=3&sort=name&q=", ""),
        ("?x=1", ""),
        ("sort=-end&nonsense=1&q=a%20b&page=2&ends=30", "q=a+b&ends=30&sort=-end"),
        ("next=//evil.example&tag=%22%3E", "tag=%22%3E"),
        ("ends=030&overdue=1", "ends=30&overdue=1"),
    ],
)
def test_only_what_the_list_knows_is_kept_in_one_order(viewer_client: Client, asked: str, stored: str) -> None:
    viewer_client.post(SAVE, {"name": "a", "query": asked})
    assert own() == [("a", stored)]


def test_the_form_holds_the_list_that_it_was_opened_for(viewer_client: Client) -> None:
    page = viewer_client.get(f"{SAVE}?sort=end&ends=30&page=2&x=1").content.decode()
    assert fields_of(page, "view-form")["query"] == ["ends=30&sort=end"]
    assert "Ends within: 30 days" in page


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "Give the view a name."),
        ("   ", "Give the view a name."),
        ("x" * 61, "at most 60 characters"),
        ("a\x00b", "Null characters"),
        ("to\u202egnp", "cannot be seen"),
        ("\u200b", "cannot be seen"),
    ],
)
def test_a_bad_name_is_told_and_nothing_lost(viewer_client: Client, name: str, problem: str) -> None:
    answer = viewer_client.post(SAVE, {"name": name, "query": "ends=30"})
    page = answer.content.decode()
    assert (answer.status_code, problem in page, own()) == (422, True, [])
    assert fields_of(page, "view-form")["query"] == ["ends=30"]


def test_sixty_characters_are_enough_for_anybody(viewer_client: Client) -> None:
    assert viewer_client.post(SAVE, {"name": "x" * 60, "query": ""}).status_code == 302


@pytest.mark.parametrize("query", ["ends=soon", "usage=81", "sort=password", "q=" + "x" * 300])
def test_a_list_that_cannot_be_shown_is_not_kept(viewer_client: Client, query: str) -> None:
    answer = viewer_client.post(SAVE, {"name": "a", "query": query})
    assert (answer.status_code, own()) == (422, [])


def test_a_name_that_is_taken_is_replaced_only_after_a_question(viewer_client: Client) -> None:
    keep("Late", "overdue=1")
    answer = viewer_client.post(SAVE, {"name": "Late", "query": "ends=30"})
    page = answer.content.decode()
    assert (answer.status_code, own()) == (409, [("Late", "overdue=1")])
    assert "You have another view called “Late”." in page and "Replace that view" in page
    viewer_client.post(SAVE, fields_of(page, "view-form") | {"replace": "1"})
    assert own() == [("Late", "ends=30")]


def test_the_fifty_first_is_refused_in_words(viewer_client: Client) -> None:
    for number in range(50):
        keep(f"View {number}")
    answer = viewer_client.post(SAVE, {"name": "One more", "query": ""})
    assert (answer.status_code, "no more can be kept" in answer.content.decode()) == (409, True)


def test_while_mongodb_is_away_what_was_typed_stays(viewer_client: Client, away: Block) -> None:
    with away():
        answer = viewer_client.post(SAVE, {"name": "Late", "query": "overdue=1"})
    page = answer.content.decode()
    assert (answer.status_code, "Nothing was saved" in page) == (503, True)
    assert fields_of(page, "view-form")["name"] == ["Late"]
    assert fields_of(page, "view-form")["query"] == ["overdue=1"]


def test_after_a_new_sign_in_the_form_is_filled_again(client: Client, viewer: AbstractBaseUser) -> None:
    client.post(SAVE, {"name": "Typed", "query": "ends=30", "form_user": "viewer"})
    client.force_login(viewer)
    page = client.get(SAVE).content.decode()
    assert fields_of(page, "view-form")["name"] == ["Typed"]
    assert "Your entries are back" in page


# Looking -------------------------------------------------------------------------------------------------


def test_the_menu_has_worklists_first_and_marks_the_list_that_is_shown(viewer_client: Client) -> None:
    keep("Mine", "ends=30&sort=-end")
    keep("Other", "ends=30")
    part = viewer_client.get(f"{URL}?sort=-end&ends=30&page=2", headers=HTMX).content.decode()
    assert part.index("Overdue") < part.index("Your views") < part.index("Mine")
    marked = part.split('aria-current="true"')
    assert len(marked) == 2 and "Mine" in marked[1].partition("</a>")[0]


def test_a_worklist_is_marked_as_well(viewer_client: Client) -> None:
    part = viewer_client.get(f"{URL}?ends=60&sort=end", headers=HTMX).content.decode()
    assert "Ends within 60 days" in part.split('aria-current="true"')[1].partition("</a>")[0]


def test_the_list_leads_there_and_asks_mongodb_no_more_than_before(viewer_client: Client, counted: Block) -> None:
    with counted() as commands:
        page = viewer_client.get("/contracts/?sort=end&ends=30&page=2").content.decode()
    assert commands == ["aggregate", "aggregate"]
    assert 'hx-get="/contracts/views/?ends=30&amp;sort=end"' in page
    assert 'href="/contracts/views/save/?ends=30&amp;sort=end"' in page


def test_a_filter_that_changes_brings_the_menu_along(viewer_client: Client) -> None:
    part = viewer_client.get("/contracts/?ends=60", headers=HTMX).content.decode()
    assert '<div id="views" hx-swap-oob="true">' in part and "save/?ends=60" in part


def test_without_javascript_a_page_lists_them(viewer_client: Client) -> None:
    keep("Old", "ends=soon")
    keep("Late", "status=active&overdue=1&sort=-end")
    page = viewer_client.get(URL).content.decode()
    assert "Status: Active · Overdue: in force after the last day · By last day, descending" in page
    assert "No list can show this any more" in page


def test_a_view_that_is_no_longer_valid_shows_the_complaint_of_the_list(viewer_client: Client) -> None:
    keep("Old", "ends=soon")
    assert 'href="/contracts/?ends=soon"' in viewer_client.get(URL).content.decode()
    assert viewer_client.get("/contracts/?ends=soon").status_code == 400


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_names_and_queries_are_only_text(
    viewer_client: Client, mongo: Database[Document], headers: dict[str, str]
) -> None:
    hostile = {"name": HOSTILE, "query": '"><script>alert(2)</script>'}
    mongo.saved_views.insert_one({"_id": "a", "user": "viewer", "page": "contracts", **hostile})
    page = viewer_client.get(URL, headers=headers).content.decode()
    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page
    assert viewer_client.get(f"{URL}a/rename/").status_code == 200


def test_a_view_never_leads_elsewhere(viewer_client: Client, mongo: Database[Document]) -> None:
    for number, query in enumerate(("//evil.example", "https://evil.example", "\r\nLocation: x", "#@evil")):
        entry = {"user": "viewer", "page": "contracts", "name": str(number), "query": query}
        mongo.saved_views.insert_one({"_id": str(number), **entry})
    page = viewer_client.get(URL).content.decode()
    assert page.count('class="link" href="/contracts/?') == 4
    answer = viewer_client.post(SAVE, {"name": "x", "query": "//evil.example"})
    assert answer["Location"] == "/contracts/?"


def test_the_menu_says_when_mongodb_is_away(viewer_client: Client, away: Block) -> None:
    with away():
        part = viewer_client.get(URL, headers=HTMX)
    assert (part.status_code, "Yours are missing." in part.content.decode()) == (200, True)
    assert "Overdue" in part.content.decode()


def test_the_menu_says_when_the_session_has_ended(client: Client) -> None:
    part = client.get(URL, headers=HTMX)
    assert "Your session has ended" in part.content.decode()


# Changing ------------------------------------------------------------------------------------------------


def test_a_view_is_renamed(viewer_client: Client) -> None:
    address = f"{URL}{keep('Before').view_id}/rename/"
    assert fields_of(viewer_client.get(address).content.decode(), "view-form")["name"] == ["Before"]
    assert viewer_client.post(address, {"name": "After"}).status_code == 302
    assert own() == [("After", "overdue=1")]


@pytest.mark.parametrize(("name", "status"), [("", 422), ("x" * 61, 422), ("Taken", 409)])
def test_a_bad_new_name_changes_nothing(viewer_client: Client, name: str, status: int) -> None:
    view = keep("Before")
    keep("Taken", "")
    answer = viewer_client.post(f"{URL}{view.view_id}/rename/", {"name": name})
    assert answer.status_code == status
    assert [found for found, _ in own()] == ["Before", "Taken"]


def test_a_new_name_stays_while_mongodb_is_away(viewer_client: Client, away: Block) -> None:
    view = keep("Before")
    with away():
        answer = viewer_client.post(f"{URL}{view.view_id}/rename/", {"name": "After"})
    assert answer.status_code == 503
    assert fields_of(answer.content.decode(), "view-form")["name"] == ["After"]


def test_what_is_deleted_comes_back_with_undo(viewer_client: Client) -> None:
    view = keep("Late")
    page = viewer_client.post(f"{URL}{view.view_id}/delete/", follow=True)
    undo = f"{URL}{view.view_id}/put-back/"
    assert own() == [] and f'action="{undo}"' in page.content.decode()
    for _ in range(2):
        viewer_client.post(undo)
    assert own() == [("Late", "overdue=1")]


def test_it_does_not_come_back_over_another_and_can_be_tried_again(viewer_client: Client) -> None:
    view = keep("Late")
    viewer_client.post(f"{URL}{view.view_id}/delete/")
    other = keep("Late", "ends=30")
    page = viewer_client.post(f"{URL}{view.view_id}/put-back/", follow=True)
    assert "Rename that one, then press Undo again." in page.content.decode()
    saved.rename("viewer", "contracts", other.view_id, "Soon")
    viewer_client.post(f"{URL}{view.view_id}/put-back/")
    assert own() == [("Late", "overdue=1"), ("Soon", "ends=30")]


def test_what_was_never_deleted_cannot_be_put_back(viewer_client: Client) -> None:
    assert said(viewer_client.post(f"{URL}nope/put-back/")) == ["This view cannot be put back any more."]


def test_pressed_twice_it_is_gone_already(viewer_client: Client) -> None:
    view = keep("Late")
    viewer_client.post(f"{URL}{view.view_id}/delete/")
    assert "This view is gone already." in said(viewer_client.post(f"{URL}{view.view_id}/delete/"))
    assert viewer_client.post(f"{URL}{view.view_id}/rename/", {"name": "x"}).status_code == 302


def test_nobody_touches_the_views_of_somebody_else(viewer_client: Client) -> None:
    view = keep("Hers", user="manager")
    assert viewer_client.get(f"{URL}{view.view_id}/rename/").status_code == 404
    viewer_client.post(f"{URL}{view.view_id}/rename/", {"name": "Stolen"})
    viewer_client.post(f"{URL}{view.view_id}/delete/")
    assert own("manager") == [("Hers", "overdue=1")]
    assert "Hers" not in viewer_client.get(URL).content.decode()


@pytest.mark.parametrize("path", ["save/", "a/rename/", "a/delete/", "a/put-back/"])
def test_a_form_from_elsewhere_is_refused(viewer: AbstractBaseUser, path: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(viewer)
    assert strict.post(URL + path, {"name": "x"}).status_code == 403


@pytest.mark.parametrize("path", ["a/delete/", "a/put-back/"])
def test_a_link_changes_nothing(viewer_client: Client, path: str) -> None:
    assert viewer_client.get(URL + path).status_code == 405


def test_a_contract_called_like_the_page_is_reached_by_its_own_id(
    viewer_client: Client, mongo: Database[Document]
) -> None:
    mongo.contracts.insert_one({"_id": "x1", "contract_id": "views", "account_id": "a", "account_name": "Odd"})
    assert "/contracts/~x1/" in viewer_client.get("/contracts/").content.decode()


def test_worklists_come_before_ones_own(manager_client: Client) -> None:
    page = manager_client.get("/contracts/views/").content.decode()
    assert page.index('id="presets-h"') < page.index('id="own-h"')


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "part"])
def test_a_list_is_called_what_its_view_or_worklist_is(manager_client: Client, headers: dict[str, str]) -> None:
    saved.save("manager", "contracts", "A & B", "currency=EUR&sort=fee")
    for query, name in (
        ("sort=fee&currency=EUR", "A &amp; B"),
        ("overdue=1&sort=end", "Overdue"),
        ("account_manager=manager", "My contracts"),
    ):
        page = manager_client.get(f"/contracts/?{query}&page=1", headers=headers).content.decode()
        assert f"<h1><bdi>{name}</bdi></h1>" in page
        assert f"<title>{name} · Contracts · Counterpart</title>" in page
    page = manager_client.get("/contracts/?currency=EUR", headers=headers).content.decode()
    assert "<h1>Contracts</h1>" in page
