"""The preview of an import: what each row leads to, and every reason for which one is refused."""

import csv
import io
import json
import re

import pytest

from tests.contracts.views.imports import (
    MINIMAL,
    created,
    in_words,
    line,
    lines,
    previewed,
    run,
    table,
    tabs,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]


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
    header, *rows = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
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


def test_a_report_is_sent_while_it_is_read(manager_client):
    address, _ = previewed(manager_client, "account_id\n" + "".join(f"a-{n}\n" for n in range(250)), "a.csv")
    answer = manager_client.get(f"{address}rows.csv")
    pieces = [piece.decode() for piece in answer.streaming_content]
    assert len(pieces) == 3
    rows = list(csv.reader(io.StringIO("".join(pieces).removeprefix("\ufeff"))))
    assert [row[3] for row in rows[1::2]] == [f"a-{n}" for n in range(250)]


def test_a_report_that_mongodb_does_not_give_is_no_file(manager_client, away):
    address, _ = previewed(manager_client, lines("a"))
    with away():
        assert manager_client.get(f"{address}rows.csv").status_code == 503


def test_a_line_that_is_too_long_ends_the_file_there(manager_client):
    content = f"account_id,start_date,base_monthly_fee\nx,2026-01-01,1\n{'a,' * 600_000}\n" + table(450)
    page = previewed(manager_client, content, "a.csv")[1]
    assert tabs(page) == {"New": 1, "Changed": 0, "Unchanged": 0, "Refused": 1}
    assert "Line 3" in in_words(page)
    assert "From here on the file cannot be read: a line is longer than 1,000,000 bytes." in in_words(page)


def test_an_id_that_no_contract_has_is_told_where_the_columns_make_no_contract(manager_client):
    page = in_words(previewed(manager_client, "contract_id,status\ncontract_typo,active\n", "a.csv", "update")[1])
    assert "No contract has this id." in page
    assert "Give the account id" not in page
    assert "1 row names a contract id that no contract has" in page


def test_whole_rows_with_an_id_that_no_contract_has_are_counted(manager_client):
    content = "contract_id," + MINIMAL + "typo-1,a,2026-01-01,9\ntypo-2,b,2026-01-01,9\n,c,2026-01-01,9\n"
    page = previewed(manager_client, content, "a.csv", "update")[1]
    assert tabs(page)["New"] == 3
    assert "2 rows name a contract id that no contract has" in in_words(page)
    assert "Rows that make a whole contract are added as new ones, under that id." in in_words(page)


def test_a_file_whose_rows_all_have_contracts_says_nothing_of_ids(manager_client):
    contract = created()
    page = previewed(manager_client, line(contract_id=contract.contract_id, notes="x"), mode="overwrite")[1]
    assert "that no contract has" not in page
