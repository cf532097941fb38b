"""Requests that look at the audit trail."""

from datetime import UTC, datetime

from django.http import HttpRequest

from logs.kinds import Log
from logs.viewing import viewed_this_hour
from users.actor import actor_of_token
from users.api import caller_of


def note_viewed(request: HttpRequest, log: Log) -> None:
    """That somebody looks at the audit trail is in it before anything of it is shown. Raises MongoError."""
    if log.name == "audit":
        actor = actor_of_token(request.auth.name, request)
        viewed_this_hour(actor, viewer=caller_of(request), now=datetime.now(UTC))
