"""A machine that speaks to the API."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

PREFIX = "/api/v1"


class Machine:
    """Who holds a token, or none; paths begin after /api/v1, and headers are named with underscores."""

    def __init__(self, secret: str | None = None) -> None:
        self.secret = secret
        self._client = Client(headers={"Authorization": f"Bearer {secret}"} if secret else {})

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.send("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.send("PATCH", path, body, kind="application/merge-patch+json", **headers)

    def delete(self, path: str, **headers: str) -> HttpResponse:
        return self.send("DELETE", path, **headers)

    def send(
        self, method: str, path: str, body: Any = None, *, kind: str = "application/json", **headers: str
    ) -> HttpResponse:
        """`body` is bytes as they are sent, or a value that becomes JSON; None is no body."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.generic(method, PREFIX + path, content, kind, headers=named)


def errors_of(response: HttpResponse) -> dict[str, str]:
    """The messages of a problem document by their paths; several of one path in one text."""
    found: dict[str, str] = {}
    for one in response.json()["errors"]:
        found[one["path"]] = f"{found.get(one['path'], '')} {one['message']}".strip()
    return found
