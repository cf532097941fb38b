"""What holds for every address of the API, whichever operation lies behind it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from config.api import limits, problems
from config.api.problems import Told
from users.api import RequestInvalid

View = Callable[..., HttpResponse]

NOT_READ_IN_PIECES = "Send the length of the body in Content-Length; a body in pieces is not read here."


def guarded(patterns: Iterable[URLPattern]) -> Iterator[URLPattern]:
    """Each address once, with a view that needs no session, looks at none, and answers problems as JSON.

    Operations of several routers may share an address; each has the methods that the others have not.
    """
    shared: dict[str, list[URLPattern]] = {}
    for pattern in patterns:
        shared.setdefault(str(pattern.pattern), []).append(pattern)
    for route, same in shared.items():
        yield path(route, _guarded(_joined([pattern.callback for pattern in same])), name=same[0].name)


def _joined(views: Sequence[View]) -> View:
    def joined(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed: set[str] = set()
        for view in views:
            response = view(request, *args, **kwargs)
            if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
                return response
            allowed |= {name.strip() for name in response["Allow"].split(",")}
        return HttpResponseNotAllowed(allowed)

    return joined


def _guarded(view: View) -> View:
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # A browser may bring its session along; here it says nothing.
        request.COOKIES = {}
        if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            return _finished(request, problems.answer(request, Told(status=411, detail=NOT_READ_IN_PIECES)))
        response = _asked(view, request, *args, **kwargs)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response = _not_allowed(request, response["Allow"])
        return _finished(request, response)

    return login_not_required(csrf_exempt(answered))


def _asked(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The answer of the view; whatever can be read can be asked about, too."""
    method = request.method
    if method == "HEAD":
        request.method = "GET"
    try:
        return view(request, *args, **kwargs)
    finally:
        request.method = method


def _not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    methods = {name.strip() for name in allowed.split(",")} | {"OPTIONS"}
    headers = {"Allow": ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))}
    if request.method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=headers)
    detail = f"This address has no {request.method}. It has {headers['Allow']}."
    return problems.answer(request, Told(status=HTTPStatus.METHOD_NOT_ALLOWED, detail=detail, headers=headers))


def _finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response.headers.setdefault("Cache-Control", "no-store")
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    limits.tell(request, response)
    if request.method == "HEAD":
        response["Content-Length"] = str(len(response.content))
        response.content = b""
    return response


def failed(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    """The answer where only a status is known, as when Django itself refuses a request."""
    return _finished(request, problems.answer(request, problems.of_status(status)))


@login_not_required
@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Any address below /api/ that nothing lies at."""
    return failed(request, HTTPStatus.NOT_FOUND)


def with_known_query(view: View) -> View:
    """The operation, refusing parameters that it does not have: a filter with a slip in its name finds too much."""
    models = view._ninja_operation.models
    known = {name for one in models if one.__ninja_param_source__ == "query" for name in one.__ninja_flatten_map__}

    @wraps(view)
    def checked(request: HttpRequest, **values: Any) -> Any:
        if request.META.get("QUERY_STRING") and (found := list(_odd_parameters(request, known))):
            raise RequestInvalid(*found)
        return view(request, **values)

    return checked


def _odd_parameters(request: HttpRequest, known: set[str]) -> Iterator[tuple[str, str]]:
    for name, values in request.GET.lists():
        if name not in known:
            yield name, "There is no such parameter."
        elif len(values) > 1:
            yield name, "Give this once."
        elif "\0" in values[0]:
            yield name, "This holds the character NUL. Leave it out."
