"""What OpenAPI says of an operation besides its parameters: its name, its answers and their headers."""

from http import HTTPStatus
from typing import Any

ETAG = r'^(W/)?"[0-9]{1,19}-[0-9a-f]{64}"$'
_HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {
        "description": "Stands for the version and all of the content. Send it in If-Match to change or delete.",
        "schema": {"type": "string", "pattern": ETAG},
        "required": True,
    },
    "Location": {
        "description": "Where the contract is.",
        "schema": {"type": "string", "format": "uri-reference"},
        "required": True,
    },
}


def documented(
    operation_id: str,
    summary: str,
    model: Any,
    *others: int,
    ok: int = HTTPStatus.OK,
    headers: tuple[str, ...] = (),
) -> dict[str, Any]:
    """What an operation is declared with: `model` is what it answers with `ok`, `others` are its own statuses.

    Those that every operation may answer are added where the whole API is described.
    """
    declared = {name: _HEADERS[name] for name in headers}
    known = {HTTPStatus.NOT_MODIFIED: {"headers": declared}} if HTTPStatus.NOT_MODIFIED in others else {}
    return {
        "operation_id": operation_id,
        "summary": summary,
        "response": {int(ok): model, **dict.fromkeys(others)},
        "openapi_extra": {"responses": {int(ok): {"headers": declared}, **known}},
    }
