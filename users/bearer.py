"""The way in by `Authorization: Bearer …`: one object an operation, so that documents and checks cannot differ."""

from datetime import datetime
from http import HTTPStatus

from django.db import Error as SqlError
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import HttpError
from ninja.security.http import HttpAuthBase

from users import tokens
from users.actor import actor_of_token
from users.models import SCOPES, ApiToken

REALM = 'Bearer realm="Counterpart"'
MISSING = "This needs a token. Send it as a header: Authorization: Bearer, a space, and the token."
UNKNOWN = "This token is not known here. Check that it was copied whole."
NOT_CHECKED = "Tokens cannot be checked at the moment. Try again shortly."
RETRY_SECONDS = "5"


class Refused(HttpError):
    """The request goes no further; `headers` belong to the answer, and the message is fit to show."""

    def __init__(self, status: HTTPStatus, message: str, headers: dict[str, str]) -> None:
        super().__init__(status, message)
        self.headers = headers


class TokenRefused(Refused):
    """401: there is no token, it is unknown, or it is over."""

    def __init__(self, message: str, *, error: str = "") -> None:
        challenge = f'{REALM}, error="{error}", error_description="{message}"' if error else REALM
        super().__init__(HTTPStatus.UNAUTHORIZED, message, {"WWW-Authenticate": challenge})


class ScopeMissing(Refused):
    """403: the token is good, and not for this."""

    def __init__(self, scope: str, held: list[str]) -> None:
        challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'
        message = f"This needs a token with the scope {scope}. This one has {', '.join(held)}."
        super().__init__(HTTPStatus.FORBIDDEN, message, {"WWW-Authenticate": challenge})
        self.scope = scope


class Bearer(HttpAuthBase):
    """Lets in who brings a token with the scope; `request.auth` is then the ApiToken. Raises Refused.

    Not ninja's HttpBearer, which writes other credentials to the log while DEBUG is on.
    """

    openapi_scheme = "bearer"
    openapi_description = "A token that an administrator has made. Each operation needs the scope it names."

    def __init__(self, scope: str) -> None:
        if scope not in SCOPES:
            raise LookupError(f"There is no scope {scope}.")
        self.scope = scope
        super().__init__()

    def __call__(self, request: HttpRequest) -> ApiToken:
        now = timezone.now()
        try:
            token = _found(request, now)
        except SqlError as error:
            wait = {"Retry-After": RETRY_SECONDS}
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, NOT_CHECKED, wait) from error
        tokens.note_use(token, now)
        if self.scope not in token.scopes:
            raise ScopeMissing(self.scope, token.scopes)
        return token


def needs(scope: str) -> Bearer:
    """What an operation takes as `auth=`: its `scope` is the one that OpenAPI is to name."""
    return Bearer(scope)


def _found(request: HttpRequest, now: datetime) -> ApiToken:
    """The live token that the request brings. Raises TokenRefused."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise TokenRefused(MISSING)
    try:
        token = tokens.find(secret.strip(), now)
    except tokens.TokenEnded as ended:
        tokens.note_refusal(ended.token, actor_of_token(ended.token.name, request), now)
        raise TokenRefused(str(ended), error="invalid_token") from ended
    if token is None:
        raise TokenRefused(UNKNOWN, error="invalid_token")
    return token
