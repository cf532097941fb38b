"""Who may see the entries of a log: decided before anything is fetched, for pages, fragments and files alike."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from logs.kinds import Log
from logs.scope import Scope
from users.access import can, requires

# A view of the explorer: it is given the request, the scope, and what its address holds besides.
ScopedView = Callable[..., HttpResponseBase]
Guard = Callable[[ScopedView], Callable[..., HttpResponseBase]]


def whole(log: Log) -> Guard:
    """Views of all entries of a log, for those who have the log's right."""

    def guard(view: ScopedView) -> Callable[..., HttpResponseBase]:
        @requires(log.right)
        @wraps(view)
        def guarded(request: HttpRequest, **address: Any) -> HttpResponseBase:
            base = reverse(f"logs:{log.name}:list")
            scope = Scope(log=log, base=base, title=log.label, can_export=can(request.user, log.right))
            return view(request, scope, **address)

        return guarded

    return guard
