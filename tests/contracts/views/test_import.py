"""Importing a file in the browser: from the upload to the report, and whatever a file may hold."""

import re
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from contracts import exporting, repository, revisions
from contracts.documents import to_document
from contracts.uploads import repository as uploads
from contracts.uploads.model import LIFETIME, MOST_BYTES, MOST_ROWS
from tests.conftest import client_for
from tests.contracts.views.imports import (
    MINIMAL,
    UPLOAD,
    imported,
    in_words,
    let_pass,
    lines,
    previewed,
    run,
    send,
    sent,
    start,
    table,
    tabs,
)
from tests.factories import make_contract
from users.access import ACCOUNT_MANAGER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]


# The way through -------------------------------------------------------------------------------------------


def test_a_file_is_previewed_imported_and_reported(manager_client, mongo):
    address, page = previewed(manager_client, lines("a", "b") + "{\n")
    assert tabs(page) == {"New": 2, "Changed": 0, "Unchanged": 0, "Refused": 1}
    assert "Import 2 new" in page
    assert "1 is refused and left out." in page
    assert mongo.contracts.count_documents({}) == 0
    assert start(manager_client, address, page).status_code == 302
    report = run(manager_client, address)
    assert tabs(report) == {"Added": 2, "Changed": 0, "Unchanged": 0, "Refused": 1}
    assert {found["account_id"] for found in mongo.contracts.find()} == {"a", "b"}


def test_the_history_and_the_audit_trail_tell_who_imported(manager_client, mongo):
    imported(manager_client, lines("a"))
    contract = repository.get_by_account("a")
    revision = revisions.get(contract.contract_id, 1)
    assert (revision["action"], revision["actor"]["id"], revision["actor"]["via"]) == (
        "imported",
        "manager",
        "import",
    )
    assert mongo.audit_trails.count_documents({"action": "contract.imported", "userId": "manager"}) == 1


def test_the_report_leads_to_the_contracts(manager_client):
    report = imported(manager_client, MINIMAL + "a,2026-01-01,99\n", "a.csv")
    assert f'href="/contracts/{repository.get_by_account("a").contract_id}/"' in report


def test_a_file_whose_session_had_ended_is_to_be_chosen_again(client, manager):
    answer = send(client, lines("a"), mode="overwrite", form_user="manager")
    assert answer["Location"].startswith("/sign-in/")
    client.force_login(manager)
    page = client.get(UPLOAD).content.decode()
    assert "Choose the file again" in page
    assert re.search(r'value="overwrite"[^>]*checked', page)


def test_a_viewer_may_not_import(viewer_client):
    assert viewer_client.get(UPLOAD).status_code == 403
    assert send(viewer_client, lines("a")).status_code == 403


def test_somebody_elses_import_is_not_there(manager_client):
    address, page = previewed(manager_client, lines("a"))
    other = User.objects.create_user("other")
    other.groups.add(*User.objects.get(username="manager").groups.filter(name=ACCOUNT_MANAGER))
    browser = client_for(other)
    plan = re.search(r'name="plan" value="([^"]+)"', page)[1]
    assert {browser.get(f"{address}{rest}").status_code for rest in ("", "columns/", "rows.csv")} == {404}
    posts = ("go-on/", "start/", "check/", "discard/")
    assert {browser.post(f"{address}{rest}", {"plan": plan, "mode": "new"}).status_code for rest in posts} == {404}
    assert "contracts.ndjson" not in browser.get(UPLOAD).content.decode()


def test_each_step_keeps_an_import_and_its_file_for_a_day(manager_client, mongo):
    address, _ = previewed(manager_client, lines("a", "b"))
    for _ in range(3):
        let_pass(mongo, LIFETIME - timedelta(minutes=1))
        manager_client.post(f"{address}check/", {"mode": "update"})
    assert tabs(run(manager_client, address))["New"] == 2
    until = mongo.imports.find_one()["expires_at"]
    kept = [found["expires_at"] for name in ("import_pieces", "import_rows") for found in mongo[name].find()]
    assert kept == [until] * 3


def test_an_import_is_gone_after_a_day(manager, manager_client, mongo):
    address = sent(manager_client, lines("a"))
    let_pass(mongo, LIFETIME + timedelta(seconds=1))
    assert manager_client.get(address).status_code == 404
    assert manager_client.post(f"{address}go-on/").status_code == 404
    assert manager_client.get(f"{UPLOAD}{uuid.uuid4()}/").status_code == 404


# What a file may be ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"", "The file is empty."),
        ("a.ndjson", b"\xef\xbb\xbf \n", "The file is empty."),
        ("a.csv", b"account_id\n\n,\n", "The file holds no rows."),
        ("a.csv", b"\n\na,b\n", "The first line names no columns."),
        ("a.xlsx", b"PK\x03\x04", "a.xlsx does not say what it holds."),
        ("a.csv", b"PK\x03\x04\x14\0", "The file is a spreadsheet (.xlsx)"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1", "The file is an old spreadsheet (.xls)"),
        ("a.csv", "account_id\na\n".encode("utf-16"), "The file is in UTF-16."),
        ("a.csv", "account_id\na\n".encode("utf-16-le"), "The file is no text in UTF-8."),
        ("a.csv", "account_id,notes\na,b\na,café\n".encode("latin-1"), "line 3 holds a byte (0xE9)"),
        ("a.csv", b"account_id\n" + b"x" * 2_000_000 + b"\xc3", "is not UTF-8"),
        ("a.csv", b"account_id,notes\ra,b\r", "Its lines end as those of very old Macs."),
        ("a.csv", b'"account_id\na,b\n', "cannot be read as a table"),
        ("a.csv", b'{"account_id": "a"}\n', "The file is JSON, not a table."),
        ("a.csv", ",".join(map(str, range(201))).encode() + b"\n1\n", "The file has 201 columns; 200 at most"),
        ("a.json", b'[{"account_id": "a"}]', "The file is one JSON list."),
        ("a.json", b'{\n"account_id": "a"\n}', "A contract takes several lines here."),
        ("a.ndjson", b"account_id\na\n", "so it is no NDJSON"),
        ("a.gz.csv", b"\x1f\x8b\x08", "The file is compressed"),
        ("a.csv", b"%PDF-1.4", "The file is a PDF"),
    ],
)
def test_what_is_no_file_of_contracts_is_refused_in_a_sentence(manager_client, mongo, name, content, told):
    answer = send(manager_client, content, name, "update")
    assert answer.status_code == 422
    assert told in in_words(answer.content.decode()).replace("&#x27;", "'")
    assert re.search(r'value="update"[^>]*checked', answer.content.decode())
    assert mongo.imports.count_documents({}) + mongo.import_pieces.count_documents({}) == 0


@pytest.mark.parametrize(
    ("entries", "told"), [({"mode": "new"}, "Choose a file."), ({"mode": "all"}, "Select a valid")]
)
def test_a_form_without_a_file_or_a_choice_is_told_so(manager_client, entries, told):
    answer = manager_client.post(UPLOAD, entries)
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_a_file_over_the_limit_is_refused_and_not_kept(manager_client):
    answer = send(manager_client, b"x" * (MOST_BYTES + 1), "a.csv")
    assert answer.status_code == 422
    assert "The file is larger than 20 MB." in answer.content.decode()


def test_more_rows_than_allowed_are_refused(manager_client):
    answer = send(manager_client, table(MOST_ROWS + 1), "a.csv")
    assert answer.status_code == 422
    assert "The file has 10,001 rows; 10,000 are imported at most." in answer.content.decode()


def test_ten_thousand_rows_are_compared(manager_client):
    _, page = previewed(manager_client, table(MOST_ROWS), "a.csv")
    assert tabs(page)["New"] == MOST_ROWS
    assert "1–100" in page


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_the_mark_of_encoding_does_no_harm(manager_client, encoding):
    content = (MINIMAL + "a,2026-01-01,99\n").encode(encoding)
    assert tabs(previewed(manager_client, content, "A.CSV")[1])["New"] == 1
    assert tabs(previewed(manager_client, lines("a").encode(encoding))[1])["New"] == 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_whatever_stands_between_its_cells(manager_client, delimiter):
    content = MINIMAL.replace(",", delimiter) + delimiter.join(("a", "2026-01-01", "99.00")) + "\n"
    assert tabs(previewed(manager_client, content, "a.csv")[1])["New"] == 1


def test_extended_json_is_read(manager_client):
    content = next(exporting.lines([to_document(make_contract())], exporting.EXTENDED)).text
    assert tabs(previewed(manager_client, content)[1])["New"] == 1


def test_nobody_keeps_more_than_twenty_imports(manager_client):
    for _ in range(uploads.MOST_KEPT):
        sent(manager_client, lines("a"))
    answer = send(manager_client, lines("a"))
    assert answer.status_code == 422
    assert "You have 20 imports" in answer.content.decode()


def test_without_mongodb_the_upload_says_so(manager_client, settings):
    settings.MONGODB_URI = ""
    assert "MONGODB_URI" in manager_client.get(UPLOAD).content.decode()


def test_the_list_leads_to_the_import(manager_client, viewer_client):
    assert f'href="{UPLOAD}"' in manager_client.get("/contracts/").content.decode()
    assert f'href="{UPLOAD}"' not in viewer_client.get("/contracts/").content.decode()


def test_browsers_without_a_session_are_asked_to_sign_in():
    assert Client().get(UPLOAD).status_code == 302


def test_a_file_with_nothing_to_import_is_not_called_ready(manager_client):
    previewed(manager_client, "account_id\na\n", "a.csv")
    page = in_words(manager_client.get(UPLOAD).content.decode())
    assert ("Nothing to import" in page, "Ready to import" in page) == (True, False)


def test_that_no_more_imports_are_kept_is_told_before_a_file_is_sent(manager_client):
    for _ in range(uploads.MOST_KEPT - 1):
        sent(manager_client, lines("a"))
    assert "You have 20 imports" not in manager_client.get(UPLOAD).content.decode()
    sent(manager_client, lines("a"))
    page = manager_client.get(UPLOAD).content.decode()
    assert "You have 20 imports already. Discard one of them first." in page
    assert 'type="file"' not in page
