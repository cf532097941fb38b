"""`import_contracts` tells of each row that it refuses, and sums up."""

import getpass
import io
import json

import pytest
from django.conf import settings as project
from django.core.management import CommandError

from contracts import repository, revisions
from mongo import client
from tests.commands import Command, Cut
from tests.proxy import Proxy

pytestmark = pytest.mark.usefixtures("mongo")

REAL = project.BASE_DIR.parent / "shared" / "data" / "contracts.ndjson"
GOOD = {"account_id": "a", "start_date": "2026-01-01", "base_monthly_fee": "99.00"}


@pytest.fixture
def command():
    return Command("import_contracts")


@pytest.fixture
def file(tmp_path):
    def write(*documents, name="contracts.ndjson"):
        path = tmp_path / name
        path.write_text("\n".join(json.dumps(document) for document in documents))
        return path

    return write


def test_it_sums_up(command, file):
    command(file(GOOD, {**GOOD, "account_id": "b"}))
    assert command.said == ["2 new, 0 changed, 0 unchanged, 0 refused"]
    assert repository.count() == 2


def test_it_names_line_and_field_of_what_it_refuses_and_fails(command, file):
    with pytest.raises(CommandError, match="Rows refused: 1"):
        command(file(GOOD, {**GOOD, "account_id": "b", "end_date": "2025-12-31"}))
    assert command.warned == ["line 2: end_date: The last day lies before the start."]
    assert command.said == ["1 new, 0 changed, 0 unchanged, 1 refused"]


def test_a_dry_run_says_that_it_is_one(command, file):
    command(file(GOOD), "--dry-run")
    assert command.said[-1] == "This was a dry run: nothing was written."
    assert repository.count() == 0


def test_fields_that_it_does_not_know_are_named_once_and_counted(command, file):
    command(file({**GOOD, "crm": 1}, {**GOOD, "account_id": "b", "crm": 2}))
    assert command.warned == ["ignored: crm (rows: 2)"]


def test_it_says_how_contracts_that_exist_are_changed(command, file):
    command(file(GOOD))
    with pytest.raises(CommandError):
        command(file({**GOOD, "notes": "other"}))
    assert command.said[-1] == "Contracts that exist are changed with --update."
    command(file({**GOOD, "notes": "other", "version": 1}), "--update")
    assert command.said[-1] == "0 new, 1 changed, 0 unchanged, 0 refused"


def test_it_reads_csv(command, tmp_path):
    path = tmp_path / "contracts.csv"
    path.write_text("account_id,start_date,base_monthly_fee\na,2026-01-01,99.00\n")
    command(path)
    assert repository.get_by_account("a").version == 1


def test_a_column_that_is_no_field_stops_it(command, tmp_path):
    path = tmp_path / "contracts.csv"
    path.write_text("account_id,fee\na,99.00\n")
    with pytest.raises(CommandError, match=r"Column 2 is headed “fee”.* Nothing was imported\."):
        command(path)


def test_it_reads_standard_input(command, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(GOOD).encode())))
    command("-")
    assert repository.count() == 1


@pytest.mark.parametrize(
    ("name", "told"), [("missing.ndjson", "missing.ndjson cannot be read"), ("a.xlsx", "Let its name end in")]
)
def test_a_file_that_it_cannot_read_is_an_error(command, tmp_path, name, told):
    with pytest.raises(CommandError, match=told):
        command(tmp_path / name)


def test_the_actor_is_the_user_of_the_machine(command, file, monkeypatch):
    monkeypatch.setenv("LOGNAME", "hanna")
    command(file({**GOOD, "contract_id": "c1"}))
    assert revisions.get("c1", 1)["actor"] == {"id": getpass.getuser(), "name": "Import", "via": "import"}


def test_where_mongodb_goes_away_it_says_how_far_it_came(command, file, mongo_uri, settings):
    bad = {**GOOD, "account_id": "b", "currency": "XXX"}
    path = file(GOOD, bad, {**GOOD, "account_id": "c"}, {**GOOD, "account_id": "d"})
    with Proxy(mongo_uri) as proxy:
        settings.MONGODB_URI = proxy.uri
        client.close()
        command.err = Cut(proxy)
        with pytest.raises(CommandError, match="The 2 rows before are done; another run leaves what is stored"):
            command(path)
        proxy.heal()
        client.close()
    settings.MONGODB_URI = mongo_uri
    assert repository.count() == 1


@pytest.mark.skipif(not REAL.is_file(), reason="the real contracts are not there: ../shared/data/contracts.ndjson")
def test_real_contracts_are_all_imported(command):
    command(REAL, "--dry-run")
    assert command.said[0] == "500 new, 0 changed, 0 unchanged, 0 refused"


def test_the_history_names_the_file(command, file):
    command(file(GOOD, name="of May.ndjson"))
    contract = repository.get_by_account("a")
    assert revisions.get(contract.contract_id, 1)["reason"] == "Imported from of May.ndjson"
