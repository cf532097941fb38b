"""Entries that outlive a session: a form sent after the session ended is kept until its owner is back.

The form carries `form_user`, the name of the user it was made for, as a hidden field. Only that user gets the
entries back: within an hour, once, at the page where the form stands. Several tabs may each have left a form: the
newest of each page is kept.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import resolve_url
from django.utils import timezone

from users import tries

USER_FIELD = "form_user"
MOST_CHARACTERS = 512 * 1024
MOST_FORMS = 5
LIFETIME = timedelta(hours=1)

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
SESSION_KEY = "kept_forms"

View = Callable[..., HttpResponse]


def keepable(view: View) -> View:
    """Mark a view whose form holds text that nobody should have to type twice."""
    view.keepable = True
    return view


def background(signed_out: View) -> Callable[[View], View]:
    """Mark a view that a page asks by itself while somebody types; `signed_out` answers once the session has ended.

    Such a request leads nowhere else, since what was typed is on the page, and there is nothing in it to be kept.
    """

    def mark(view: View) -> View:
        view.signed_out = signed_out
        return view

    return mark


def is_keepable(request: HttpRequest) -> bool:
    return request.method == "POST" and getattr(request.resolver_match.func, "keepable", False)


def keep(request: HttpRequest, *, now: datetime | None = None) -> bool:
    """Keep what the form holds in the session; False where it is too long, or does not say whose it is."""
    entries = request.POST.copy()
    entries.pop("csrfmiddlewaretoken", None)
    owner = "".join(entries.pop(USER_FIELD, []))
    encoded = entries.urlencode()
    if not owner or len(encoded) > MOST_CHARACTERS or not tries.may_keep(request):
        return False
    moment = now or timezone.now()
    path = urlsplit(page_of(request)).path
    others = [item for item in _kept(request, moment).items() if item[0] != path]
    form = {"owner": owner, "entries": encoded, "until": (moment + LIFETIME).timestamp()}
    request.session[SESSION_KEY] = dict([*others, (path, form)][-MOST_FORMS:])
    if not request.user.is_authenticated:
        request.session.set_expiry(LIFETIME)
    return True


def take(request: HttpRequest, *, now: datetime | None = None) -> QueryDict | None:
    """The entries kept for this user and this page, once; those of somebody else are thrown away unseen."""
    # What asks for the head alone shows nobody anything, so it takes nothing.
    if request.method != "GET" or request.path not in request.session.get(SESSION_KEY, {}):
        return None
    left = _kept(request, now or timezone.now())
    form = left.pop(request.path, None)
    if left:
        request.session[SESSION_KEY] = left
    else:
        del request.session[SESSION_KEY]
    if form is None or form["owner"] != request.user.get_username():
        return None
    return QueryDict(form["entries"])


def _kept(request: HttpRequest, moment: datetime) -> dict[str, dict[str, Any]]:
    """Path → the form kept for it, oldest first, without those that are too old."""
    forms = request.session.get(SESSION_KEY, {})
    return {path: form for path, form in forms.items() if form["until"] >= moment.timestamp()}


def page_of(request: HttpRequest) -> str:
    """The page to come back to after sign-in: path and query of what can be asked for by GET."""
    overview = resolve_url(settings.LOGIN_REDIRECT_URL)
    if request.htmx and not request.htmx.boosted:
        return _local(request.htmx.current_url, request) or overview
    if request.method in SAFE_METHODS or is_keepable(request):
        return request.get_full_path()
    return _local(request.headers.get("Referer"), request) or overview


def _local(address: str | None, request: HttpRequest) -> str | None:
    """Path and query of an address of this site; None for any other, and for what is no address."""
    site = f"{request.scheme}://{request.get_host()}"
    return address.removeprefix(site) if address and address.startswith(f"{site}/") else None
