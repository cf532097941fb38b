"""Importing a file in the browser: upload, columns, preview, import and report, each at its own address."""

import csv
import io
import json
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contracts import exporting, repository, revisions, services
from contracts.documents import to_document
from contracts.seen import seen_of
from contracts.uploads import repository as uploads
from contracts.uploads import running
from contracts.uploads.model import MOST_BYTES, MOST_ROWS
from mongo import client as mongo_client
from mongo.claims import CLAIM
from tests.conftest import client_for
from tests.factories import MAYA, make_contract
from tests.proxy import Proxy
from users.access import ACCOUNT_MANAGER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

UPLOAD = "/contracts/import/"
MINIMAL = "account_id,start_date,base_monthly_fee\n"


def line(**terms):
    """A contract as a line of NDJSON, as our own export writes it."""
    return next(exporting.lines([to_document(make_contract(**terms))])).text


def lines(*accounts):
    return "".join(line(account_id=account, account_name=f"Name of {account}") for account in accounts)


def table(count, first=0):
    return MINIMAL + "".join(f"acct-{n},2026-01-01,99.00\n" for n in range(first, first + count))


def send(browser, content, name="contracts.ndjson", mode="new", **more):
    content = content if isinstance(content, bytes) else content.encode()
    return browser.post(UPLOAD, {"file": SimpleUploadedFile(name, content), "mode": mode, **more})


def sent(browser, content, name="contracts.ndjson", mode="new"):
    """The address of the import that a file becomes."""
    answer = send(browser, content, name, mode)
    assert answer.status_code == 302, answer.content.decode()
    return re.match(f"{UPLOAD}[0-9a-f-]+/", answer["Location"])[0]


def id_of(address):
    return address.split("/")[-2]


def run(browser, address):
    """Press Continue until there is nothing to go on with; the page that is there then."""
    while b'id="running"' in (page := browser.get(address)).content:
        assert browser.post(f"{address}go-on/").status_code == 302
    return page.content.decode()


def previewed(browser, content, name="contracts.ndjson", mode="new"):
    address = sent(browser, content, name, mode)
    return address, run(browser, address)


def start(browser, address, page):
    plan = re.search(r'name="plan" value="([^"]+)"', page)[1]
    return browser.post(f"{address}start/", {"plan": plan})


def imported(browser, content, name="contracts.ndjson", mode="new"):
    address, page = previewed(browser, content, name, mode)
    start(browser, address, page)
    return run(browser, address)


def tabs(page):
    """Label → number of the tabs of a preview or a report."""
    found = re.findall(r"<a href=\"\?show=[^>]+>(\w+) <span>([\d,]+)</span>", page)
    return {label: int(number.replace(",", "")) for label, number in found}


def in_words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def created(**terms):
    return services.create(make_contract(**terms), actor=MAYA).contract


def changed_by_tom(contract, **terms):
    live = repository.document(contract.contract_id)
    wanted = replace(contract, **terms)
    return services.update(wanted, contract_id=contract.contract_id, seen=seen_of(live), actor=MAYA).contract


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


def test_an_import_is_gone_after_a_day(manager, manager_client, mongo):
    address = sent(manager_client, lines("a"))
    mongo.imports.update_one({}, {"$set": {"created_at": datetime.now(UTC) - timedelta(days=1, seconds=1)}})
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


# Columns ---------------------------------------------------------------------------------------------------


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


# The preview -----------------------------------------------------------------------------------------------


def test_what_a_row_changes_is_shown_old_and_new(manager_client):
    contract = created()
    text = line(contract_id=contract.contract_id, version=1, notes="Another note.")
    page = previewed(manager_client, text, mode="update")[1]
    assert tabs(page)["Changed"] == 1
    assert "Change 1" in page
    assert re.search(r"<del>.*Signed in January\..*</del>.*<ins>.*Another note\..*</ins>", page, re.S)


def test_a_refused_row_tells_each_reason_with_its_field_and_line(manager_client):
    bad = json.loads(line())
    bad["currency"], bad["usage_based_pricing"]["trade_volume_tiers"][0]["price_per_trade"] = "XXX", "-1"
    page = in_words(previewed(manager_client, f"\n{json.dumps(bad)}\n")[1])
    assert "Line 2" in page
    assert "Currency Give an ISO 4217 code, such as USD or EUR." in page
    assert "Volume tiers, row 1, Price per trade Give zero or more." in page


def test_names_that_no_contract_has_are_told(manager_client):
    document = json.loads(line()) | {"a.$b": 1, "colour": "red"}
    page = in_words(previewed(manager_client, json.dumps(document))[1])
    assert "colour in 1 row" in page
    assert "a.$b in 1 row" in page


def test_a_contract_that_exists_is_refused_unasked_and_changed_after_asking(manager_client):
    contract = created()
    text = line(contract_id=contract.contract_id, notes="New.")
    address, page = previewed(manager_client, text)
    assert tabs(page)["Refused"] == 1
    assert "1 row would change a contract that exists" in page
    manager_client.post(f"{address}check/", {"mode": "overwrite"})
    assert tabs(run(manager_client, address))["Changed"] == 1


def test_rows_are_paged(manager_client):
    address, page = previewed(manager_client, table(250), "a.csv")
    assert "acct-99<" in page
    assert "acct-100<" not in page
    last = manager_client.get(f"{address}?show=new&page=3").content.decode()
    assert "acct-249<" in last
    assert "201–250" in last


@pytest.mark.parametrize("query", ["?show=banana&page=x", "?show=new&page=99", "?page=-1"])
def test_an_address_that_asks_for_no_page_there_is_shows_another(manager_client, query):
    address, _ = previewed(manager_client, table(2), "a.csv")
    assert "acct-1<" in manager_client.get(address + query).content.decode()


def test_refused_rows_are_a_table_to_take_away_without_formulas(manager_client):
    content = table(1) + '=HYPERLINK("x"),2026-01-01,"-1"\n@b,soon,99\n'
    address, _ = previewed(manager_client, content.replace('=HYPERLINK("x")', "=1+1"), "a.csv")
    answer = manager_client.get(f"{address}rows.csv?show=refused")
    assert answer["Content-Disposition"] == 'attachment; filename="import-refused.csv"'
    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert header == ["line", "outcome", "contract_id", "account_id", "field", "reason"]
    assert ["3", "refused", "", "'=1+1", "Base fee a month", "Give zero or more."] in rows
    assert [row[:5] for row in rows[1:]] == [["4", "refused", "", "'@b", "Start"]]


def test_a_file_that_cannot_be_read_to_its_end_tells_from_where(manager_client):
    page = previewed(manager_client, table(3) + 'x,"never closed\n' + table(3), "a.csv")[1]
    assert tabs(page) == {"New": 3, "Changed": 0, "Unchanged": 0, "Refused": 1}
    assert "From here on the file cannot be read" in page


def test_the_same_account_twice_is_refused_across_slices(manager_client):
    page = previewed(manager_client, table(450) + "acct-3,2026-01-01,5\n", "a.csv")[1]
    assert tabs(page)["Refused"] == 1
    assert "Line 5 has the same account id." in page


def test_an_import_is_discarded(manager_client, mongo):
    address, _ = previewed(manager_client, lines("a"))
    manager_client.post(f"{address}discard/")
    assert manager_client.get(address).status_code == 404
    assert [mongo[name].count_documents({}) for name in ("imports", "import_pieces", "import_rows")] == [0, 0, 0]


# Importing -------------------------------------------------------------------------------------------------


def test_pressed_twice_it_imports_once(manager_client, mongo):
    address, page = previewed(manager_client, table(30), "a.csv")
    for _ in range(2):
        assert start(manager_client, address, page)["Location"] == address
    for _ in range(4):
        manager_client.post(f"{address}go-on/")
    start(manager_client, address, page)
    assert (mongo.contracts.count_documents({}), mongo.contract_revisions.count_documents({})) == (30, 30)
    assert tabs(run(manager_client, address))["Added"] == 30


def test_while_one_window_is_at_it_another_does_nothing(manager_client, manager, mongo):
    address, page = previewed(manager_client, table(3), "a.csv")
    start(manager_client, address, page)
    import_id = id_of(address)
    assert uploads.claim(import_id, manager.pk, "the other window")
    assert manager_client.post(f"{address}go-on/").status_code == 302
    assert mongo.contracts.count_documents({}) == 0
    with uploads.released(import_id, "the other window"):
        pass
    run(manager_client, address)
    assert mongo.contracts.count_documents({}) == 3


def test_a_window_that_died_is_taken_over_after_a_while(manager_client, manager, mongo):
    address, page = previewed(manager_client, table(3), "a.csv")
    start(manager_client, address, page)
    long_ago = datetime.now(UTC) - CLAIM - timedelta(seconds=1)
    assert uploads.claim(id_of(address), manager.pk, "dead", now=long_ago)
    run(manager_client, address)
    assert mongo.contracts.count_documents({}) == 3


def test_a_slice_that_comes_again_imports_nothing_twice(manager_client, mongo):
    address, page = previewed(manager_client, table(5), "a.csv")
    start(manager_client, address, page)
    before = mongo.imports.find_one()
    manager_client.post(f"{address}go-on/")
    # As after a crash between the rows and the note of them.
    mongo.imports.replace_one({}, before)
    mongo.import_pieces.delete_many({})
    report = run(manager_client, address)
    assert tabs(report)["Added"] == 5
    assert mongo.contract_revisions.count_documents({}) == 5


def test_a_closed_page_goes_on_when_it_is_opened_again(manager_client, manager, mongo):
    address, page = previewed(manager_client, table(120), "a.csv")
    start(manager_client, address, page)
    actor = replace(MAYA, via="import")
    running.go_on(id_of(address), manager.pk, actor=actor, seconds=0.02)
    done = mongo.contracts.count_documents({})
    assert 0 < done < 120
    assert "Stopped in the middle" in manager_client.get(UPLOAD).content.decode()
    assert f"<b>{done}</b> of 120" in manager_client.get(address).content.decode()
    run(client_for(manager), address)
    assert mongo.contracts.count_documents({}) == 120


def test_comparing_stops_and_goes_on_in_the_middle_of_a_table(manager_client, manager):
    rows = "".join(f'acct-{n},2026-01-01,99.00,"one\ntwo"\n\n' for n in range(500))
    address = sent(manager_client, f"account_id,start_date,base_monthly_fee,notes\n{rows}acct-9,,,\n", "a.csv")
    running.go_on(id_of(address), manager.pk, actor=MAYA, seconds=0)
    assert "<b>200</b> of 501" in manager_client.get(address).content.decode()
    page = run(manager_client, address)
    assert tabs(page)["New"] == 500
    assert "Line 1,502" in in_words(page)


def test_what_somebody_changed_since_the_preview_is_not_overwritten(manager_client):
    contract, other = created(), created(account_id="b")
    text = line(contract_id=contract.contract_id, notes="Mine.")
    text += line(contract_id=other.contract_id, account_id="b", notes="Mine.") + line(account_id="c")
    address, page = previewed(manager_client, text, mode="overwrite")
    changed_by_tom(contract, notes="Theirs.")
    created(account_id="c")
    start(manager_client, address, page)
    report = run(manager_client, address)
    assert tabs(report) == {"Added": 0, "Changed": 1, "Unchanged": 0, "Refused": 2}
    assert "2 rows refused after the preview" in in_words(report)
    assert "Somebody changed the contract after it was compared" in report
    assert "Account c has a contract already." in report
    assert repository.get(contract.contract_id).notes == "Theirs."


def test_what_somebody_deleted_since_the_preview_is_told(manager_client):
    contract = created()
    address, page = previewed(manager_client, line(contract_id=contract.contract_id, notes="x"), mode="overwrite")
    seen = seen_of(repository.document(contract.contract_id))
    services.delete(contract_id=contract.contract_id, seen=seen, actor=MAYA)
    start(manager_client, address, page)
    assert "Somebody deleted the contract" in run(manager_client, address)


def test_a_preview_that_is_out_of_date_starts_nothing(manager_client, mongo):
    address, page = previewed(manager_client, lines("a"))
    manager_client.post(f"{address}check/", {"mode": "update"})
    run(manager_client, address)
    answer = manager_client.post(
        f"{address}start/", {"plan": re.search(r'name="plan" value="([^"]+)"', page)[1]}, follow=True
    )
    assert "compared anew in another window" in answer.content.decode()
    assert mongo.imports.find_one()["state"] == "checked"


def test_what_is_imported_cannot_be_discarded_or_compared_again(manager_client, mongo):
    address, page = previewed(manager_client, lines("a"))
    start(manager_client, address, page)
    manager_client.post(f"{address}discard/")
    manager_client.post(f"{address}check/", {"mode": "overwrite"})
    assert tabs(run(manager_client, address))["Added"] == 1
    assert mongo.import_pieces.count_documents({}) == 0


def test_a_report_is_discarded_and_what_was_imported_stays(manager_client, mongo):
    address, page = previewed(manager_client, lines("a"))
    start(manager_client, address, page)
    run(manager_client, address)
    answer = manager_client.post(f"{address}discard/", follow=True)
    assert "What was imported stays." in answer.content.decode()
    assert (mongo.contracts.count_documents({}), mongo.import_rows.count_documents({})) == (1, 0)


def test_money_and_days_are_stored_in_their_own_types(manager_client, mongo):
    imported(manager_client, MINIMAL + "a,2026-01-01,0.1\n", "a.csv")
    assert (
        mongo.contracts.count_documents({"base_monthly_fee": {"$type": "decimal"}, "start_date": {"$type": "date"}})
        == 1
    )
    assert repository.get_by_account("a").base_monthly_fee == Decimal("0.1")


# MongoDB away ----------------------------------------------------------------------------------------------


def test_an_outage_in_the_middle_is_told_and_gone_on_from(manager_client, manager, away):
    address, page = previewed(manager_client, table(60), "a.csv")
    start(manager_client, address, page)
    running.go_on(id_of(address), manager.pk, actor=MAYA, seconds=0.02)
    assert 0 < repository.count() < 60
    with away():
        answer = manager_client.post(f"{address}go-on/", headers={"HX-Request": "true"})
        assert (answer.status_code, answer["HX-Retarget"]) == (200, "#stalled")
        assert "It has stopped for the moment" in answer.content.decode()
        assert manager_client.post(f"{address}go-on/").status_code == 503
    assert tabs(run(manager_client, address))["Added"] == 60


def test_a_connection_that_is_lost_in_the_middle_imports_nothing_twice(manager_client, mongo_uri, settings):
    address, page = previewed(manager_client, table(20), "a.csv")
    start(manager_client, address, page)
    with Proxy(mongo_uri) as between:
        settings.MONGODB_URI = between.uri
        mongo_client.close()
        between.lose_answer = 60
        manager_client.post(f"{address}go-on/", headers={"HX-Request": "true"})
        settings.MONGODB_URI = mongo_uri
        between.heal()
        mongo_client.close()
    assert tabs(run(manager_client, address))["Added"] == 20
    assert mongo_client.database().contract_revisions.count_documents({}) == 20


def test_a_file_that_could_not_be_kept_is_told_and_the_choice_stays(manager_client, away):
    with away():
        answer = send(manager_client, lines("a"), mode="overwrite")
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "The file was not kept" in page
    assert re.search(r'value="overwrite"[^>]*checked', page)


# For htmx --------------------------------------------------------------------------------------------------


def test_the_page_asks_for_slices_and_is_told_when_all_is_done(manager_client):
    address = sent(manager_client, lines("a"))
    answer = manager_client.post(f"{address}go-on/", headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"


def test_a_slice_in_between_answers_with_the_progress(manager_client, manager):
    address = sent(manager_client, table(500), "a.csv")
    uploads.claim(id_of(address), manager.pk, "another")
    page = manager_client.post(f"{address}go-on/", headers={"HX-Request": "true"}).content.decode()
    assert "<b>0</b> of 500 rows" in page
    assert "<html" not in page


def test_the_address_of_a_slice_is_no_page(manager_client):
    address = sent(manager_client, lines("a"))
    assert manager_client.get(f"{address}go-on/").status_code == 405


def test_without_mongodb_the_upload_says_so(manager_client, settings):
    settings.MONGODB_URI = ""
    assert "MONGODB_URI" in manager_client.get(UPLOAD).content.decode()


def test_the_list_leads_to_the_import(manager_client, viewer_client):
    assert f'href="{UPLOAD}"' in manager_client.get("/contracts/").content.decode()
    assert f'href="{UPLOAD}"' not in viewer_client.get("/contracts/").content.decode()


def test_browsers_without_a_session_are_asked_to_sign_in():
    assert Client().get(UPLOAD).status_code == 302
