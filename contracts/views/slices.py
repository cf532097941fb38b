"""Work in slices on a page: the page asks for the next one, and shows how far it has got.

Closed in the middle, it goes on when it is opened again. While another window is at it, it looks now and then.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRefresh, reswap, retarget

from mongo.errors import MongoError


@dataclass(frozen=True, slots=True)
class Going:
    """How far the work is: `done` of `total` things of the name `noun`; `url` does the next slice."""

    url: str
    done: int
    total: int
    noun: str


def answer(
    request: HttpRequest, page: str, go_on: Callable[[], bool], going: Callable[[], Going | None]
) -> HttpResponse:
    """Do the next slice, and say how far it has got; without htmx, on the whole `page`.

    `go_on` tells whether it did anything, and `going` gives None as soon as there is something else to look at.
    """
    try:
        waits = not go_on()
        now = going()
    except MongoError as error:
        if not request.htmx:
            raise
        # What is there stays on the page, which asks again by itself.
        stalled = render(request, "contracts/slices/_stalled.html", {"error": error})
        return reswap(retarget(stalled, "#stalled"), "innerHTML")
    if not request.htmx:
        return redirect(page)
    if now is None:
        return HttpResponseClientRefresh()
    return render(request, "contracts/slices/_progress.html", {"going": now, "waits": waits})
