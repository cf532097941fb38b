"""Pages that show the audit trail."""

from datetime import UTC, datetime

from django.http import HttpRequest

from logs.asking import Asked
from logs.scope import Scope
from logs.viewing import viewed_in_session
from users.actor import actor_of


def note_viewed(request: HttpRequest, scope: Scope, asked: Asked) -> None:
    """That somebody looks at the audit trail is in it before anything of it is shown. Raises MongoError."""
    if scope.log.name == "audit":
        viewed_in_session(actor_of(request), request.session.session_key or "", asked.query, now=datetime.now(UTC))
