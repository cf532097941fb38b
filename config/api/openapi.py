"""The API's description of itself (OpenAPI 3.1), with what holds for every operation said once."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from config.api import limits, rates
from config.api.bodies import JSON, MERGE_PATCH
from config.api.problems import CONTENT_TYPE
from contracts.api.describing import ETAG

PREFIX = "/api/v1/"
DESCRIPTION = (
    "Contracts, the usage of their accounts, and logs. Money is decimal text, times are ISO 8601 in UTC, lists are "
    "walked by `next`. Send `Authorization: Bearer` and a token; each operation names the scope that it needs."
)
# Whatever an operation does, these may come instead.
ALWAYS = (401, 403, 422, 500, 503)
COUNTED = (429,)
WITH_BODY = (400, 411, 413, 415)
PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence or two for people."},
        "request_id": {"type": "string", "description": "What the logs know the request by."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "message"],
                "properties": {
                    "path": {"type": "string", "description": "The field, rows by their number from 0."},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_COUNT = {"type": "string", "pattern": "^[0-9]+$"}
RETRY_AFTER = {"description": "Seconds to wait.", "schema": _COUNT}
CHALLENGE = {"description": "What is missing.", "schema": {"type": "string"}, "required": True}


def view_of(api: NinjaAPI) -> Callable[[HttpRequest], HttpResponse]:
    """The view that answers with the description, which is the same for everybody."""

    @cache
    def text() -> str:
        return json.dumps(described(api), ensure_ascii=False, separators=(",", ":"))

    def openapi(request: HttpRequest) -> HttpResponse:
        if request.method != "GET":
            return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET"})
        return HttpResponse(text(), content_type=JSON)

    return openapi


def described(api: NinjaAPI) -> dict[str, Any]:
    """The description as a value."""
    found = _Description(api, PREFIX.strip("/") + "/")
    found["info"]["description"] = DESCRIPTION
    found["components"]["schemas"]["Problem"] = PROBLEM
    for operation in _operations(found):
        _complete(operation)
    plain = json.loads(json.dumps(found))
    return {**plain, "paths": _without_noise(plain["paths"]), "components": _without_noise(plain["components"])}


class _Description(OpenAPISchema):
    def operation_security(self, operation: Operation) -> list[dict[str, Any]]:
        """Each operation names the scope of the very object that lets its callers in."""
        super().operation_security(operation)
        return [{type(one).__name__: [one.scope]} for one in operation.auth_callbacks]


def _operations(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in found["paths"].values():
        yield from path.values()


def _complete(operation: dict[str, Any]) -> None:
    has_body, is_counted = "requestBody" in operation, operation["operationId"] != rates.CHECK
    for status in (*ALWAYS, *(WITH_BODY if has_body else ()), *(COUNTED if is_counted else ())):
        operation["responses"].setdefault(status, {})
    for status, answer in operation["responses"].items():
        answer["description"] = HTTPStatus(status).phrase
        if status >= HTTPStatus.BAD_REQUEST:
            answer["content"] = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        answer["headers"] = {**answer.get("headers", {}), **_headers(status, is_counted=is_counted)}
    operation["responses"] = dict(sorted(operation["responses"].items()))
    for parameter in operation["parameters"]:
        parameter["schema"] = _of_text(parameter["schema"])
        if parameter["name"] == "If-Match":
            # Ninja would answer 422 where one is missing; it is 428.
            parameter |= {"required": True, "schema": {"type": "string", "pattern": ETAG}}
    if has_body:
        operation["requestBody"]["required"] = True
        content = operation["requestBody"]["content"]
        if operation["operationId"].startswith("change"):
            content[MERGE_PATCH] = content[JSON]


def _of_text(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter without null, which no text in an address or a header is."""
    kinds = [kind for kind in schema.pop("anyOf", []) if kind != {"type": "null"}]
    return {**schema, **kinds[0]} if kinds else schema


def _headers(status: int, *, is_counted: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        # Who may not do this is not counted.
        return {"WWW-Authenticate": CHALLENGE}
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        found["Retry-After"] = RETRY_AFTER
    return {**found, **(limits.HEADERS if is_counted else {})}


def _without_noise(value: Any) -> Any:
    """Without titles that repeat a name, and without defaults that only mean that something may be left out."""
    if isinstance(value, list):
        return [_without_noise(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _without_noise(item) for name, item in value.items() if not _is_noise(name, item)}


def _is_noise(name: str, item: Any) -> bool:
    return (name == "title" and isinstance(item, str)) or (name == "default" and item is None)
