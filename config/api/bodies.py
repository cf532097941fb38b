"""Bodies of requests: JSON alone, within bounds, read strictly."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.parser import Parser

from mongo import strict_json
from users.bearer import Refused

MOST_BYTES = 1_000_000
# Entries of logs come in batches.
MOST_BYTES_OF_LOGS = 8_000_000
LOGS = "/api/v1/logs/"
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
PACKED = "Send the body as it is; Content-Encoding is not taken here."


class StrictParser(Parser):
    """What ninja asks for the content of a body."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The JSON of the body. Raises HttpError: 400, 413, 415."""
        _check_type(request)
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, PACKED, {"Accept-Encoding": "identity"})
        body, most = request.body, MOST_BYTES_OF_LOGS if request.path_info.startswith(LOGS) else MOST_BYTES
        if len(body) > most:
            raise HttpError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Send {most:,} bytes at most.")
        try:
            return strict_json.read(body)
        except strict_json.ValueUnreadable as error:
            raise HttpError(HTTPStatus.BAD_REQUEST, str(error)) from error


def _check_type(request: HttpRequest) -> None:
    taken = (JSON, MERGE_PATCH) if request.method == "PATCH" else (JSON,)
    if request.content_type in taken and request.content_params.get("charset", "utf-8").lower() == "utf-8":
        return
    headers = {"Accept-Patch": MERGE_PATCH} if request.method == "PATCH" else {"Accept-Post": JSON}
    raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send {' or '.join(taken)} in UTF-8.", headers)
