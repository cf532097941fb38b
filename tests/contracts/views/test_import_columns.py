"""What the columns of an imported table mean: guessed, then chosen."""

import re

import pytest

from contracts import repository
from tests.contracts.views.imports import lines, previewed, run, send, sent, start, table, tabs
from tests.html import fields_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]


HEADINGS = "Account ID;ACCOUNT_NAME;Start;base monthly fee;E-mail;Colour\n"


def columns_of(browser, content, name="a.csv"):
    answer = send(browser, content, name)
    assert answer["Location"].endswith("/columns/")
    return answer["Location"].removesuffix("columns/"), browser.get(answer["Location"]).content.decode()


def chosen(page):
    """The choice of each column."""
    selects = re.findall(r"<select name=\"(column_\d+)\".*?</select>", page, re.S)
    bodies = re.findall(r"<select name=\"column_\d+\".*?</select>", page, re.S)
    found = (re.search(r'<option value="([^"]*)" selected', body) for body in bodies)
    return dict(zip(selects, (each[1] if each else "" for each in found), strict=True))


def test_columns_are_guessed_by_path_label_and_name(manager_client):
    content = HEADINGS + "a;Acme;2026-01-01;99;x@example.com;red\n"
    _, page = columns_of(manager_client, content)
    assert list(chosen(page).values()) == [
        "account_id", "account_name", "start_date", "base_monthly_fee", "", "",
    ]  # fmt: skip
    assert "x@example.com" in page


def test_the_columns_as_chosen_fill_the_fields(manager_client):
    content = HEADINGS + "a;Acme;2026-01-01;99;x@example.com;red\n"
    address, page = columns_of(manager_client, content)
    answer = manager_client.post(f"{address}columns/", chosen(page) | {"column_4": "primary_contact.email"})
    assert answer["Location"] == address
    page = run(manager_client, address)
    assert "Columns left out: Colour." in page
    start(manager_client, address, page)
    run(manager_client, address)
    contract = repository.get_by_account("a")
    assert (contract.account_name, contract.primary_contact.email) == ("Acme", "x@example.com")


def test_two_columns_of_one_field_are_an_error_beside_both(manager_client, mongo):
    address, page = columns_of(manager_client, HEADINGS + "a;b;2026-01-01;1;e;c\n")
    answer = manager_client.post(f"{address}columns/", chosen(page) | {"column_5": "account_name"})
    assert answer.status_code == 422
    assert answer.content.decode().count("Another column fills this field already.") >= 2
    assert chosen(answer.content.decode())["column_5"] == "account_name"
    assert mongo.imports.find_one()["state"] == "columns"


def test_a_table_that_names_no_contract_is_refused(manager_client):
    address, _ = columns_of(manager_client, "Colour\nred\n")
    answer = manager_client.post(f"{address}columns/", {"column_0": ""})
    assert answer.status_code == 422
    assert "Choose a column for the account id" in answer.content.decode()


def test_what_new_contracts_need_besides_is_told(manager_client):
    _, page = columns_of(manager_client, "Account ID,Colour\na,red\n")
    assert "No column fills: Start, Base fee a month." in page


def test_columns_can_be_looked_at_after_the_preview(manager_client):
    address, page = previewed(manager_client, table(2), "a.csv")
    assert f"{address}columns/" in page
    data = chosen(manager_client.get(f"{address}columns/").content.decode()) | {"column_2": ""}
    manager_client.post(f"{address}columns/", data)
    assert tabs(run(manager_client, address))["Refused"] == 2


def test_a_file_of_lines_has_no_columns(manager_client):
    address = sent(manager_client, lines("a"))
    assert manager_client.get(f"{address}columns/")["Location"] == address


def test_what_was_chosen_survives_a_session_that_ended(client, manager):
    client.force_login(manager)
    address, page = columns_of(client, HEADINGS + "a;Acme;2026-01-01;99;x@example.com;red\n")
    entries = fields_of(page, "columns") | {"column_4": "primary_contact.email"}
    client.logout()
    assert client.post(f"{address}columns/", entries).status_code == 302
    client.force_login(manager)
    page = client.get(f"{address}columns/").content.decode()
    assert "Your choices are back" in page
    assert chosen(page)["column_4"] == "primary_contact.email"
    assert "Your choices are back" not in client.get(f"{address}columns/").content.decode()


def test_a_field_that_two_columns_fill_is_not_called_missing(manager_client):
    address, page = columns_of(manager_client, HEADINGS + "a;b;2026-01-01;1;e;c\n")
    answer = manager_client.post(f"{address}columns/", chosen(page) | {"column_5": "account_id"})
    assert answer.status_code == 422
    assert "No column fills" not in answer.content.decode()
