"""What makes an entry, and what it looks like then."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from logs.domain.entries import LEVELS, NotAnEntry, agent_run, bounded, moment, money, text, transaction

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


class Zoneless(tzinfo):
    """A zone that does not know its own offset."""

    def utcoffset(self, _: datetime | None) -> None:
        return None


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"in": value}
    return value


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


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (Decimal("1.10"), "1.10"),
        (7, "7"),
        ("12.30", "12.30"),
        (" 1e3 ", "1E+3"),
        (0.1, "0.1"),
        (-2.5, "-2.5"),
        (1e22, "1E+22"),
        (0, "0"),
    ],
)
def test_an_amount_is_the_decimal_that_was_written(given: Any, meant: str) -> None:
    assert str(money("amount", given)) == meant


@pytest.mark.parametrize(
    "given",
    ["", "ten", "1,5", "NaN", "Infinity", float("nan"), float("-inf"), Decimal("sNaN"), True, None, b"1", [1], 1j],
)
def test_what_is_no_finite_number_is_no_amount(given: Any) -> None:
    with pytest.raises(NotAnEntry, match=r"amount must be a decimal number\."):
        money("amount", given)


@pytest.mark.parametrize(
    ("given", "meant"),
    [("x", "x"), (42, "42"), (UUID(int=1), "00000000-0000-0000-0000-000000000001")],
)
def test_ids_are_texts(given: Any, meant: str) -> None:
    assert text("userId", given) == meant


@pytest.mark.parametrize("given", ["", None, b"x", True, 1.5, ["x"], object()])
def test_what_is_no_text_is_no_id(given: Any) -> None:
    with pytest.raises(NotAnEntry, match="userId must be a text"):
        text("userId", given)


@pytest.mark.parametrize(
    "given",
    [
        datetime(2026, 11, 21, 12, 0, 0, 123_999),
        datetime(2026, 11, 21, 12, 0, 0, 123_999, tzinfo=UTC),
        datetime(2026, 11, 21, 14, 0, 0, 123_999, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 11, 21, 12, 0, 0, 123_999, tzinfo=Zoneless()),
    ],
)
def test_a_time_is_in_utc_and_in_milliseconds(given: datetime) -> None:
    assert moment("timestamp", given) == IN_MILLISECONDS
    assert moment("timestamp", given).tzinfo is UTC


@pytest.mark.parametrize("given", ["2026-11-21", 0, NOW.date()])
def test_what_is_no_datetime_is_no_time(given: Any) -> None:
    with pytest.raises(NotAnEntry, match="timestamp must be a datetime"):
        transaction(now=NOW, **TRANSACTION, timestamp=given)


@pytest.mark.parametrize("given", ["x", ["x"], 1])
def test_metadata_is_a_mapping(given: Any) -> None:
    with pytest.raises(NotAnEntry, match="metadata must be a mapping"):
        transaction(now=NOW, **TRANSACTION, metadata=given)


@pytest.mark.parametrize("given", ["12", True, float("nan"), timedelta(seconds=1)])
def test_a_duration_is_a_number(given: Any) -> None:
    with pytest.raises(NotAnEntry, match="duration must be a number of milliseconds"):
        agent_run(now=NOW, **RUN, duration=given)


def test_a_value_may_be_as_deep_as_the_smallest_servers_allow() -> None:
    # The document itself is the first level.
    value = nested(LEVELS - 1)
    assert bounded("input", value) is value
    with pytest.raises(NotAnEntry, match="input must not be nested deeper"):
        bounded("input", nested(LEVELS))


def test_what_holds_itself_is_too_deep() -> None:
    endless: list[Any] = ["x", b"y"]
    endless.append({"again": (endless,)})
    with pytest.raises(NotAnEntry, match="nested"):
        bounded("output", endless)


def test_what_looks_small_and_is_not_is_too_large() -> None:
    value: list[Any] = ["x" * 1_000]
    for _ in range(30):
        value = [value, value]
    with pytest.raises(NotAnEntry, match="output must be smaller than 16 MB"):
        bounded("output", value)


@pytest.mark.parametrize("given", ["x" * 17_000_000, {"x" * 17_000_000: 1}, [b"x" * 17_000_000]])
def test_a_value_that_no_document_holds_is_too_large(given: Any) -> None:
    with pytest.raises(NotAnEntry, match="smaller than 16 MB"):
        bounded("input", given)
