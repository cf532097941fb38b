"""One's own views of a list, whichever it is: kept under a name, renamed, deleted and put back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from mongo.errors import MongoError, OutcomeUnknown
from users import kept, saved
from users.notices import Notice
from users.saved import SavedView, TooManyViews, ViewExists, ViewNotFound
from users.saved_forms import NameForm, ViewForm
from users.saved_lists import Listing

BACK = Notice(tone="info", title="Your entries are back", text="Nothing is saved yet.")
GONE = "This view is gone already."
# What is deleted can be put back as long as the session remembers it.
REMOVED, MOST_REMOVED = "removed_views", 5

# Takes the request, the list, and what the address holds besides.
ListingView = Callable[..., HttpResponse]
View = Callable[..., HttpResponse]


def addresses(of_list: Callable[[ListingView], View]) -> list[URLPattern]:
    """The pages of a list's views, as they lie below the list; `of_list` makes a view of them that of this list."""
    return [
        path("views/", of_list(views), name="views"),
        path("views/save/", of_list(save), name="view-save"),
        path("views/<slug:view_id>/rename/", of_list(rename), name="view-rename"),
        path("views/<slug:view_id>/delete/", of_list(delete), name="view-delete"),
        path("views/<slug:view_id>/put-back/", of_list(put_back), name="view-put-back"),
    ]


def _signed_out(request: HttpRequest) -> HttpResponse:
    return render(request, "users/views/_menu.html", {"line": "Your session has ended. Sign in again."})


@kept.background(_signed_out)
@vary_on_headers("HX-Request")
@require_safe
def views(request: HttpRequest, listing: Listing) -> HttpResponse:
    """All views on a page; or, for the list's menu, their links, with that of the list as it is marked."""
    if not request.htmx:
        own = [(view, *_described(listing, view)) for view in saved.of(_user(request), listing.page)]
        context = {"listing": listing, "own": own, "most": saved.MOST_VIEWS}
        return render(request, "users/views/all.html", context)
    asked = listing.read(request.GET.urlencode())
    current = None if asked.complaints else listing.address(asked.query)
    context = {"listing": listing, "presets": [(preset, preset.url == current) for preset in listing.presets]}
    try:
        found = [(view, listing.address(view.query)) for view in saved.of(_user(request), listing.page)]
    except MongoError as error:
        return render(request, "users/views/_menu.html", {**context, "line": f"Yours are missing. {error}"})
    own = [(view, url, url == current) for view, url in found]
    return render(request, "users/views/_menu.html", {**context, "own": own})


@kept.keepable
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, listing: Listing) -> HttpResponse:
    if request.method != "POST":
        entries = kept.take(request)
        form = ViewForm(listing, entries, initial={"query": _asked(request, listing)})
        return _save_page(request, form, notice=BACK if entries is not None else None)
    form = ViewForm(listing, request.POST)
    if not form.is_valid():
        return _save_page(request, form, status=422)
    name, query = form.cleaned_data["name"], form.cleaned_data["query"]
    try:
        view = saved.save(_user(request), listing.page, name, query, replace="replace" in request.POST)
    except ViewExists as taken:
        form.add_error("name", f"{taken} Choose another name, or replace that view.")
        return _save_page(request, form, status=409, replaces=True)
    except TooManyViews as full:
        form.add_error(None, str(full))
        return _save_page(request, form, status=409)
    except MongoError as error:
        return _save_page(request, form, status=503, notice=_not_saved(error))
    messages.success(request, f"The view “{view.name}” is saved.")
    return redirect(listing.address(view.query))


@kept.keepable
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, listing: Listing, view_id: str) -> HttpResponse:
    if request.method != "POST":
        view = _view_or_404(request, listing, view_id)
        entries = kept.take(request)
        form = NameForm(entries, initial={"name": view.name})
        return _rename_page(request, listing, form, notice=BACK if entries is not None else None)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _rename_page(request, listing, form, status=422)
    try:
        renamed = saved.rename(_user(request), listing.page, view_id, form.cleaned_data["name"])
    except ViewNotFound:
        messages.info(request, GONE)
        return redirect(listing.views_url)
    except ViewExists as taken:
        form.add_error("name", f"{taken} Choose another name.")
        return _rename_page(request, listing, form, status=409)
    except MongoError as error:
        return _rename_page(request, listing, form, status=503, notice=_not_saved(error))
    messages.success(request, f"The view is called “{renamed.name}” now.")
    return redirect(listing.views_url)


@require_POST
def delete(request: HttpRequest, listing: Listing, view_id: str) -> HttpResponse:
    try:
        view = saved.get(_user(request), listing.page, view_id)
        # Before it goes, so that it can be put back although the answer may be lost.
        removed = {**request.session.get(REMOVED, {}), _removed_key(listing, view_id): [view.name, view.query]}
        request.session[REMOVED] = dict(list(removed.items())[-MOST_REMOVED:])
        saved.remove(_user(request), listing.page, view_id)
    except ViewNotFound:
        messages.info(request, GONE)
    else:
        _offer_undo(request, listing, f"The view “{view.name}” is deleted.", view)
    return redirect(listing.views_url)


@require_POST
def put_back(request: HttpRequest, listing: Listing, view_id: str) -> HttpResponse:
    name_and_query = request.session.get(REMOVED, {}).get(_removed_key(listing, view_id))
    if name_and_query is None:
        messages.info(request, "This view cannot be put back any more.")
        return redirect(listing.views_url)
    view = SavedView(view_id, *name_and_query)
    try:
        saved.put_back(_user(request), listing.page, view)
        messages.success(request, f"The view “{view.name}” is back.")
    except ViewExists as taken:
        _offer_undo(request, listing, f"{taken} Rename that one, then press Undo again.", view)
    except TooManyViews as full:
        _offer_undo(request, listing, f"{full} Then press Undo again.", view)
    return redirect(listing.views_url)


def _asked(request: HttpRequest, listing: Listing) -> str:
    """The query string that is to be kept, without what no list knows."""
    reading = listing.read(request.GET.urlencode())
    return request.GET.urlencode() if reading.complaints else reading.query


def _user(request: HttpRequest) -> str:
    return request.user.get_username()


def _described(listing: Listing, view: SavedView) -> tuple[str, tuple[str, ...]]:
    """Address, and what the view shows in words; none where no list can show it any more."""
    return listing.address(view.query), listing.read(view.query).words


def _view_or_404(request: HttpRequest, listing: Listing, view_id: str) -> SavedView:
    try:
        return saved.get(_user(request), listing.page, view_id)
    except ViewNotFound:
        raise Http404(GONE) from None


def _removed_key(listing: Listing, view_id: str) -> str:
    """A view comes back where it was, whichever list is asked to take it."""
    return f"{listing.page}/{view_id}"


def _offer_undo(request: HttpRequest, listing: Listing, text: str, view: SavedView) -> None:
    messages.success(request, text, extra_tags=f"{listing.views_url}{view.view_id}/put-back/")


def _not_saved(error: MongoError) -> Notice:
    if isinstance(error, OutcomeUnknown):
        text = "MongoDB’s answer was lost. Press the button again: what got through is recognised, not repeated."
        return Notice(tone="warn", title="It is not known whether this was saved", text=text)
    return Notice(tone="bad", title="Nothing was saved", text=f"{error} Try again in a moment.")


def _save_page(request: HttpRequest, form: ViewForm, *, status: int = 200, **more: Any) -> HttpResponse:
    reading = form.listing.read(form["query"].value() or "")
    context = {
        "listing": form.listing,
        "form": form,
        "forms": [form],
        "words": reading.words,
        "back": form.listing.address(reading.query),
        **more,
    }
    return render(request, "users/views/save.html", context, status=status)


def _rename_page(
    request: HttpRequest, listing: Listing, form: NameForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"listing": listing, "form": form, "forms": [form], **more}
    return render(request, "users/views/rename.html", context, status=status)
