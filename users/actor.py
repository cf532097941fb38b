"""Who does something, and from where: what every change and every audit entry carries."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http import HttpRequest

# What proxies write; some put brackets around an address or a port behind it.
ADDRESS = re.compile(r"[\w.:%\[\]-]{1,64}", re.ASCII)
WRAPPED = re.compile(r"\[([^\[\]]+)\](?::\d+)?|([^:\[\]]+):\d+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """`via` is form, api, import, bulk, job or console; address, agent and request id exist for requests only."""

    id: str
    name: str
    via: str
    ip_address: str | None = None
    user_agent: str | None = None
    request_id: str | None = None


CONSOLE = Actor(id="console", name="Console", via="console")


def actor_of(request: HttpRequest, via: str = "form") -> Actor:
    """The signed-in user of a request as an actor."""
    return actor_for(request.user, request, via)


def actor_for(user: AbstractBaseUser, request: HttpRequest | None, via: str = "form") -> Actor:
    """A user as an actor, for moments at which the request does not carry that user."""
    return Actor(
        id=user.get_username(),
        name=user.get_full_name() or user.get_username(),
        via=via,
        **origin_of(request),
    )


def actor_of_token(name: str, request: HttpRequest) -> Actor:
    """The token of this name, by which a request came, as an actor. No username has a colon."""
    return Actor(id=f"token:{name}", name=name, via="api", **origin_of(request))


def origin_of(request: HttpRequest | None) -> dict[str, str | None]:
    """Address, user agent and request id of a request; empty where there is none."""
    if request is None:
        return {}
    return {
        "ip_address": client_address(request),
        "user_agent": request.headers.get("User-Agent", "")[:500] or None,
        "request_id": getattr(request, "request_id", None),
    }


def client_address(request: HttpRequest) -> str | None:
    """The address the outermost trusted proxy saw; what a client says of itself is never taken."""
    hops = settings.TRUSTED_PROXY_HOPS
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if hops and len(forwarded) >= hops and ADDRESS.fullmatch(forwarded[-hops]):
        return _unwrapped(forwarded[-hops])
    return request.META.get("REMOTE_ADDR")


def _unwrapped(address: str) -> str:
    """The address alone: with its port it would be another one at every connection."""
    found = WRAPPED.fullmatch(address)
    return (found[1] or found[2]) if found else address
