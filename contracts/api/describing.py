"""The headers of an answer with a contract, as OpenAPI describes them."""

from typing import Any

ETAG = r'^(W/)?"[0-9]{1,19}-[0-9a-f]{64}"$'
TAGGED: dict[str, Any] = {
    "ETag": {
        "description": "Stands for the version and all of the content. Send it in If-Match to change or delete.",
        "schema": {"type": "string", "pattern": ETAG},
        "required": True,
    }
}
MADE: dict[str, Any] = TAGGED | {
    "Location": {
        "description": "Where the contract is.",
        "schema": {"type": "string", "format": "uri-reference"},
        "required": True,
    }
}
