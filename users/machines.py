"""The pages on which administrators make, look over and revoke the tokens of other services."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from users import kept, tokens
from users.access import requires
from users.actor import actor_of
from users.models import ApiToken
from users.token_forms import TokenForm

SOON = timedelta(days=14)
MOST_REVOKED = 100
TONES = {ApiToken.State.ACTIVE: "ok", ApiToken.State.EXPIRED: "warn", ApiToken.State.REVOKED: "muted"}


@dataclass(frozen=True, slots=True)
class Row:
    """A token as a list shows it."""

    token: ApiToken
    label: str
    tone: str


@require_safe
@requires("tokens.manage")
def every(request: HttpRequest) -> HttpResponse:
    """All tokens that are not revoked, and the latest of those that are."""
    now = timezone.now()
    live = ApiToken.objects.filter(revoked_at=None).order_by("-created_at", "-pk")
    revoked = ApiToken.objects.exclude(revoked_at=None).order_by("-revoked_at", "-pk")[:MOST_REVOKED]
    context = {"live": list(_rows(live, now)), "revoked": list(_rows(revoked, now)), "now": now}
    return render(request, "users/tokens/all.html", context)


@kept.keepable
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires("tokens.manage")
def new(request: HttpRequest) -> HttpResponse:
    """The form; sent, it is answered by the page with the secret, which nothing may keep for a next page."""
    if request.method != "POST":
        entries = kept.take(request)
        form = TokenForm() if entries is None else TokenForm(entries)
        return _form_page(request, form, is_back=entries is not None)
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    now, given = timezone.now(), form.cleaned_data
    try:
        token, secret = tokens.issue(
            given["name"], given["scopes"], actor_of(request), form.expires_at(now), now=now
        )
    except ValidationError as problems:
        form.refuse(problems)
        return _form_page(request, form, status=422)
    return render(request, "users/tokens/made.html", {"token": token, "secret": secret, "now": now})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("tokens.manage")
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    token = get_object_or_404(ApiToken, pk=token_id)
    if request.method != "POST":
        now = timezone.now()
        [row] = _rows([token], now)
        return render(request, "users/tokens/revoke.html", {"token": token, "row": row, "now": now})
    if tokens.revoke(token, actor_of(request)):
        messages.success(request, f"The token “{token.name}” is revoked. It lets nobody in any more.")
    else:
        messages.info(request, f"The token “{token.name}” was revoked before.")
    return redirect("tokens")


def _rows(found: Any, now: datetime) -> Iterator[Row]:
    for token in found:
        state = token.state(now)
        ends_soon = state == ApiToken.State.ACTIVE and token.expires_at and token.expires_at - now < SOON
        yield Row(token, "Expires soon" if ends_soon else state.label, "warn" if ends_soon else TONES[state])


def _form_page(request: HttpRequest, form: TokenForm, *, is_back: bool = False, status: int = 200) -> HttpResponse:
    context = {"form": form, "forms": [form], "is_back": is_back}
    return render(request, "users/tokens/new.html", context, status=status)
