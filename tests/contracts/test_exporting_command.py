"""`export_contracts` writes a whole file or none."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from contracts import services
from tests.factories import MAYA, NOW, make_contract


@pytest.fixture
def contract(mongo):
    return services.create(make_contract(), actor=MAYA, now=NOW).contract


def export(*options):
    out, err = io.StringIO(), io.StringIO()
    call_command("export_contracts", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_it_writes_one_document_a_line(contract):
    services.create(make_contract(account_id="b", contract_id="a"), actor=MAYA, now=NOW)
    documents = [json.loads(line) for line in export()[0].splitlines()]
    assert [document["contract_id"] for document in documents] == ["a", contract.contract_id]


def test_extended_json_is_written_on_demand(contract):
    assert json.loads(export("--extended")[0])["base_monthly_fee"] == {"$numberDecimal": "299.00"}


def test_csv_starts_with_its_header(contract):
    assert export("--format", "csv")[0].startswith("contract_id,account_id,")


def test_extended_csv_does_not_exist(contract):
    with pytest.raises(CommandError, match="goes with NDJSON"):
        export("--format", "csv", "--extended")


def test_a_file_is_written_whole(contract, tmp_path):
    export("--output", str(tmp_path / "all.ndjson"))
    assert json.loads((tmp_path / "all.ndjson").read_text())["account_id"] == "acct-1"
    assert [path.name for path in tmp_path.iterdir()] == ["all.ndjson"]


def test_a_csv_file_carries_the_mark_by_which_excel_knows_utf8(contract, tmp_path):
    export("--format", "csv", "--output", str(tmp_path / "all.csv"))
    assert (tmp_path / "all.csv").read_bytes().startswith(b"\xef\xbb\xbfcontract_id,")


@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_the_audit_trail_tells_of_it(contract, mongo, tmp_path, form):
    export("--format", form, "--output", str(tmp_path / "all"))
    entry = mongo.audit_trails.find_one({"action": "export.downloaded"})
    assert (entry["userId"], entry["entity"]) == ("console", {"type": "export", "id": "all"})
    assert entry["details"] == {"format": form, "count": 1}


def test_an_empty_database_gives_an_empty_export(mongo):
    assert export() == ("", "")


def test_values_that_cannot_be_understood_are_counted_and_named(contract, mongo):
    mongo.contracts.update_one({}, {"$set": {"end_date": "soon", "add_ons": 5}})
    out, err = export()
    assert json.loads(out)["end_date"] == "soon"
    assert err.splitlines() == [
        "2 values could not be understood and stand as they were found:",
        f"{contract.contract_id}: end_date",
        f"{contract.contract_id}: add_ons",
    ]


def test_a_folder_that_is_not_there_is_an_error(contract, tmp_path):
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        export("--output", str(tmp_path / "missing" / "all.ndjson"))


def test_nothing_is_left_behind_where_mongodb_cannot_be_asked(tmp_path):
    with pytest.raises(CommandError, match="The export is not complete"):
        export("--output", str(tmp_path / "all.ndjson"))
    assert list(tmp_path.iterdir()) == []
