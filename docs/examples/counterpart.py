"""Counterpart's API from Python: read and change a contract, keep to a limit, send transactions, walk a list.

It needs httpx, the application's address in COUNTERPART_URL, and in COUNTERPART_TOKEN a token with contracts:read,
contracts:write, logs:read, logs:write and limits.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

TRIES = 5
# A proxy that reaches nobody does not say when to come back.
NOBODY_THERE = {502, 504}
JSON = dict[str, Any]

api = httpx.Client(
    base_url=httpx.URL(os.environ["COUNTERPART_URL"]).join("/api/v1"),
    headers={"Authorization": f"Bearer {os.environ['COUNTERPART_TOKEN']}"},
    timeout=15,
)


def send(method: str, path: str, **request: Any) -> httpx.Response:
    """Ask until there is an answer, a few times at most. Only for what may be sent twice."""
    for attempt in range(TRIES - 1):
        told = ""
        with suppress(httpx.TransportError):
            answer = api.request(method, path, **request)
            told = answer.headers.get("Retry-After", "")
            if not told and answer.status_code not in NOBODY_THERE:
                return answer
        pause(attempt, int(told) if told.isdecimal() else 0)
    return api.request(method, path, **request)


def pause(attempt: int, seconds: int = 0) -> None:
    """Wait, each caller another while, so that not all come back at once."""
    time.sleep(random.uniform(0, 2**attempt) + seconds)


def content(answer: httpx.Response) -> JSON:
    """What an answer holds. Raises RuntimeError with the problem that it tells."""
    if not answer.is_success:
        raise RuntimeError(f"{answer.status_code} {answer.text}")
    return answer.json()


def read_contract(contract_id: str) -> tuple[JSON, str] | None:
    """The contract and its ETag; None where there is no such contract."""
    answer = send("GET", f"/contracts/{quote(contract_id, safe='')}")
    return None if answer.status_code == 404 else (content(answer), answer.headers["ETag"])


def change_contract(contract_id: str, decide: Callable[[JSON], JSON]) -> JSON | None:
    """The contract after the patch that `decide` makes of it, anew whenever somebody else was faster."""
    for attempt in range(TRIES):
        if (found := read_contract(contract_id)) is None:
            return None
        contract, etag = found
        headers = {"If-Match": etag, "Idempotency-Key": str(uuid4())}
        answer = send("PATCH", f"/contracts/{quote(contract_id, safe='')}", json=decide(contract), headers=headers)
        if answer.status_code != 412:
            break
        pause(attempt)
    return content(answer)


def check_limit(key: str, max_requests: int, window_seconds: int) -> JSON:
    """Whether one more may go on, and in how many seconds if not. Asked once: each time counts."""
    limit = {"key": key, "max_requests": max_requests, "window_seconds": window_seconds}
    return content(api.post("/rate-limits/check", json=limit, timeout=3))


def send_transactions(entries: list[JSON], key: str) -> JSON:
    """Store up to 1,000 entries, all or none. Keep the key with them: under it they are stored once."""
    return content(send("POST", "/logs/transactions", json=entries, headers={"Idempotency-Key": key}))


def every(path: str, filters: JSON) -> Iterator[JSON]:
    """All items of a list, page by page."""
    after: JSON = {}
    while True:
        page = content(send("GET", path, params=filters | after))
        yield from page["items"]
        if page["next"] is None:
            return
        after = {"after": page["next"]}
