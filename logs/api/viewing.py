"""Requests that look at the audit trail."""

from datetime import UTC, datetime

from django.http import HttpRequest

from logs.kinds import Log
from logs.viewing import audit_viewed
from users.actor import actor_of_token


def note_viewed(request: HttpRequest, log: Log) -> None:
    """That somebody looks at the audit trail is in it before anything of it is shown. Raises MongoError."""
    if log.name == "audit":
        actor = actor_of_token(request.auth.name, request)
        audit_viewed(actor, viewer=f"token:{request.auth.pk}", now=datetime.now(UTC))
