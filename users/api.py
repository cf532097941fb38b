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
