"""What all operations of the JSON API share besides the way in."""

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from mongo import cursors

MOST_ITEMS = 200
LONGEST_NUMBER = 80
_KEY = re.compile(r"[!-~]{1,200}")
# A decimal number as it may be sent, and as it is answered.
DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
NUMBER_TEXT: Mapping[str, Any] = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?$"}
MOMENT_TEXT: Mapping[str, Any] = {
    "type": "string",
    "format": "date-time",
    "examples": ["2026-11-21T12:00:00.123Z"],
}


def _key(text: str | None) -> str | None:
    if text is None or _KEY.fullmatch(text):
        return text
    raise PydanticCustomError("key", "Use 1 to 200 visible ASCII characters, a UUID say.")


IdempotencyKey = Annotated[
    str | None,
    AfterValidator(_key),
    WithJsonSchema({"type": "string", "pattern": f"^{_KEY.pattern}$"}),
    Header(None, alias="Idempotency-Key", description="Makes the request safe to send again."),
]
Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS, description="How many at most; fewer where they are large.")]
After = Annotated[str | None, Query(max_length=cursors.LONGEST, description="The `next` of the page before.")]
Cursor = Annotated[str | None, Field(description="Send it as `after` to go on; null after the last page.")]
Number = Annotated[str, WithJsonSchema(dict(NUMBER_TEXT))]
Moment = Annotated[str, WithJsonSchema(dict(MOMENT_TEXT))]


class Answer(BaseModel):
    """What an answer holds; all of it is there in every one."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class RequestInvalid(Exception):
    """Something in a request cannot be taken; `problems` are pairs: a parameter or a field's path, and why."""

    def __init__(self, *problems: tuple[str, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{path}: {message}" for path, message in problems))


def is_decimal(text: str) -> bool:
    """Whether a text is a decimal number as requests may hold one."""
    return len(text) <= LONGEST_NUMBER and DECIMAL.fullmatch(text) is not None


def caller_of(request: HttpRequest) -> str:
    """Who asks, as limits and keys know it: by the token's secret, for numbers begin anew with a new database."""
    return f"token:{request.auth.digest[:16]}"  # type: ignore[attr-defined]


def answer(value: Any, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A value as JSON. Raises ValueError for NaN and the infinities, which JSON does not have."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
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
