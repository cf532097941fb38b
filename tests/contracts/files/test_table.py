"""A table in CSV becomes rows."""

import io
from datetime import date
from decimal import Decimal

import pytest

from contracts.domain import fields
from contracts.files import table
from contracts.files.table import ColumnsUnreadable


def rows(text, encoding="utf-8"):
    content = text if isinstance(text, bytes) else text.encode(encoding)
    return list(table.rows(io.BytesIO(content)))


def row(**cells):
    header, values = ",".join(cells), ",".join(cells.values())
    return rows(f"{header}\n{values}\n")[0]


def test_a_row_is_a_contract():
    found = row(account_id="a", start_date="2026-01-01", base_monthly_fee="99.00", auto_renewal="false")
    assert found.problems == ()
    assert (found.line, found.contract.start_date) == (2, date(2026, 1, 1))
    assert str(found.contract.base_monthly_fee) == "99.00"


def test_tables_and_lists_are_json_in_their_cell():
    found = row(tags='"[""a"", ""b, c""]"', add_ons='"[{""name"": ""Sandbox"", ""monthly_fee"": 0.1}]"')
    assert found.contract.tags == ("a", "b, c")
    assert found.contract.add_ons[0].monthly_fee == Decimal("0.1")


def test_an_empty_cell_is_an_empty_value():
    found = row(account_name="", end_date="", tags="", version="3")
    assert found.problems == ()
    assert (found.contract.account_name, found.contract.end_date, found.contract.tags) == ("", None, ())
    assert {"account_name", "end_date", "tags"} < found.given


def test_an_empty_cell_does_not_become_a_default_in_silence():
    assert [problem.path for problem in row(notice_days="", account_id="a").problems] == ["notice_days"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_the_mark_of_encoding_that_excel_writes_is_no_part_of_the_header(encoding):
    assert rows("account_id,notes\r\na,café\r\n", encoding)[0].contract.notes == "café"


def test_rows_know_the_line_they_start_on():
    found = rows('account_id,notes\n\na,"one\ntwo"\n,\nb,x\n')
    assert [(each.line, each.contract.notes) for each in found] == [(3, "one\ntwo"), (6, "x")]


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("account_id,fee", "Column 2 is headed “fee”"),
        ("account_id,notes,account_id", "Two columns are headed “account_id”"),
        ("account_id,", "Column 2 is headed “”"),
        ("account_id;notes", "“account_id;notes”"),
        ("", "names no columns"),
    ],
)
def test_a_header_that_names_no_field_stops_the_file(header, told):
    with pytest.raises(ColumnsUnreadable, match=told):
        rows(f"{header}\na,b,c\n")


def test_columns_fill_the_fields_they_are_said_to_and_others_are_left_out():
    text = io.BytesIO(b"acct-1;red;2026-01-01\n")
    columns = [fields.BY_PATH["account_id"], None, fields.BY_PATH["start_date"]]
    (found,) = table.body(text, columns, first=5, delimiter=";")
    assert (found.line, found.contract.account_id, found.contract.start_date) == (5, "acct-1", date(2026, 1, 1))
    assert found.given == {"account_id", "start_date"}


def test_a_row_of_another_length_is_refused_and_the_next_is_read():
    short, good = rows("account_id,notes\na\nb,x\n")
    assert short.problems[0].message == "This row has 1 cell; the header has 2."
    assert good.problems == ()


def test_a_cell_that_is_not_utf8_is_refused_and_the_next_row_is_read():
    bad, good = rows(b"account_id,notes\na,caf\xff\nb,x\n")
    assert [(problem.path, problem.message) for problem in bad.problems] == [("notes", "This is not UTF-8.")]
    assert good.problems == ()


def test_a_cell_that_should_hold_json_and_does_not_is_refused():
    problem = row(account_id="a", add_ons="Sandbox").problems[0]
    assert problem.path == "add_ons"
    assert problem.message.endswith('Write a list of rows, such as [{"name": "…", "monthly_fee": "…"}].')


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("vip", ("vip",)),
        ('"vip, emea,,new price "', ("vip", "emea", "new price")),
        ('"[""a, b""]"', ("a, b",)),
        ("'=1", ("=1",)),
        ("12", ("12",)),
    ],
)
def test_a_list_is_json_or_texts_with_commas(cell, tags):
    found = row(account_id="a", tags=cell)
    assert (found.problems, found.contract.tags) == ((), tags)


def test_a_list_that_begins_as_json_and_is_none_is_refused():
    assert "character" in row(account_id="a", tags='"[""a"', notes="").problems[0].message


@pytest.mark.parametrize(
    ("path", "cell", "example"),
    [
        ("base_monthly_fee", '"10,5"', "such as 1234.50"),
        ("base_monthly_fee", '"1.234,50"', "such as 1234.50"),
        ("start_date", "01.02.2026", "such as 2026-02-28"),
        ("notice_days", "soon", "such as 30"),
        ("auto_renewal", "maybe", "true or false belongs."),
    ],
)
def test_what_is_not_understood_is_told_with_an_example(path, cell, example):
    assert example in row(**{"account_id": "a", path: cell}).problems[0].message


@pytest.mark.parametrize(
    "text", ['account_id,notes\na,"never closed\nb,x\n', 'account_id,notes\na,"one" two\nb,x\n']
)
def test_quotes_that_do_not_match_end_the_file_in_a_sentence(text):
    found = rows(text)
    assert len(found) == 1
    assert found[0].problems[0].message.startswith("From here on the file cannot be read")


def test_an_endless_cell_ends_the_file_in_a_sentence():
    found = rows("account_id,notes\na," + "x" * 3_000_000 + "\n")
    assert found[-1].problems[0].message.startswith("From here on the file cannot be read")


def test_what_cannot_be_read_is_told_with_the_line_it_starts_on():
    found = rows('account_id,notes\na,x\nb,"never\nclosed\n')
    assert [(each.line, each.is_last) for each in found] == [(2, False), (3, True)]


def test_a_line_that_is_too_long_ends_the_file_and_has_a_number_of_its_own():
    found = rows("account_id,notes\na,x\n" + "a," * 600_000 + "\nb,x\n")
    assert [each.line for each in found] == [2, 3]
    assert "a line is longer than 1,000,000 bytes" in found[1].problems[0].message
