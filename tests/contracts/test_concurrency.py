"""Several people save at the same moment: one wins each version, the others are told, and nothing is half done."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from pymongo.database import Database

from contracts import repository, revisions, services
from contracts.documents import from_document
from contracts.domain.errors import AccountHasContract, ContractChanged
from contracts.domain.model import Contract
from contracts.saving import Saved
from contracts.seen import seen_of
from tests.factories import MAYA, NOW, make_contract

EDITORS, SAVES = 4, 5


@pytest.fixture
def contract(mongo: Database[dict[str, Any]]) -> Contract:
    return services.create(make_contract(), actor=MAYA, now=NOW).contract


def together(work: Callable[[int], Any]) -> list[Any]:
    """What `work(number)` gives in each of several threads that start at the same moment."""
    start = Barrier(EDITORS)

    def run(number: int) -> Any:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(EDITORS) as pool:
        return list(pool.map(run, range(EDITORS)))


def save(contract_id: str, text: str, form_id: str | None = None) -> Saved | None:
    """Note a text on the contract as it is now; None where somebody was faster."""
    live = repository.document(contract_id)
    wanted = replace(from_document(live), notes=text)
    try:
        return services.update(
            wanted, contract_id=contract_id, seen=seen_of(live), actor=MAYA, now=NOW, form_id=form_id
        )
    except ContractChanged:
        return None


def test_each_version_has_one_winner(mongo: Database[dict[str, Any]], contract: Contract) -> None:
    def edit(number: int) -> list[Saved]:
        texts = (f"editor {number} save {count}" for count in range(SAVES))
        return [saved for text in texts if (saved := save(contract.contract_id, text))]

    won = [saved for run in together(edit) for saved in run]
    versions = list(range(2, len(won) + 2))
    history = revisions.history(contract.contract_id, limit=100)
    assert sorted(saved.contract.version for saved in won) == versions
    assert [entry["version"] for entry in history] == [*reversed(versions), 1]
    assert {entry["version"]: entry["changes"][0]["after"] for entry in history[:-1]} == {
        saved.contract.version: saved.contract.notes for saved in won
    }
    assert mongo.audit_trails.count_documents({"action": "contract.edited"}) == len(won)
    assert list(revisions.breaks()) == []


def test_of_several_who_saw_the_same_one_wins(contract: Contract) -> None:
    live = repository.document(contract.contract_id)

    def edit(number: int) -> bool:
        wanted = replace(contract, notes=f"editor {number}")
        try:
            services.update(wanted, contract_id=contract.contract_id, seen=seen_of(live), actor=MAYA, now=NOW)
        except ContractChanged:
            return False
        return True

    assert sorted(together(edit)) == [False] * (EDITORS - 1) + [True]
    assert repository.get(contract.contract_id).version == 2


def test_one_form_that_arrives_several_times_at_once_is_one_save(contract: Contract) -> None:
    live, form_id = repository.document(contract.contract_id), str(uuid.uuid4())
    wanted = replace(contract, notes="once")

    def send(_: int) -> int:
        saved = services.update(
            wanted, contract_id=contract.contract_id, seen=seen_of(live), actor=MAYA, now=NOW, form_id=form_id
        )
        return saved.contract.version

    assert together(send) == [2] * EDITORS
    assert len(revisions.history(contract.contract_id)) == 2


def test_an_account_gets_one_contract_however_many_are_made_at_once(mongo: Database[dict[str, Any]]) -> None:
    def make(_: int) -> bool:
        try:
            services.create(make_contract(), actor=MAYA, now=NOW)
        except AccountHasContract:
            return False
        return True

    assert sorted(together(make)) == [False] * (EDITORS - 1) + [True]
    assert mongo.contracts.count_documents({}) == mongo.contract_revisions.count_documents({}) == 1
