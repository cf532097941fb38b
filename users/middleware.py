"""Every page needs sign-in, but those marked `login_not_required`; and nothing typed is lost on the way there."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from users import kept
from users.kept import View

KEPT = "Your session has ended. Sign in, and what you entered is shown again. Nothing is saved yet."
NOT_KEPT = (
    "Your session has ended, and what you entered could not be kept. Your browser’s Back button brings it back: "
    "copy it before you sign in."
)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    def process_view(self, request: HttpRequest, view_func: View, args: Any, kwargs: Any) -> HttpResponse | None:
        """Ask who somebody is only where it matters: what is open to all costs no look into the session."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, args, kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: View) -> HttpResponse:
        """Send people to the sign-in page, and from there back to where they were."""
        if request.htmx and hasattr(view_func, "signed_out"):
            # The answer comes at any time: it must not end the session that a sign-in or kept entries have begun.
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
            return view_func.signed_out(request)
        if kept.is_keepable(request):
            if kept.keep(request):
                messages.info(request, KEPT)
            else:
                messages.error(request, NOT_KEPT)
        sign_in = redirect_to_login(kept.page_of(request), resolve_url(settings.LOGIN_URL))
        if request.htmx:
            # htmx would follow a redirect and put the sign-in page where a fragment belongs.
            return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": sign_in.url})
        return sign_in
