"""What the driver raises leaves as an error of ours, in plain words."""

from decimal import Decimal
from typing import Any

import pytest
from pymongo.database import Database
from pymongo.errors import (
    AutoReconnect,
    ExecutionTimeout,
    InvalidOperation,
    NetworkTimeout,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
    WTimeoutError,
)
from pytest_django import Settings

from mongo import client
from mongo.client import Document
from mongo.errors import Duplicate, MongoRefused, MongoSlow, MongoUnavailable, OutcomeUnknown, translated


def labelled(label: str) -> OperationFailure:
    error = OperationFailure("transient", 112)
    error._add_error_label(label)
    return error


def nested(depth: int) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for _ in range(depth):
        document = {"a": document}
    return document


@pytest.mark.parametrize(
    "error",
    [
        ServerSelectionTimeoutError("no server"),
        WaitQueueTimeoutError("no connection"),
        NetworkTimeout("slow"),
        AutoReconnect("cut"),
        NotPrimaryError("stepped down"),
        ExecutionTimeout("slow", 50),
        labelled("SystemOverloadedError"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_server_that_is_away_hangs_or_is_busy_is_unavailable(error: PyMongoError) -> None:
    with pytest.raises(MongoUnavailable), translated():
        raise error


@pytest.mark.parametrize(
    "error",
    [NetworkTimeout("slow"), AutoReconnect("cut"), ExecutionTimeout("slow", 50), WTimeoutError("majority", 64)],
    ids=lambda error: type(error).__name__,
)
def test_a_write_that_may_have_been_applied_has_an_unknown_outcome(error: PyMongoError) -> None:
    with pytest.raises(OutcomeUnknown, match="not known whether"), translated(write=True):
        raise error


@pytest.mark.parametrize("error", [ServerSelectionTimeoutError("no server"), WaitQueueTimeoutError("none free")])
def test_a_write_that_was_never_sent_was_not_applied(error: PyMongoError) -> None:
    with pytest.raises(MongoUnavailable) as outage, translated(write=True):
        raise error
    assert not isinstance(outage.value, OutcomeUnknown)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OperationFailure("bad auth", 18), "user or password"),
        (OperationFailure("not allowed to do action", 13), "the right to do this"),
        (OperationFailure("you are over your space quota, using 512 MB of 512 MB", 8000), "storage is full"),
        (OperationFailure("Transaction numbers are only allowed on a replica set member", 20), "standalone"),
        (OperationFailure("unknown operator: $foo", 2), r"code 2\b"),
        (InvalidOperation("Cannot use MongoClient after close."), "not set up rightly"),
    ],
)
def test_a_refusal_is_said_in_plain_words(error: PyMongoError, words: str) -> None:
    with pytest.raises(MongoRefused, match=words), translated():
        raise error


@pytest.mark.parametrize("code", [146, 292, 16945])
def test_what_takes_more_memory_than_there_is_asks_for_less(code: int) -> None:
    with pytest.raises(MongoSlow, match="Ask for less"), translated():
        raise OperationFailure("Exceeded memory limit for $group", code)


def test_a_duplicate_names_the_fields(mongo: Database[Document]) -> None:
    mongo.contracts.insert_one({"contract_id": "c", "account_id": "a"})
    with pytest.raises(Duplicate) as duplicate, client.writing() as db:
        db.contracts.insert_one({"contract_id": "d", "account_id": "a"})
    assert duplicate.value.fields == ("account_id",)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"amount": Decimal("1." + "3" * 40)}, "34 digits"),
        ({"amount": Decimal("1e7000")}, "34 digits"),
        ({"count": 2**70}, "8-byte"),
        ({"text": "\ud800"}, "surrogates"),
        ({"a\0b": 1}, "NULL byte"),
        (nested(5_000), "nested too deeply"),
    ],
)
def test_a_value_that_cannot_be_held_is_refused(
    mongo: Database[Document], document: dict[str, Any], words: str
) -> None:
    with pytest.raises(MongoRefused, match=words), client.writing() as db:
        db.contracts.insert_one(document)


def test_a_database_name_that_cannot_be_is_refused(mongo: Database[Document], settings: Settings) -> None:
    settings.MONGODB_DB_NAME = "a b"
    with pytest.raises(MongoRefused, match="cannot contain"), client.reading():
        pass


def test_errors_of_our_own_pass_through() -> None:
    with pytest.raises(KeyError), translated(write=True):
        raise KeyError("ours")
