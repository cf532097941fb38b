"""One's own views of a log: saved, marked, renamed, deleted, put back; each log's by themselves."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.utils.html import escape
from pymongo.database import Database

from logs.kinds import FAILED, LOGS
from mongo.client import Document
from tests.html import fields_of
from users import saved
from users.saved import SavedView

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

LOG = "/logs/transactions/"
URL = f"{LOG}views/"
SAVE = f"{URL}save/"
HTMX = {"HX-Request": "true"}


def keep(name: str = "Late", query: str = "last=24h&status=failed", log: str = "transactions") -> SavedView:
    return saved.save("admin", f"logs/{log}", name, query)


def own(log: str = "transactions") -> list[tuple[str, str]]:
    return [(view.name, view.query) for view in saved.of("admin", f"logs/{log}")]


# Saving ---------------------------------------------------------------------------------------------------


def test_a_view_is_saved_and_its_list_shown(admin_client: Client) -> None:
    query = "status=failed&order=newest&-type=a&after=x&last=24h"
    answer = admin_client.post(SAVE, {"name": "Mine", "query": query})
    assert (answer.status_code, answer["Location"]) == (302, f"{LOG}?-type=a&last=24h&status=failed")
    assert own() == [("Mine", "-type=a&last=24h&status=failed")]


def test_the_form_holds_the_list_that_it_was_opened_for_in_words(admin_client: Client) -> None:
    query = "status=failed&metadata.a=%3Cb%3E&entry=507f1f77bcf86cd799439011"
    page = admin_client.get(f"{SAVE}?{query}").content.decode()
    assert fields_of(page, "view-form")["query"] == ["metadata.a=%3Cb%3E&status=failed"]
    assert "Status: failed" in page and "metadata.a: &lt;b&gt;" in page
    assert f'action="{SAVE}"' in page


def test_a_list_that_cannot_be_shown_is_not_kept_and_it_is_said_why(admin_client: Client) -> None:
    answer = admin_client.post(SAVE, {"name": "a", "query": "nonsense=1"})
    assert (answer.status_code, own()) == (422, [])
    assert "“nonsense” is no field of this log." in answer.content.decode()


def test_a_name_that_is_taken_is_replaced_only_after_a_question(admin_client: Client) -> None:
    keep("Late", "")
    page = admin_client.post(SAVE, {"name": "Late", "query": "last=1h"}).content.decode()
    admin_client.post(SAVE, fields_of(page, "view-form") | {"replace": "1"})
    assert own() == [("Late", "last=1h")]


# Looking --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("log", LOGS)
def test_a_page_has_everybodys_views_before_ones_own(admin_client: Client, log: str) -> None:
    keep("Mine & yours", "q=a", log)
    page = admin_client.get(f"/logs/{log}/views/").content.decode()
    label, query = LOGS[log].presets[0]
    assert page.index(f'href="/logs/{log}/?{escape(query)}"') < page.index(label) < page.index("Mine &amp; yours")
    assert "Search: a · Last 7 days" in page


def test_the_menu_marks_the_list_that_is_shown(admin_client: Client) -> None:
    keep("Mine", "last=1h&status=done")
    part = admin_client.get(f"{URL}?status=done&last=1h&zone=UTC", headers=HTMX).content.decode()
    assert part.count('aria-current="true"') == 1
    assert "Mine" in part.split('aria-current="true"')[1].partition("</a>")[0]
    failed = "&".join(f"status={status}" for status in FAILED)
    part = admin_client.get(f"{URL}?{failed}&last=24h", headers=HTMX).content.decode()
    assert "Failures of the last 24 hours" in part.split('aria-current="true"')[1].partition("</a>")[0]


def test_a_view_that_is_no_longer_valid_leads_to_the_complaint_of_the_list(admin_client: Client) -> None:
    keep("Old", "gone=1")
    page = admin_client.get(URL).content.decode()
    assert "No list can show this any more" in page and f'href="{LOG}?gone=1"' in page


def test_the_menu_says_when_mongodb_is_away(
    admin_client: Client, away: Callable[[], AbstractContextManager[None]]
) -> None:
    with away():
        part = admin_client.get(URL, headers=HTMX)
    assert (part.status_code, "Yours are missing." in part.content.decode()) == (200, True)
    assert "Failures" in part.content.decode()


def test_the_menu_says_when_the_session_has_ended(client: Client) -> None:
    assert "Your session has ended" in client.get(URL, headers=HTMX).content.decode()


def test_names_and_queries_are_only_text(admin_client: Client, mongo: Database[Document]) -> None:
    hostile = {"name": "<script>alert(1)</script>", "query": '"><script>alert(2)</script>'}
    mongo.saved_views.insert_one({"_id": "a/../b", "user": "admin", "page": "logs/audit", **hostile})
    for headers in ({}, HTMX):
        page = admin_client.get("/logs/audit/views/", headers=headers).content.decode()
        assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page


# Changing -------------------------------------------------------------------------------------------------


def test_a_view_is_renamed(admin_client: Client) -> None:
    address = f"{URL}{keep('Before').view_id}/rename/"
    assert fields_of(admin_client.get(address).content.decode(), "view-form")["name"] == ["Before"]
    assert admin_client.post(address, {"name": "After"})["Location"] == URL
    assert own() == [("After", "last=24h&status=failed")]


def test_what_is_deleted_comes_back_with_undo(admin_client: Client) -> None:
    view = keep("Late")
    page = admin_client.post(f"{URL}{view.view_id}/delete/", follow=True).content.decode()
    undo = f"{URL}{view.view_id}/put-back/"
    assert own() == [] and f'action="{undo}"' in page
    admin_client.post(undo)
    assert own() == [("Late", "last=24h&status=failed")]


@pytest.mark.parametrize("other", ["/logs/audit/views/", "/contracts/views/"])
def test_a_view_never_comes_back_to_another_list(admin_client: Client, other: str) -> None:
    view = keep("Late")
    admin_client.post(f"{URL}{view.view_id}/delete/")
    admin_client.post(f"{other}{view.view_id}/put-back/")
    assert (own("audit"), saved.of("admin", "contracts")) == ([], [])


# Who may --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "save/", "a/rename/"])
def test_who_may_not_see_the_whole_log_has_no_views_of_it(
    viewer_client: Client, manager_client: Client, path: str
) -> None:
    assert [client.get(URL + path).status_code for client in (viewer_client, manager_client)] == [403, 403]


def test_each_log_has_its_own(admin_client: Client) -> None:
    view = keep("Hers", log="audit")
    assert admin_client.get(f"{URL}{view.view_id}/rename/").status_code == 404
    assert "Hers" not in admin_client.get(URL).content.decode()
