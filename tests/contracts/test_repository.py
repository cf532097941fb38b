"""Questions about contracts, asked by their public names and answered by an index."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bson import Code, ObjectId, Regex
from bson.datetime_ms import DatetimeMS
from pymongo import monitoring
from pymongo.database import Database

from contracts import repository
from contracts.documents import to_document
from contracts.domain.errors import ContractNotFound
from contracts.domain.model import STATUSES, Contract
from mongo import client
from mongo.client import Document
from tests.factories import TODAY, make_contract

DAY = timedelta(days=1)
# What other services have been seen to write, or could, in every field at once.
ODD = [
    7,
    "text",
    1.5,
    True,
    None,
    [],
    [1, [2]],
    {"a": {"b": 1}},
    Decimal("NaN"),
    Regex("^a"),
    Code("x"),
    DatetimeMS(2**60),
]


@pytest.fixture
def store(mongo: Database[Document]) -> Callable[..., Contract]:
    """Puts a contract of an account there, some of its values replaced."""

    def put(account_id: str, /, **terms: Any) -> Contract:
        contract = make_contract(contract_id=f"C-{account_id}", account_id=account_id, version=1, **terms)
        mongo.contracts.insert_one(to_document(contract))
        return contract

    return put


def accounts(contracts: list[Contract]) -> list[str]:
    return [contract.account_id for contract in contracts]


def test_a_contract_is_found_by_its_id_and_by_its_account(store: Callable[..., Contract]) -> None:
    contract, _ = store("a"), store("b")
    assert repository.get("C-a") == repository.get_by_account("a") == contract


@pytest.mark.parametrize("key", ["", "C-b", "c-a", "~", "~abc", "~5f43a1b2c3d4e5f6a7b8c9d0", "$where", "\0"])
def test_an_id_that_nobody_has_is_not_found(store: Callable[..., Contract], key: str) -> None:
    store("a")
    with pytest.raises(ContractNotFound):
        repository.get(key)
    with pytest.raises(ContractNotFound):
        repository.get_by_account(key)


def test_a_missing_contract_is_told_in_words() -> None:
    assert str(ContractNotFound("C-1")) == "There is no contract C-1."


@pytest.mark.parametrize("contract_id", [None, 7, "a/b", "new", Code("C-1")])
def test_a_contract_whose_id_is_no_address_is_reached_by_its_mark(
    mongo: Database[Document], contract_id: object
) -> None:
    _id = mongo.contracts.insert_one({"contract_id": contract_id, "account_id": "a"}).inserted_id
    key = repository.key_of(repository.document(f"~{_id}"))
    assert key == f"~{_id}"
    assert repository.get(key).account_id == "a"


def test_contracts_of_a_status_come_by_account(store: Callable[..., Contract]) -> None:
    for account_id, status in (("b", "active"), ("a", "active"), ("c", "draft")):
        store(account_id, status=status)
    assert accounts(repository.find_by_status("active")) == ["a", "b"]
    assert accounts(repository.find_by_status("expired")) == []


def test_contracts_of_a_plan_come_by_account(store: Callable[..., Contract]) -> None:
    for account_id, plan in (("b", "basic"), ("a", "basic"), ("c", "custom")):
        store(account_id, contract_type=plan)
    assert accounts(repository.find_by_type("basic")) == ["a", "b"]
    assert accounts(repository.find_by_type("professional")) == []


def test_what_expires_ends_between_today_and_thirty_days_on(store: Callable[..., Contract]) -> None:
    for days in (-1, 0, 30, 31):
        store(f"{days:+03}", end_date=TODAY + days * DAY)
    store("open", end_date=None, auto_renewal=False)
    assert accounts(repository.find_expiring(today=TODAY)) == ["+00", "+30"]


@pytest.mark.parametrize(
    ("days_ahead", "found"), [(0, ["0"]), (1, ["0", "1"]), (89, ["0", "1"]), (90, ["0", "1", "90"])]
)
def test_how_far_to_look_ahead_is_a_choice(
    store: Callable[..., Contract], days_ahead: int, found: list[str]
) -> None:
    for days in (0, 1, 90):
        store(str(days), end_date=TODAY + days * DAY)
    assert accounts(repository.find_expiring(days_ahead, today=TODAY)) == found


def test_only_contracts_in_force_expire(store: Callable[..., Contract]) -> None:
    for status in STATUSES:
        store(status, status=status, end_date=TODAY)
    assert accounts(repository.find_expiring(today=TODAY)) == ["active", "pending_renewal"]


def test_without_a_day_today_is_the_day_in_utc(store: Callable[..., Contract]) -> None:
    today = datetime.now(UTC).date()
    store("soon", end_date=today + 15 * DAY)
    store("over", end_date=today - 2 * DAY)
    assert accounts(repository.find_expiring()) == ["soon"]


@pytest.mark.parametrize("today", [date(1, 1, 1), date(9999, 12, 31)])
def test_nothing_expires_at_the_ends_of_the_calendar(store: Callable[..., Contract], today: date) -> None:
    store("a")
    assert repository.find_expiring(0, today=today) == []


def test_contracts_are_counted_whatever_they_hold(
    mongo: Database[Document], store: Callable[..., Contract]
) -> None:
    assert repository.count() == 0
    store("a")
    mongo.contracts.insert_one({"contract_id": 7, "account_id": 7})
    assert repository.count() == 2


def test_ids_are_looked_up_together(store: Callable[..., Contract]) -> None:
    for account_id in "abc":
        store(account_id)
    found = repository.documents_of(["C-a", "C-x"], ["b"])
    assert sorted(entry["account_id"] for entry in found) == ["a", "b"]


@pytest.mark.parametrize("odd", ODD, ids=lambda value: type(value).__name__)
def test_a_document_of_another_service_is_found_and_read(mongo: Database[Document], odd: object) -> None:
    document = dict.fromkeys(to_document(make_contract()), odd)
    mongo.contracts.insert_one({**document, "contract_id": "C-1", "account_id": "a", "status": "active"})
    assert repository.get("C-1").account_id == repository.get_by_account("a").account_id == "a"
    assert accounts(repository.find_by_status("active")) == ["a"]
    assert repository.find_expiring(today=TODAY) == []


@pytest.mark.parametrize("odd", ["2026-11-22", 20261122, DatetimeMS(2**60), [1]])
def test_an_end_that_is_no_date_does_not_keep_others_from_expiring(
    mongo: Database[Document], store: Callable[..., Contract], odd: object
) -> None:
    store("good", end_date=TODAY)
    store("odd")
    mongo.contracts.update_one({"account_id": "odd"}, {"$set": {"end_date": odd}})
    assert accounts(repository.find_expiring(today=TODAY)) == ["good"]


def test_every_document_is_given_once_those_without_an_id_last(mongo: Database[Document]) -> None:
    ids: list[Any] = ["b", "a", 7, None, *(f"c{number:03}" for number in range(300))]
    mongo.contracts.insert_many([{"contract_id": value, "account_id": str(value)} for value in ids])
    found = [entry["contract_id"] for entry in repository.all_documents()]
    assert found[:302] == sorted(value for value in ids if isinstance(value, str))
    assert set(found[302:]) == {7, None}


class _Finds(monitoring.CommandListener):
    """The finds that went to MongoDB while listening."""

    def __init__(self) -> None:
        self.commands: list[Document] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name == "find":
            self.commands.append(
                {key: event.command[key] for key in ("find", "filter", "sort") if key in event.command}
            )

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Gathered when it started."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Gathered when it started."""


@contextmanager
def listening() -> Iterator[list[Document]]:
    """Gathers the finds of a block; the client is made anew, since listeners are given to it at birth."""
    listener = _Finds()
    monitoring.register(listener)
    client.close()
    try:
        yield listener.commands
    finally:
        monitoring._LISTENERS.command_listeners.remove(listener)
        client.close()


def stages(plan: Any) -> Iterator[str]:
    """The names of a plan's stages, at every depth."""
    if isinstance(plan, dict):
        yield from (value for key, value in plan.items() if key == "stage")
        plan = list(plan.values())
    for part in plan if isinstance(plan, list) else ():
        yield from stages(part)


def stages_of(find: Document, **narrower: object) -> set[str]:
    """How the server would answer a find, with some conditions replaced by narrower ones."""
    asked = {**find, "filter": {**find["filter"], **narrower}}
    plan = client.database().command("explain", asked, verbosity="queryPlanner")
    return set(stages(plan["queryPlanner"]["winningPlan"]))


@pytest.mark.parametrize(
    "ask",
    [
        lambda: repository.get("C-a"),
        lambda: repository.get_by_account("a"),
        lambda: repository.find_by_status("draft"),
        lambda: repository.find_by_type("basic"),
    ],
    ids=["get", "get_by_account", "find_by_status", "find_by_type"],
)
def test_an_index_answers(store: Callable[..., Contract], ask: Callable[[], object]) -> None:
    store("a")
    with listening() as finds:
        ask()
        (asked,) = finds
        used = stages_of(asked)
    assert used & {"IXSCAN", "EXPRESS_IXSCAN"}
    assert "COLLSCAN" not in used


def test_an_index_answers_what_expires_in_each_status(store: Callable[..., Contract]) -> None:
    store("a")
    with listening() as finds:
        repository.find_expiring(today=TODAY)
        (asked,) = finds
        # The embedded server uses no index for several statuses at once; MongoDB does.
        used = [stages_of(asked, status=status) for status in asked["filter"]["status"]["$in"]]
    assert ["IXSCAN" in one and "COLLSCAN" not in one for one in used] == [True, True]


def test_what_is_found_is_a_value_of_its_own(store: Callable[..., Contract]) -> None:
    store("a")
    assert replace(repository.get("C-a"), notes="changed") != repository.get("C-a")
    assert ObjectId.is_valid(str(repository.document("C-a")["_id"]))
