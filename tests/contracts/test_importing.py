"""Rows of a file against the contracts as they are: what a dry run tells is what an import does."""

import io
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracts import exporting, importing, planning, repository, revisions, services
from contracts.documents import from_document, to_document
from contracts.domain.model import UsageLimits
from contracts.files import ndjson
from contracts.files.formats import FormatUnknown, reader_for
from contracts.planning import Mode
from contracts.seen import seen_of
from tests.factories import MAYA, MAYAS_FILE, NOW, make_contract
from users.actor import Actor

pytestmark = pytest.mark.usefixtures("mongo")

IMPORT = Actor(id="import", name="Import", via="import")
LATER = NOW + timedelta(hours=1)


def document(contract=None, **changed):
    """A document of a file, as our own export writes it."""
    line = next(exporting.lines([to_document(contract or make_contract())])).text
    return {**json.loads(line), **changed}


def rows(*documents):
    return ndjson.rows(io.BytesIO("\n".join(json.dumps(each) for each in documents).encode()))


def run(*documents, dry_run=False, **mode):
    return list(importing.run(rows(*documents), Mode(**mode), actor=IMPORT, now=LATER, dry_run=dry_run))


def outcomes(*documents, **options):
    return [planned.outcome for planned in run(*documents, **options)]


def told(planned):
    return [f"line {planned.line}: {problem.path}: {problem.message}" for problem in planned.problems]


def created(**terms):
    return services.create(make_contract(**terms), actor=MAYAS_FILE, now=NOW).contract


def edited(contract, **terms):
    seen = seen_of(repository.document(contract.contract_id))
    return services.update(
        replace(contract, **terms), contract_id=contract.contract_id, seen=seen, actor=MAYA, now=NOW
    ).contract


# New contracts ---------------------------------------------------------------------------------------------


def test_a_new_contract_is_stored():
    assert outcomes(document()) == ["new"]
    assert repository.get_by_account("acct-1").base_monthly_fee == Decimal("299.00")


def test_a_new_contract_keeps_its_id_and_dates_and_starts_at_version_one():
    old = replace(make_contract(), contract_id="contract_old", created_at=NOW, created_by="maya", version=7)
    run(document(old))
    stored = repository.get("contract_old")
    assert (stored.created_at, stored.created_by, stored.version) == (NOW, "maya", 1)


def test_a_new_contract_of_a_deleted_ones_id_goes_on_from_its_history():
    contract = created()
    seen = seen_of(repository.document(contract.contract_id))
    services.delete(contract_id=contract.contract_id, seen=seen, actor=MAYA, now=NOW)
    run(document(contract))
    assert repository.get(contract.contract_id).version == 3


def test_the_history_tells_who_imported(mongo):
    run(document(replace(make_contract(), contract_id="c1")))
    revision = revisions.get("c1", 1)
    assert (revision["action"], revision["actor"]) == (
        "imported",
        {"id": "import", "name": "Import", "via": "import"},
    )
    assert mongo.audit_trails.find_one({"action": "contract.imported"})["entity"]["id"] == "c1"


def test_money_and_days_are_stored_in_their_own_types(mongo):
    run(document(base_monthly_fee=0.1))
    assert mongo.contracts.count_documents({"base_monthly_fee": {"$type": "decimal"}}) == 1
    assert mongo.contracts.count_documents({"start_date": {"$type": "date"}}) == 1


def test_the_rules_of_the_form_hold_for_a_row():
    planned = run(document(), document(account_id="b", end_date="2025-01-01"))[1]
    assert planned.outcome == "refused"
    assert told(planned) == ["line 2: end_date: The last day lies before the start."]


def test_a_bad_row_is_not_stored_and_the_others_are(mongo):
    assert outcomes(document(currency="XXX"), document(account_id="b")) == ["refused", "new"]
    assert [found["account_id"] for found in mongo.contracts.find()] == ["b"]


def test_all_that_is_wrong_with_a_row_is_told_at_once():
    planned = run(document(start_date="soon", currency="XXX", base_monthly_fee=-1))[0]
    assert {problem.path for problem in planned.problems} == {"start_date", "currency", "base_monthly_fee"}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"created_by": "x" * 300}, "created_by"),
        ({"add_ons": [{"name": "a", "monthly_fee": 1, "extra": 2**70}]}, ""),
        ({"add_ons": [{"name": "a", "monthly_fee": 1, "nul\x00": 1}]}, ""),
        ({"end_date": "9999-12-31"}, "end_date"),
        ({"notice_days": 10**15}, "notice_days"),
    ],
)
def test_what_could_not_be_stored_is_refused_beforehand(changed, told):
    planned = run(document(**changed), dry_run=True)[0]
    assert [problem.path for problem in planned.problems] == [told]


def test_the_renewal_date_follows_the_last_day_and_the_file_is_told_so():
    planned = run(document(renewal_date="2030-01-01"))[0]
    assert planned.contract.renewal_date == date(2027, 1, 1)
    assert planned.ignored == ("renewal_date",)


# Contracts that exist ---------------------------------------------------------------------------------------


def test_a_second_run_changes_nothing(mongo):
    run(document(), document(account_id="b"))
    assert outcomes(document(), document(account_id="b")) == ["unchanged", "unchanged"]
    assert mongo.contract_revisions.count_documents({}) == 2


def test_equal_amounts_are_unchanged_however_they_are_written():
    run(document())
    assert outcomes(document(base_monthly_fee=299), update=True) == ["unchanged"]


def test_a_contract_that_exists_is_not_changed_unasked():
    contract = created()
    planned = run(document(contract, notes="other"))[0]
    assert (planned.outcome, planned.exists) == ("refused", True)
    assert told(planned) == ["line 1: contract_id: The contract exists already, with another value of: Notes."]
    assert repository.get(contract.contract_id).notes == "Signed in January."


def test_a_contract_is_changed_at_the_version_of_the_file():
    contract = created()
    planned = run(document(contract, notes="other"), update=True)[0]
    assert (planned.outcome, [change.path for change in planned.changes]) == ("changed", ["notes"])
    assert revisions.get(contract.contract_id, 2)["action"] == "imported"


def test_a_change_is_taken_once():
    contract = created()
    assert outcomes(document(contract, notes="other"), update=True) == ["changed"]
    assert outcomes(document(contract, notes="other"), update=True) == ["unchanged"]


def test_a_file_made_from_another_version_does_not_change_the_contract():
    contract = created()
    edited(contract, tags=("new",))
    planned = run(document(contract, notes="other"), update=True)[0]
    assert told(planned) == ["line 1: version: The file says 1, the contract is at 2."]
    assert repository.get(contract.contract_id).tags == ("new",)


def test_a_file_without_versions_does_not_change_a_contract():
    contract = created()
    planned = run({"contract_id": contract.contract_id, "notes": "other"}, update=True)[0]
    assert [problem.path for problem in planned.problems] == ["version"]


def test_overwrite_insists_whatever_the_version():
    contract = created()
    edited(contract, tags=("new",))
    assert outcomes(document(contract, notes="other"), overwrite=True) == ["changed"]
    stored = repository.get(contract.contract_id)
    assert (stored.notes, stored.tags, stored.version) == ("other", contract.tags, 3)


def test_fields_that_the_file_does_not_mention_stay():
    contract = created()
    few = {"contract_id": contract.contract_id, "version": 1, "usage_limits": {"max_monthly_trades": 5}}
    assert outcomes(few, update=True) == ["changed"]
    expected = replace(contract.usage_limits, max_monthly_trades=5)
    assert repository.get(contract.contract_id).usage_limits == expected != UsageLimits(max_monthly_trades=5)


def test_a_contract_is_found_by_its_account_where_the_file_has_no_id():
    created()
    assert outcomes({"account_id": "acct-1", "version": 1, "notes": "other"}, update=True) == ["changed"]


def test_what_no_editor_may_do_no_file_may_do():
    contract = created(status="cancelled")
    planned = run(document(contract, status="active", start_date="2026-02-01"), update=True)[0]
    assert {problem.path for problem in planned.problems} == {"status", "start_date"}


def test_a_contract_that_others_wrote_is_adopted_before_it_is_changed(mongo):
    contract = created()
    mongo.contracts.update_one({}, {"$set": {"tags": ["foreign"], "crm": 7}})
    file = {"contract_id": contract.contract_id, "version": 1, "notes": "other"}
    assert outcomes(file, update=True) == ["changed"]
    actions = [entry["action"] for entry in revisions.history(contract.contract_id)]
    assert actions == ["imported", "adopted", "created"]
    assert repository.document(contract.contract_id)["crm"] == 7


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ({"account_id": "other"}, "The contract is account acct-1’s, which never changes."),
        ({"contract_id": "other"}, "The account has a contract already, c1."),
    ],
)
def test_ids_that_do_not_agree_are_refused(ids, message):
    contract = created(contract_id="c1")
    planned = run(document(contract, **ids), overwrite=True)[0]
    assert told(planned) == [f"line 1: account_id: {message}"]


def test_a_contract_without_a_usable_id_is_refused(mongo):
    created()
    mongo.contracts.update_one({}, {"$set": {"contract_id": 5}})
    planned = run({"account_id": "acct-1", "notes": "other"}, overwrite=True)[0]
    assert [problem.path for problem in planned.problems] == ["contract_id"]


def test_somebody_elses_save_in_between_is_not_overwritten():
    contract = created()
    planned = next(planning.plan(rows(document(contract, notes="file")), Mode(update=True), now=LATER))
    edited(contract, notes="faster")
    written = importing.write(planned, actor=IMPORT, now=LATER)
    assert (planned.outcome, written.outcome) == ("changed", "refused")
    assert repository.get(contract.contract_id).notes == "faster"


def test_an_account_that_got_its_contract_in_between_is_refused():
    planned = next(planning.plan(rows(document()), Mode(), now=LATER))
    created()
    written = importing.write(planned, actor=IMPORT, now=LATER)
    assert [problem.message for problem in written.problems] == ["Account acct-1 has a contract already."]


# The rows of one file among themselves ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({"contract_id": "c2"}, "account_id: Line 1 has the same account id."),
        ({"account_id": "other"}, "contract_id: Line 1 has the same contract id."),
    ],
)
def test_a_row_that_repeats_an_id_is_refused(second, message):
    first = document(contract_id="c1")
    assert told(run(first, {**first, **second})[1]) == [f"line 2: {message}"]


def test_a_row_that_repeats_a_refused_one_is_taken():
    assert outcomes(document(currency="XXX"), document()) == ["refused", "new"]


def test_repeats_are_found_across_batches():
    many = [document(account_id=f"acct-{number}") for number in range(planning.BATCH_SIZE + 1)]
    planned = run(*many, document(account_id="acct-0"), dry_run=True)
    assert told(planned[-1])[0].endswith("account_id: Line 1 has the same account id.")


# Dry runs ---------------------------------------------------------------------------------------------------


def test_a_dry_run_tells_the_same_and_writes_nothing(mongo):
    kept, changed = created(contract_id="c1"), created(contract_id="c2", account_id="b")
    file = [
        document(kept),
        document(changed, notes="other"),
        document(changed, notes="again"),
        document(contract_id="c3", account_id="c"),
        document(contract_id="c4", account_id="c"),
        document(account_id="d", end_date="2025-01-01"),
        document(account_id="e", end_date="never"),
        document(kept, account_id="f"),
    ]
    before = list(mongo.contracts.find()), mongo.contract_revisions.count_documents({})
    dry = run(*file, update=True, dry_run=True)
    assert (list(mongo.contracts.find()), mongo.contract_revisions.count_documents({})) == before
    real = run(*file, update=True)
    assert [(row.outcome, row.problems) for row in dry] == [(row.outcome, row.problems) for row in real]
    assert [row.outcome for row in dry] == ["unchanged", "changed", "refused", "new", *["refused"] * 4]


def test_what_is_planned_is_what_is_stored():
    contract = created(status="pending_renewal", end_date=date(2026, 12, 1))
    planned = run(document(contract, end_date="2027-12-01"), update=True, dry_run=True)[0]
    run(document(contract, end_date="2027-12-01"), update=True)
    stored = from_document(repository.document(contract.contract_id))
    assert (planned.contract.status, planned.contract.renewal_date) == (stored.status, stored.renewal_date)
    assert stored.status == "active"


# Files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.ndjson", "a.jsonl", "A.JSON"])
def test_a_files_name_tells_its_format(name):
    assert reader_for(name) is ndjson.rows


def test_a_name_that_tells_nothing_is_refused():
    with pytest.raises(FormatUnknown, match="Let its name end in"):
        reader_for("contracts.xlsx")
