"""How often one may try a password, or have entries kept: counted across processes.

While MongoDB is away, each process counts for itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network

from django.http import HttpRequest, HttpResponse

from mongo.middleware import within
from mongo.ratelimit import Decision, check_rate_limit, give_back, limit_key
from users.actor import client_address
from users.signals import tries_limited
from users.views import advice, too_many_requests

# While MongoDB hangs, nobody waits longer than this for it in order to sign in or to give a password.
SECONDS = 1.0

View = Callable[..., HttpResponse]
Counted = list[tuple[str, Decision]]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within so many seconds; `purpose` tells the limits apart."""

    purpose: str
    most: int
    seconds: int


FORMS_OF_ADDRESS = Limit("sign-in forms", 30, 60)
TRIES_OF_ADDRESS = Limit("sign-in tries", 10, 60)
# A password is guessed from one address or from many. Who only knows a username should not lock its owner out by
# it, so the limit on all addresses together is the wider one.
TRIES_OF_LOGIN_AT_ADDRESS = Limit("sign-in tries", 5, 5 * 60)
TRIES_OF_LOGIN = Limit("sign-in tries", 50, 60 * 60)
# Who has somebody's session should not find out the password by it.
CHANGES_OF_USER = Limit("password changes", 5, 60)
CONFIRMATIONS_OF_USER = Limit("confirmations", 10, 60)
# Anybody may have something kept, so this bounds what they can make the session store hold.
KEPT_OF_ADDRESS = Limit("kept entries", 30, 60 * 60)


class TooManyTries(Exception):
    """A limit is reached; `seconds` tells for how long."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"There were too many tries. {advice(seconds)}")


def count(request: HttpRequest, username: str) -> Counted:
    """Count a try to sign in before its password is looked at; raises TooManyTries."""
    # Whatever case a database takes for the same: the upper case of ı is I, and the lower one of that is i.
    login = username.upper().lower()
    limits = (
        (TRIES_OF_LOGIN_AT_ADDRESS, address_of(request), login),
        (TRIES_OF_ADDRESS, address_of(request), ""),
        (TRIES_OF_LOGIN, "anyone", login),
    )
    counted: Counted = []
    for limit, caller, name in limits:
        key, decision = _hit(limit, caller, name)
        if not decision.allowed:
            uncount(counted)
            tries_limited.send(sender=Limit, request=request, name=username, limit=limit)
            raise TooManyTries(decision.reset_seconds)
        counted.append((key, decision))
    return counted


def uncount(counted: Counted) -> None:
    """A try that worked out, or was refused by another limit, is none."""
    for key, decision in counted:
        give_back(key, decision)


def may_keep(request: HttpRequest) -> bool:
    """Count entries that are to be kept, and tell whether they may be."""
    return _hit(KEPT_OF_ADDRESS, address_of(request))[1].allowed


def limited(limit: Limit, caller_of: Callable[[HttpRequest], str]) -> Callable[[View], View]:
    """Take only so many forms from one caller, whatever is in them."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method == "POST":
                _, decision = _hit(limit, caller_of(request))
                if not decision.allowed:
                    name = request.user.get_username()
                    tries_limited.send(sender=Limit, request=request, name=name, limit=limit)
                    return too_many_requests(request, decision.reset_seconds)
            return view(request, *args, **kwargs)

        return within(SECONDS)(guarded)

    return mark


def user_of(request: HttpRequest) -> str:
    """Who is signed in, as a limit counts them."""
    return f"user:{request.user.get_username()}"


def address_of(request: HttpRequest) -> str:
    """The client's address as a limit counts it: whoever has IPv6 has a whole /64 of addresses to come from."""
    # Behind a Unix socket there is no address; all clients then share one limit, and can still sign in.
    text = client_address(request) or "unknown"
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return f"address:{text[:100]}"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is None:
            return f"address:{ip_network((address, 64), strict=False)}"
        address = address.ipv4_mapped
    return f"address:{address}"


def _hit(limit: Limit, caller: str, name: str = "") -> tuple[str, Decision]:
    """Count one of the caller; the key it is counted under, and what came of it."""
    key = limit_key(caller, limit.purpose, limit.seconds, name)
    return key, check_rate_limit(key, limit.most, limit.seconds, fail="local")
