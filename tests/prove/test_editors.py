"""Sixteen people edit one contract at once over HTTP: exactly one wins each version, and nobody loses a word."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from contracts import repository, revisions, services
from tests.factories import MAYA, NOW, make_contract
from tests.html import fields_of
from tests.prove.site import Person, served

EDITORS, SAVES = 16, 20


@pytest.fixture
def contract(mongo):
    return services.create(make_contract(), actor=MAYA, now=NOW).contract


def edits(address, url, number, start):
    """One editor's saves: what each was answered with. A stale one is made anew from the form that came back."""
    person = Person(address, ("manager", "admin")[number % 2])
    start.wait()
    outcomes = []
    form = person.form(url)
    for save in range(SAVES):
        text = f"editor {number} save {save}"
        status, page = person.post(url, form | {"notes": text, "take:notes": "yours"})
        outcomes.append((status, text))
        if status == 409:
            assert fields_of(page)["notes"] == [text]
            assert "Somebody else changed this contract meanwhile" in page
        form = fields_of(page) if status == 409 else person.form(url)
    return outcomes


def test_each_version_has_exactly_one_winner(tmp_path, mongo, mongo_uri, mongo_name, contract):
    url = f"/contracts/{contract.contract_id}/edit/"
    with served(tmp_path, mongo_uri, mongo_name) as address, ThreadPoolExecutor(EDITORS) as pool:
        start = Barrier(EDITORS)
        runs = list(pool.map(lambda number: edits(address, url, number, start), range(EDITORS)))
    answers = [answer for run in runs for answer in run]
    won = [text for status, text in answers if status == 302]
    assert {status for status, _ in answers} <= {302, 409}
    # One that wins spoils at most one attempt of each of the others.
    assert len(won) >= SAVES
    assert repository.get(contract.contract_id).version == len(won) + 1
    history = revisions.history(contract.contract_id, limit=1_000)
    assert [entry["version"] for entry in history] == list(range(len(won) + 1, 0, -1))
    assert sorted(after for entry in history[:-1] for after in _notes(entry)) == sorted(won)
    assert mongo.audit_trails.count_documents({"action": "contract.edited"}) == len(won)
    assert list(revisions.breaks()) == []
    print(f"{EDITORS} editors × {SAVES} saves: {len(won)} won, {len(answers) - len(won)} were told of a conflict")


def _notes(entry):
    return [change["after"] for change in entry["changes"] if change["path"] == "notes"]
