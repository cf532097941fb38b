"""Sign-ins, changes of users and those of tokens, taken to the audit trail as they are announced."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pymongo
from allauth.account.signals import password_changed
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from logs.services import record_audit
from mongo.errors import MongoError
from users.actor import Actor, actor_for, actor_of, origin_of
from users.signals import token_event, user_administered

# Nobody waits longer than this for MongoDB in order to sign in.
SECONDS = 1.0
LONGEST_USERNAME = 150
NOBODY = "anonymous"

log = logging.getLogger("counterpart.audit")


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    _record(actor_for(user, request), "user.signed_in", user.get_username())


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        _record(actor_for(user, request), "user.signed_out", user.get_username())


@receiver(user_login_failed)
def sign_in_failed(credentials: Mapping[str, Any], request: HttpRequest | None, **_: Any) -> None:
    tried = str(credentials.get("username", ""))[:LONGEST_USERNAME]
    nobody = Actor(id=NOBODY, name="Not signed in", via="form", **origin_of(request))
    _record(nobody, "user.sign_in_failed", tried, {"username": tried})


@receiver(password_changed)
def own_password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    _record(actor_for(user, request), "user.changed", user.get_username(), {"fields": ["password"]})


@receiver(user_administered)
def administered(request: HttpRequest, action: str, username: str, details: Mapping[str, Any], **_: Any) -> None:
    _record(actor_of(request), action, username, details)


@receiver(token_event)
def token_changed(actor: Actor, action: str, name: str, details: Mapping[str, Any], **_: Any) -> None:
    _record(actor, action, name, details, kind="token")


def _record(
    actor: Actor, action: str, name: str, details: Mapping[str, Any] | None = None, *, kind: str = "user"
) -> None:
    """Write the entry; while MongoDB is away it goes to the process's log instead, and nobody is kept out."""
    now = timezone.now()
    entry = {"action": action, "entity": (kind, name), "details": details or {}}
    try:
        with pymongo.timeout(SECONDS):
            record_audit(actor=actor, now=now, **entry)
    except MongoError as error:
        log.warning(json.dumps({"at": now.isoformat(), **entry, "actor": asdict(actor), "error": str(error)}))
