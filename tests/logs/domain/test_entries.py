"""What makes an entry, and what it looks like then: by one set of rules, wherever it comes from."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from logs.domain.entries import FILED, MISSING, RULES, UNKNOWN, agent_run, judged, transaction
from logs.domain.values import NotAnEntry

NOW = datetime(2026, 11, 21, 12, 0, 0, 123_456, tzinfo=UTC)
IN_MILLISECONDS = datetime(2026, 11, 21, 12, 0, 0, 123_000, tzinfo=UTC)
TRANSACTION: dict[str, Any] = {
    "transaction_id": "tx-1",
    "user_id": "acct-1",
    "type": "deposit",
    "amount": Decimal("10.50"),
    "currency": "USD",
    "status": "completed",
}
RUN: dict[str, Any] = {"agent_id": "a-1", "agent_name": "Reviewer", "action": "review", "status": "failed"}


def test_a_transaction_has_the_names_that_all_services_share() -> None:
    told = transaction(now=NOW, **TRANSACTION, metadata={"channel": "api"}, timestamp=NOW, entry_id="e-1")
    assert told == {
        "transactionId": "tx-1",
        "userId": "acct-1",
        "type": "deposit",
        "amount": Decimal("10.50"),
        "currency": "USD",
        "status": "completed",
        "metadata": {"channel": "api"},
        "timestamp": IN_MILLISECONDS,
        "createdAt": IN_MILLISECONDS,
        "entryId": "e-1",
    }


def test_a_run_has_the_names_that_all_services_share() -> None:
    told = agent_run(
        now=NOW, **RUN, input={"q": 1}, output=["a"], error="timeout", duration=12.5, run_id="r-1", entry_id="e-1"
    )
    assert told == {
        "agentId": "a-1",
        "agentName": "Reviewer",
        "action": "review",
        "status": "failed",
        "input": {"q": 1},
        "output": ["a"],
        "error": "timeout",
        "duration": 12.5,
        "timestamp": IN_MILLISECONDS,
        "createdAt": IN_MILLISECONDS,
        "runId": "r-1",
        "entryId": "e-1",
    }


def test_what_was_not_given_is_left_out() -> None:
    assert {"metadata", "entryId"} & set(transaction(now=NOW, **TRANSACTION)) == set()
    optional = {"input", "output", "error", "duration", "runId", "entryId"}
    assert optional & set(agent_run(now=NOW, **RUN)) == set()


def test_an_exception_may_be_given_as_the_error() -> None:
    assert agent_run(now=NOW, **RUN, error=KeyError("model"))["error"] == "KeyError('model')"


@pytest.mark.parametrize("given", [42, UUID(int=42)])
def test_numbers_and_uuids_are_ids(given: Any) -> None:
    assert transaction(now=NOW, **TRANSACTION | {"user_id": given})["userId"] == str(given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"user_id": " "}, r"userId: Give a text that is not empty\."),
        ({"amount": "much"}, "amount: Give a decimal number"),
        ({"metadata": ["x"]}, "metadata: Give an object"),
        ({"timestamp": "2026-11-21"}, "timestamp: Give a date and time"),
        ({"status": None}, r"status: This is missing\."),
    ],
)
def test_what_is_wrong_is_told_with_its_field(given: Any, message: str) -> None:
    with pytest.raises(NotAnEntry, match=message):
        transaction(now=NOW, **TRANSACTION | given)


def told(rules: Any, **fields: Any) -> dict[str, str]:
    """What is wrong with an entry of these fields, which are read as they are."""
    return judged(rules, fields, lambda _, value: value)[1]


def test_only_files_may_hold_other_fields() -> None:
    assert told(RULES["audit"], userId="a", action="b", risk=1) == {"risk": UNKNOWN}
    assert told(FILED["audit"], userId="a", action="b", risk=1, timestamp=NOW) == {}


def test_an_unknown_field_is_told_also_where_it_is_null() -> None:
    assert told(RULES["audit"], userId="a", action="b", risk=None) == {"risk": UNKNOWN}


def test_only_entries_of_files_must_tell_when_they_happened() -> None:
    assert told(RULES["audit"], userId="a", action="b") == {}
    assert told(FILED["audit"], userId="a", action="b") == {"timestamp": MISSING}


@pytest.mark.parametrize("log", RULES)
def test_files_are_judged_as_requests_are_but_where_it_is_said(log: str) -> None:
    strict = {**RULES[log].required, **RULES[log].optional}
    laxer = {"details", "ipAddress", "userAgent"} if log == "audit" else set()
    filed = {**FILED[log].required, **FILED[log].optional}
    assert {name for name, check in strict.items() if filed[name] is not check} == laxer
    assert RULES[log].required.keys() - FILED[log].required.keys() == ({"agentName"} if log == "agents" else set())
