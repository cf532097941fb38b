"""The palette: pages, actions and contracts that fit what is typed, for Ctrl/Cmd+K."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.forms import CharField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from config.ui.context import navigation
from contracts import repository
from contracts.domain.model import Contract
from contracts.shown.worklists import shown
from mongo.errors import MongoError, MongoUnavailable
from users import kept
from users.access import can

LONGEST = 200
MOST_CONTRACTS = 8
# What other services wrote may be of any length; so much of it fits a line.
MOST_SHOWN = 100
SIGNED_OUT = (
    "Your session has ended. Sign in again to go on: what you have typed on this page stays here meanwhile."
)
# A single letter stands in nearly every contract.
FEWEST_LETTERS = 2
TOO_SHORT = f"Contracts are searched from {FEWEST_LETTERS} letters on."
QUESTION = CharField(max_length=LONGEST, required=False)


@dataclass(frozen=True, slots=True)
class Action:
    """What may be done from any page. `opens` is the URL name of a page; else it is a form or dialog of each page.

    `also` are other words by which people look for it; `right` is what they need, empty for everybody.
    """

    label: str
    icon: str
    opens: str = ""
    right: str = ""
    also: str = ""
    dialog: str = ""
    form: str = ""
    theme: str = ""


ACTIONS = (
    Action("New contract", "plus", "contracts:new", "contracts.change", "create add"),
    Action("Import contracts", "upload", "contracts:import", "contracts.change", "upload file csv ndjson"),
    Action("Bulk changes", "history", "contracts:bulk", "contracts.change", "many undo revise prices"),
    Action("Export all contracts as CSV", "download", "contracts:export-csv", "contracts.export", "download excel"),
    Action(
        "Export all contracts as NDJSON", "download", "contracts:export-ndjson", "contracts.export", "download json"
    ),
    Action("New API token", "key-round", "token_new", "tokens.manage", "create add key secret"),
    Action("Light colours", "sun", form="theme-form", theme="light", also="theme mode colors"),
    Action("Dark colours", "moon", form="theme-form", theme="dark", also="theme mode colors night"),
    Action("Colours as the system", "monitor", form="theme-form", theme="auto", also="theme mode colors auto"),
    Action("Keyboard shortcuts", "keyboard", dialog="keys", also="help keys"),
    Action("Change password", "key-round", "account_change_password"),
    Action("Sign out", "log-out", form="sign-out-form", also="log out logout"),
)


@dataclass(frozen=True, slots=True)
class Group:
    """Some options under a heading; each option has what the template shows of it."""

    name: str
    options: Sequence[dict[str, Any]]


def _signed_out(request: HttpRequest) -> HttpResponse:
    return _answer(request, line=SIGNED_OUT)


@kept.background(_signed_out)
@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """What fits the words of `q`, in groups; without any, all pages and actions, and MongoDB is not asked."""
    try:
        typed = QUESTION.clean(request.GET.get("q", ""))
    except ValidationError as error:
        return _answer(request, line=" ".join(error.messages), status=HTTPStatus.BAD_REQUEST)
    groups = [
        Group("Pages", list(_pages(request, typed))),
        Group("Worklists", list(_worklists(request, typed))),
        Group("Actions", list(_actions(request, typed))),
    ]
    line = ""
    if typed and can(request.user, "contracts.see"):
        options, line = _contracts(typed)
        groups.append(Group("Contracts", options))
    return _answer(request, [group for group in groups if group.options], line)


def _answer(
    request: HttpRequest, groups: Sequence[Group] = (), line: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    return render(request, "components/_palette_results.html", {"groups": groups, "line": line}, status=status)


# Pages and actions ----------------------------------------------------------------------------------------


def _pages(request: HttpRequest, typed: str) -> Iterable[dict[str, Any]]:
    for heading, line in ((group.label, line) for group in navigation(request) for line in group.items):
        if fits(typed, f"{line.label} {heading}"):
            yield {"label": begun(line.label, typed), "icon": line.icon, "url": line.url, "go": line.go}


def _worklists(request: HttpRequest, typed: str) -> Iterable[dict[str, Any]]:
    found = shown(request.user.get_username()) if can(request.user, "contracts.see") else []
    for worklist in found:
        if fits(typed, worklist.label):
            yield {"label": begun(worklist.label, typed), "icon": worklist.icon, "url": worklist.url}


def _actions(request: HttpRequest, typed: str) -> Iterable[dict[str, Any]]:
    for action in ACTIONS:
        if (not action.right or can(request.user, action.right)) and fits(typed, f"{action.label} {action.also}"):
            yield {
                "label": begun(action.label, typed),
                "icon": action.icon,
                "url": reverse(action.opens) if action.opens else "",
                "dialog": action.dialog,
                "form": action.form,
                "theme": action.theme,
            }


def fits(typed: str, label: str) -> bool:
    """Whether each word typed begins a word of the label."""
    words = label.lower().split()
    return all(any(word.startswith(part) for word in words) for part in typed.lower().split())


def begun(label: str, typed: str) -> SafeString:
    """The label, with the beginnings of words that were typed marked."""
    parts = sorted(map(re.escape, typed.split()), key=len, reverse=True)
    return _marked(label, rf"\b(?:{'|'.join(parts)})" if parts else "")


# Contracts ------------------------------------------------------------------------------------------------


def _contracts(typed: str) -> tuple[list[dict[str, Any]], str]:
    """The options, with the list's own search as the last one, and a line about what is not among them."""
    if len(typed) < FEWEST_LETTERS:
        return [], TOO_SHORT
    url = f"{reverse('contracts:list')}?{urlencode({'q': typed})}"
    everything = {"label": f"All contracts with “{typed}”", "icon": "search", "url": url}
    try:
        found = repository.find_named(typed, limit=MOST_CONTRACTS)
    except MongoUnavailable as error:
        # The list may take longer for it than anybody waits here.
        return [everything], f"Contracts cannot be searched now. {error}"
    except MongoError as error:
        return [], f"Contracts cannot be searched now. {error}"
    options = [_option(row.key, row.contract, typed) for row in found if row.key]
    return [*options, everything] if options else [], ""


def _option(key: str, contract: Contract, typed: str) -> dict[str, Any]:
    return {
        "label": held(contract.title, typed),
        "title": contract.title,
        "account": held(contract.account_id, typed),
        "why": held(_why(contract, typed), typed),
        "status": contract.status,
        "url": reverse("contracts:detail", args=[key]),
    }


def _why(contract: Contract, typed: str) -> str:
    """The text that was found, where it is none of those that are shown anyway."""
    others = (
        contract.contract_id,
        contract.primary_contact.email,
        contract.billing_contact.email,
        *contract.tags,
        contract.primary_contact.name,
        contract.billing_contact.name,
        contract.primary_contact.phone,
        contract.billing_contact.phone,
    )
    if any(_holds(text, typed) for text in (contract.title, contract.account_id)):
        return ""
    return next((text for text in others if _holds(text, typed)), "")


def _holds(text: str, typed: str) -> bool:
    return typed.lower() in text.lower()


def held(text: str, typed: str) -> SafeString:
    """The text, shortened to a line, with what was typed marked wherever it stands."""
    line = text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
    return _marked(line, re.escape(typed))


def _marked(text: str, pattern: str) -> SafeString:
    if not pattern:
        return escape(text)
    parts, at = [], 0
    for match in re.finditer(pattern, text, re.IGNORECASE):
        parts += [escape(text[at : match.start()]), f"<mark>{escape(match[0])}</mark>"]
        at = match.end()
    return mark_safe("".join([*parts, escape(text[at:])]))
