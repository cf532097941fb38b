"""Rows of a check in MongoDB: enough to show and to write them, and within bounds whatever the file holds."""

import pytest

from contracts import planning
from contracts.documents import to_document
from contracts.domain.errors import Problem
from contracts.files.rows import row_of
from contracts.planning import REFUSED, Mode, Planned
from contracts.uploads import rows
from mongo import transaction
from tests.factories import NOW, make_contract

pytestmark = pytest.mark.usefixtures("mongo")


def kept(planned):
    """A row as it comes back from MongoDB."""
    document = rows.document_of(planned, "p", NOW)
    transaction.run(lambda db, session: rows.insert([document], db, session))
    return rows.page("p", planned.outcome, 0)[0]


def planned(**terms):
    values = to_document(make_contract(contract_id="c1", **terms))
    return next(planning.plan([row_of(7, values)], Mode()))


def test_a_row_that_can_be_written_comes_back_as_it_was_planned():
    row = planned()
    found = rows.planned_of(kept(row))
    assert (found.line, found.outcome, found.contract) == (row.line, row.outcome, row.contract)


def test_of_a_refused_row_no_contract_is_kept():
    found = kept(planned(currency="XXX"))
    assert (found["outcome"], found["contract"], found["problems"][0]["path"]) == (REFUSED, None, "currency")


def test_what_is_wrong_with_a_row_takes_up_no_more_than_anybody_reads():
    problems = tuple(Problem("notes", "x" * 10_000) for _ in range(1_000))
    contract = make_contract(account_id="a" * 100_000, account_name="")
    found = kept(Planned(line=1, outcome=REFUSED, contract=contract, problems=problems))
    assert len(found["problems"]) == rows.MOST_PROBLEMS + 1
    assert found["problems"][-1]["message"] == "And 950 problems more."
    assert max(len(found["account_id"]), len(found["problems"][0]["message"])) < 1_000


def test_ids_that_are_taken_are_those_of_rows_that_are_not_refused():
    kept(planned())
    kept(Planned(line=8, outcome=REFUSED, contract=make_contract(contract_id="c2", account_id="b")))
    assert rows.taken("p") == {("contract_id", "c1"): 7, ("account_id", "acct-1"): 7}


def test_all_rows_are_given_in_the_order_of_the_file_however_many():
    documents = [
        rows.document_of(Planned(line=n, outcome=REFUSED, contract=make_contract()), "p", NOW)
        for n in range(1, rows.BATCH_SIZE + 3)
    ]
    transaction.run(lambda db, session: rows.insert(documents, db, session))
    found = [[row["line"] for row in batch] for batch in rows.batches("p", (REFUSED,))]
    assert found == [list(range(1, rows.BATCH_SIZE + 1)), [rows.BATCH_SIZE + 1, rows.BATCH_SIZE + 2]]
