"""What all operations of the JSON API share besides the way in."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Header

IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", pattern="^[!-~]{1,200}$", description="Makes the request safe to send again."),
]


def answer(value: Any, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A value as JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, content_type="application/json", status=status, headers=headers)


def documented(
    operation_id: str,
    summary: str,
    model: Any,
    *others: int,
    ok: int = HTTPStatus.OK,
    headers: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What an operation is declared with: `model` is what it answers with `ok`, `others` are its own statuses.

    `headers` are those of its answer, by name, as OpenAPI describes them. What every operation may answer is added
    where the whole API is described.
    """
    declared = {"headers": headers or {}}
    known = {304: declared} if HTTPStatus.NOT_MODIFIED in others else {}
    return {
        "operation_id": operation_id,
        "summary": summary,
        "response": {int(ok): model, **dict.fromkeys(others)},
        "openapi_extra": {"responses": {int(ok): declared, **known}},
    }
