"""Sign-ins, changes of users and those of tokens, taken to the audit trail as they are announced."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pymongo
from allauth.account.signals import password_changed
from bson import ObjectId
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from logs import waiting
from logs.services import digest_of, record_audit
from logs.viewing import ID_BYTES
from mongo.errors import Duplicate, MongoError
from users.actor import Actor, actor_for, actor_of, origin_of
from users.signals import password_refused, token_event, tries_limited, user_administered
from users.tries import Limit

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
    actor = _who(request)
    if actor.id == NOBODY:
        _record(actor, "user.sign_in_failed", tried, {"username": tried})
    else:
        # Who is signed in is asked for their password again before some pages.
        _record(actor, "user.password_refused", actor.id)


@receiver(password_refused)
def own_password_refused(request: HttpRequest, user: User, **_: Any) -> None:
    _record(actor_for(user, request), "user.password_refused", user.get_username())


@receiver(tries_limited)
def tries_were_limited(request: HttpRequest, name: str, limit: Limit, **_: Any) -> None:
    """Once in the time of the limit, however many tries it refuses."""
    tried, actor = name[:LONGEST_USERNAME], _who(request)
    time = int(timezone.now().timestamp()) // limit.seconds
    action = "user.tries_limited"
    told = digest_of(action, limit.purpose, str(limit.seconds), str(actor.ip_address), tried, str(time))
    details = {"limit": limit.purpose, "most": limit.most, "seconds": limit.seconds}
    _record(actor, action, tried or actor.id, details, own=ObjectId(told[:ID_BYTES]))


@receiver(password_changed)
def own_password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    _record(actor_for(user, request), "user.changed", user.get_username(), {"fields": ["password"]})


@receiver(user_administered)
def administered(actor: Actor, action: str, name: str, details: Mapping[str, Any], **_: Any) -> None:
    _record(actor, action, name, details, kind=action.partition(".")[0])


@receiver(token_event)
def token_changed(actor: Actor, action: str, name: str, details: Mapping[str, Any], **_: Any) -> None:
    _record(actor, action, name, details, kind="token")


def _who(request: HttpRequest | None) -> Actor:
    if request is not None and request.user.is_authenticated:
        return actor_of(request)
    return Actor(id=NOBODY, name="Not signed in", via="form", **origin_of(request))


def _record(
    actor: Actor,
    action: str,
    name: str,
    details: Mapping[str, Any] | None = None,
    *,
    kind: str = "user",
    own: ObjectId | None = None,
) -> None:
    """Write the entry; while MongoDB is away it waits in SQL, and stands in the process's log."""
    now, own = timezone.now(), own or ObjectId()
    entry = {"action": action, "entity": (kind, name), "details": details or {}}
    try:
        with pymongo.timeout(SECONDS):
            record_audit(actor=actor, now=now, own=own, **entry)
    except Duplicate:
        return
    except MongoError as error:
        log.warning(json.dumps({"at": now.isoformat(), **entry, "actor": asdict(actor), "error": str(error)}))
        waiting.keep(own, actor, now=now, **entry)
        return
    waiting.deliver()
