"""One's own views of the list of contracts: kept under a name, renamed, deleted and put back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from contracts.forms.saved import NameForm, ViewForm, read
from contracts.shown.filters import in_words
from contracts.shown.worklists import query_of, shown
from contracts.views.editing import Notice
from mongo.errors import MongoError, OutcomeUnknown
from users import kept, saved
from users.access import requires
from users.saved import SavedView, TooManyViews, ViewExists, ViewNotFound

PAGE = "contracts"
BACK = Notice(tone="info", title="Your entries are back", text="Nothing is saved yet.")
GONE = "This view is gone already."
# What is deleted can be put back as long as the session remembers it.
REMOVED, MOST_REMOVED = "removed_views", 5


def _signed_out(request: HttpRequest) -> HttpResponse:
    return render(request, "contracts/views/_menu.html", {"line": "Your session has ended. Sign in again."})


@kept.background(_signed_out)
@vary_on_headers("HX-Request")
@require_safe
@requires("contracts.see")
def views(request: HttpRequest) -> HttpResponse:
    """All views on a page; or, for the list's menu, their links, with that of the list as it is marked."""
    wanted, _ = read(request.GET.urlencode())
    context: dict[str, Any] = {"presets": shown(_user(request), asked=wanted.parameters if wanted else None)}
    if not request.htmx:
        own = [(view, *_described(view)) for view in saved.of(_user(request), PAGE)]
        return render(request, "contracts/views/all.html", {**context, "own": own, "most": saved.MOST_VIEWS})
    current = query_of(wanted) if wanted else None
    try:
        own = [(view, _url(view), view.query == current) for view in saved.of(_user(request), PAGE)]
    except MongoError as error:
        return render(request, "contracts/views/_menu.html", {**context, "line": f"Yours are missing. {error}"})
    return render(request, "contracts/views/_menu.html", {**context, "own": own})


@kept.keepable
@require_http_methods(["GET", "HEAD", "POST"])
@requires("contracts.see")
def save(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        entries = kept.take(request)
        form = ViewForm(entries) if entries is not None else ViewForm(initial={"query": _asked(request)})
        return _save_page(request, form, notice=BACK if entries is not None else None)
    form = ViewForm(request.POST)
    if not form.is_valid():
        return _save_page(request, form, status=422)
    name, query = form.cleaned_data["name"], form.cleaned_data["query"]
    try:
        view = saved.save(_user(request), PAGE, name, query, replace="replace" in request.POST)
    except ViewExists as taken:
        form.add_error("name", f"{taken} Choose another name, or replace that view.")
        return _save_page(request, form, status=409, replaces=True)
    except TooManyViews as full:
        form.add_error(None, str(full))
        return _save_page(request, form, status=409)
    except MongoError as error:
        return _save_page(request, form, status=503, notice=_not_saved(error))
    messages.success(request, f"The view “{view.name}” is saved.")
    return redirect(_url(view))


@kept.keepable
@require_http_methods(["GET", "HEAD", "POST"])
@requires("contracts.see")
def rename(request: HttpRequest, view_id: str) -> HttpResponse:
    view = _view_or_404(request, view_id) if request.method != "POST" else None
    if view is not None:
        entries = kept.take(request)
        form = NameForm(entries) if entries is not None else NameForm(initial={"name": view.name})
        return _rename_page(request, form, notice=BACK if entries is not None else None)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _rename_page(request, form, status=422)
    try:
        renamed = saved.rename(_user(request), PAGE, view_id, form.cleaned_data["name"])
    except ViewNotFound:
        messages.info(request, GONE)
        return redirect("contracts:views")
    except ViewExists as taken:
        form.add_error("name", f"{taken} Choose another name.")
        return _rename_page(request, form, status=409)
    except MongoError as error:
        return _rename_page(request, form, status=503, notice=_not_saved(error))
    messages.success(request, f"The view is called “{renamed.name}” now.")
    return redirect("contracts:views")


@require_POST
@requires("contracts.see")
def delete(request: HttpRequest, view_id: str) -> HttpResponse:
    try:
        view = saved.get(_user(request), PAGE, view_id)
        # Before it goes, so that it can be put back although the answer may be lost.
        removed = {**request.session.get(REMOVED, {}), view_id: [view.name, view.query]}
        request.session[REMOVED] = dict(list(removed.items())[-MOST_REMOVED:])
        saved.remove(_user(request), PAGE, view_id)
    except ViewNotFound:
        messages.info(request, GONE)
    else:
        _offer_undo(request, f"The view “{view.name}” is deleted.", view)
    return redirect("contracts:views")


@require_POST
@requires("contracts.see")
def put_back(request: HttpRequest, view_id: str) -> HttpResponse:
    name_and_query = request.session.get(REMOVED, {}).get(view_id)
    if name_and_query is None:
        messages.info(request, "This view cannot be put back any more.")
        return redirect("contracts:views")
    view = SavedView(view_id, *name_and_query)
    try:
        saved.put_back(_user(request), PAGE, view)
        messages.success(request, f"The view “{view.name}” is back.")
    except ViewExists as taken:
        _offer_undo(request, f"{taken} Rename that one, then press Undo again.", view)
    except TooManyViews as full:
        _offer_undo(request, f"{full} Then press Undo again.", view)
    return redirect("contracts:views")


def _asked(request: HttpRequest) -> str:
    """The query string that is to be kept, without what no list knows."""
    wanted, _ = read(request.GET.urlencode())
    return query_of(wanted) if wanted else request.GET.urlencode()


def _user(request: HttpRequest) -> str:
    return request.user.get_username()


def _url(view: SavedView) -> str:
    return f"{reverse('contracts:list')}?{view.query}"


def _described(view: SavedView) -> tuple[str, list[str]]:
    """Address, and what the view shows in words; none where no list can show it any more."""
    wanted, _ = read(view.query)
    return _url(view), in_words(wanted) if wanted else []


def _view_or_404(request: HttpRequest, view_id: str) -> SavedView:
    try:
        return saved.get(_user(request), PAGE, view_id)
    except ViewNotFound:
        raise Http404(GONE) from None


def _offer_undo(request: HttpRequest, text: str, view: SavedView) -> None:
    messages.success(request, text, extra_tags=reverse("contracts:view-put-back", args=[view.view_id]))


def _not_saved(error: MongoError) -> Notice:
    if isinstance(error, OutcomeUnknown):
        text = "MongoDB’s answer was lost. Press the button again: what got through is recognised, not repeated."
        return Notice(tone="warn", title="It is not known whether this was saved", text=text)
    return Notice(tone="bad", title="Nothing was saved", text=f"{error} Try again in a moment.")


def _save_page(request: HttpRequest, form: ViewForm, *, status: int = 200, **more: Any) -> HttpResponse:
    query = form["query"].value() or ""
    wanted, complaints = read(query)
    shows = {"words": in_words(wanted) if wanted else [], "complaints": complaints}
    back = f"{reverse('contracts:list')}?{query_of(wanted) if wanted else ''}"
    context = {"form": form, "forms": [form], "back": back, **shows, **more}
    return render(request, "contracts/views/save.html", context, status=status)


def _rename_page(request: HttpRequest, form: NameForm, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "contracts/views/rename.html", {"form": form, "forms": [form], **more}, status=status)
