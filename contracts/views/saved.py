"""One's own views of the list of contracts."""

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from contracts.forms.filters import FilterForm
from contracts.shown.filters import in_words
from contracts.shown.worklists import query_of, shown
from users import saved_pages
from users.access import requires
from users.saved_lists import Listing, Preset, Reading
from users.saved_pages import ListingView, View

PAGE = "contracts"


def read(query: str) -> Reading:
    """What a query string asks of the list."""
    form = FilterForm(QueryDict(query))
    if not form.is_valid():
        return Reading(complaints=tuple(form.complaints()))
    wanted = form.to_filter("")
    return Reading(query=query_of(wanted), words=tuple(in_words(wanted)))


def _listing(username: str) -> Listing:
    return Listing(
        page=PAGE,
        title="Contracts",
        url=reverse("contracts:list"),
        about="The list of contracts, filtered and sorted as you need it again and again",
        keeps="Search, tab, filters and order",
        read=read,
        heading="Worklists",
        presets=tuple(Preset(worklist.label, worklist.url, worklist.icon) for worklist in shown(username)),
    )


def _of_contracts(view: ListingView) -> View:
    @requires("contracts.see")
    @wraps(view)
    def shown_to(request: HttpRequest, **address: Any) -> HttpResponse:
        return view(request, _listing(request.user.get_username()), **address)

    return shown_to


addresses = saved_pages.addresses(_of_contracts)
