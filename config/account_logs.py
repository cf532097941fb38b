"""An account's entries below its contract: where the site brings contracts and logs together."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import include, path, reverse

from contracts.documents import from_document
from contracts.views.access import document_or_404
from logs.kinds import LOGS, Log
from logs.scope import Scope
from logs.urls import explored
from logs.views.access import Guard, ScopedView
from users.access import requires

# Whoever may see all of a log may see those of an account.
RIGHT = "logs.of_account"


def _below_contract(log: Log) -> Guard:
    def guard(view: ScopedView) -> Callable[..., HttpResponseBase]:
        @requires(RIGHT)
        @wraps(view)
        def guarded(request: HttpRequest, contract_id: str, **address: Any) -> HttpResponseBase:
            contract = from_document(document_or_404(contract_id))
            if not contract.account_id:
                raise Http404("This contract names no account, so there are no entries of it.")
            scope = Scope(
                log=log,
                base=reverse(f"account-logs:{log.name}:list", args=[contract_id]),
                title=f"{log.label} of {contract.title}",
                account=contract.account_id,
                crumbs=(
                    (reverse("contracts:list"), "Contracts"),
                    (reverse("contracts:detail", args=[contract_id]), contract.title),
                ),
            )
            return view(request, scope, **address)

        return guarded

    return guard


app_name = "account-logs"
# What is about accounts; the audit trail tells of people.
urlpatterns = [
    path(f"<str:contract_id>/log/{log.name}/", include((explored(_below_contract(log)), log.name)))
    for log in LOGS.values()
    if log.of_account
]
