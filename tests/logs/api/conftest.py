"""Entries as other services send them."""

from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def trade() -> Make:
    """A status of a transaction; fields may be given, None leaves one out."""

    def make(number: int = 1, **fields: Any) -> dict[str, Any]:
        entry = {
            "transactionId": f"tx-{number}",
            "userId": "acct-1",
            "type": "deposit",
            "amount": "12.30",
            "currency": "USD",
            "status": "completed",
            "timestamp": "2026-11-21T12:00:00Z",
        }
        return {name: value for name, value in {**entry, **fields}.items() if value is not None}

    return make
