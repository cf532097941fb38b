"""The page with a contract's form, whatever brought one there: a first look, an error, a review, a conflict."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from contracts import seen
from contracts.domain import currency
from contracts.domain.model import Contract
from contracts.forms.bundle import ContractForms
from contracts.presentation import Conflict, Line
from mongo.errors import MongoError, OutcomeUnknown
from users.access import usernames_of_managers
from users.notices import Notice

Document = Mapping[str, Any]

LOST = "MongoDB’s answer was lost. Press Save again: if the change got through it is recognised, not repeated."


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """Everything the page shows. `document` is what the editor saw; None for a new contract.

    `was` is the document before somebody else's change, while a conflict is being decided.
    """

    forms: ContractForms
    document: Document | None = None
    form_id: str = ""
    notice: Notice | None = None
    review: list[Line] | None = None
    conflict: Conflict | None = None
    was: Document | None = None
    dirty: bool = False

    def answer(self, request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
        base = self.forms.base
        context = {
            "editing": self,
            "base": base,
            "form": self.forms.main,
            "all_forms": [self.forms.main],
            "tables": self.forms.tables,
            "formsets": self.forms.formsets,
            "form_id": self.form_id or str(uuid.uuid4()),
            "seen": seen.pack(self.document) if self.document is not None else "",
            "was": seen.pack(self.was) if self.was is not None else "",
            "managers": usernames_of_managers(),
            "currencies": sorted(currency.CODES),
            **more,
        }
        return render(request, "contracts/edit.html", context, status=status)

    def with_notice(self, tone: str, title: str, text: str) -> "Editing":
        return replace(self, notice=Notice(tone=tone, title=title, text=text))

    def not_saved(self, error: MongoError) -> "Editing":
        """The form with what was typed, saying that MongoDB did not take it."""
        if isinstance(error, OutcomeUnknown):
            return self.with_notice("warn", "It is not known whether this was saved", LOST)
        text = f"{error} Your entries are below; try again in a moment."
        return self.with_notice("bad", "Nothing was saved", text)


def not_done(button: str, error: MongoError) -> Notice:
    """What stands above a small form that MongoDB did not take; `button` is what one presses to send it again."""
    if isinstance(error, OutcomeUnknown):
        text = LOST.replace("Save", f"“{button}”")
        return Notice(tone="warn", title="It is not known whether this was done", text=text)
    return Notice(tone="bad", title="Nothing was done", text=f"{error} Try again in a moment.")


def form_id_of(data: QueryDict) -> str:
    """The id of the form that was sent, a new one where it carries none."""
    try:
        return str(uuid.UUID(data.get("form_id", "")))
    except ValueError:
        return str(uuid.uuid4())


def form_id_for(request: HttpRequest, status: int) -> str:
    """The id of the form on a page that answers with this status: as it was sent, or a new one.

    After a conflict (409) the form stands over another document, so it is another form: its save must not pass for
    one made from the first.
    """
    return form_id_of(request.POST) if request.method == "POST" and status != 409 else str(uuid.uuid4())


def what_changed(title: str, contract: Contract, lines: list[Line]) -> str:
    """The sentence that confirms a save."""
    labels = list(dict.fromkeys(line.field.label for line in lines))
    listed = ", ".join(labels[:4]) + (f" and {len(labels) - 4} more" if len(labels) > 4 else "")
    return f"{title} is saved as version {contract.version}: {listed}."
