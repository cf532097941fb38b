"""Editing a contract: look, type, review, save; and what happens when somebody else was faster."""

import uuid
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from contracts import presentation, previewing, seen, services
from contracts.documents import from_document
from contracts.domain.errors import ContractChanged, ContractInvalid, ContractNotFound
from contracts.domain.model import Contract, with_values
from contracts.forms.bundle import ContractForms
from contracts.presentation import Conflict
from contracts.seen import SeenUnreadable, seen_of
from contracts.views.access import changeable_or_404
from contracts.views.editing import Editing, form_id_of, what_changed
from mongo.errors import MongoError
from users import kept
from users.access import requires
from users.actor import actor_of


@kept.keepable
@require_http_methods(["GET", "HEAD", "POST"])
@requires("contracts.change")
def edit(request: HttpRequest, contract_id: str) -> HttpResponse:
    if request.method == "POST":
        return _sent(request, contract_id)
    entries = kept.take(request)
    if entries is not None:
        return _restored(request, contract_id, entries)
    document = changeable_or_404(contract_id)
    return Editing(forms=ContractForms(from_document(document)), document=document).answer(request)


def _restored(request: HttpRequest, contract_id: str, entries: QueryDict) -> HttpResponse:
    """What was typed before the session ended, as it was; nothing of it is saved yet."""
    editing = _opened(contract_id, entries)
    editing = replace(editing, conflict=_undecided(entries, editing))
    return editing.with_notice(
        "info", "Your entries are back", "Nothing is saved yet. Look them through, then save."
    ).answer(request)


def _opened(contract_id: str, data: QueryDict) -> Editing:
    """The form as it was sent, over the document that its editor saw, else over the live one."""
    try:
        document = seen.unpack(data.get("seen", ""))
    except SeenUnreadable:
        live = changeable_or_404(contract_id)
        return Editing(
            forms=ContractForms(from_document(live), data), document=live, form_id=form_id_of(data), dirty=True
        ).with_notice(
            "warn",
            "Compare before you save",
            "What this form was made from cannot be read any more. Your entries are below, over the contract as it "
            "is now.",
        )
    try:
        was = seen.unpack(data.get("was", ""))
    except SeenUnreadable:
        was = None
    forms = ContractForms(from_document(document), data)
    return Editing(forms=forms, document=document, was=was, form_id=form_id_of(data), dirty=True)


def _sent(request: HttpRequest, contract_id: str) -> HttpResponse:
    editing = _opened(contract_id, request.POST)
    if editing.notice:
        return editing.answer(request, 409)
    editing = replace(editing, conflict=_undecided(request.POST, editing))
    if "add" in request.POST:
        more = ContractForms.with_one_more_row(editing.forms.base, request.POST, request.POST["add"])
        return replace(editing, forms=more).answer(request)
    if not editing.forms.is_valid():
        editing.forms.add_broken_rules()
        return editing.answer(request, 422)
    open_clashes = [path for path in request.POST.getlist("clash") if f"take:{path}" not in request.POST]
    if open_clashes:
        editing.forms.main.add_error(None, "Decide for each field below whether theirs or yours is to stand.")
        return editing.answer(request, 422)
    wanted = _decided(request, editing)
    if request.POST.get("action") == "review":
        return _reviewed(request, editing, wanted)
    return _saved(request, contract_id, editing, wanted)


def _decided(request: HttpRequest, editing: Editing) -> Contract:
    """The contract as typed, with theirs where the editor chose it."""
    base = editing.forms.base
    theirs = [path for path in request.POST.getlist("clash") if request.POST.get(f"take:{path}") == "theirs"]
    known = {row.field.path for row in presentation.clash_rows(theirs, base, base, base)}
    return with_values(editing.forms.contract(), {path: base.at(path) for path in known})


def _undecided(data: QueryDict, editing: Editing) -> Conflict | None:
    """The conflict that the form is in the middle of, if it is in one."""
    paths = data.getlist("clash")
    if editing.was is None or not paths:
        return None
    base = editing.forms.base
    editing.forms.is_valid()  # reads what can be read of the form
    rows = presentation.clash_rows(paths, from_document(editing.was), base, editing.forms.contract())
    decided = [replace(row, decided=data.get(row.name, "")) for row in rows]
    return Conflict(base.last_modified_by, base.updated_at, decided, [])


def _reviewed(request: HttpRequest, editing: Editing, wanted: Contract) -> HttpResponse:
    try:
        outcome = previewing.preview(editing.forms.base, wanted, reason=editing.forms.main.cleaned_data["reason"])
    except ContractInvalid as refusal:
        editing.forms.add_problems(refusal.problems)
        return editing.answer(request, 422)
    if editing.conflict:
        # The decisions are taken, so the form goes on with what they led to.
        forms = _filled(editing, editing.forms.base, wanted)
        editing = replace(editing, forms=forms, conflict=None, was=None)
    return replace(editing, review=presentation.lines(outcome.changed)).answer(request)


def _filled(editing: Editing, base: Contract, shown: Contract) -> ContractForms:
    """The form anew over a contract, with other values to start with and the reason that was typed."""
    forms = ContractForms(base, shown=shown)
    forms.main.initial["reason"] = editing.forms.main.cleaned_data["reason"]
    return forms


def _saved(request: HttpRequest, contract_id: str, editing: Editing, wanted: Contract) -> HttpResponse:
    try:
        saved = services.update(
            wanted,
            contract_id=contract_id,
            seen=seen_of(editing.document),
            actor=actor_of(request),
            form_id=editing.form_id,
            reason=editing.forms.main.cleaned_data["reason"],
        )
    except ContractChanged as changed:
        return _conflicting(request, editing, wanted, changed)
    except ContractInvalid as refusal:
        editing.forms.add_problems(refusal.problems)
        return editing.answer(request, 422)
    except ContractNotFound:
        return editing.with_notice(
            "bad",
            "The contract is gone",
            "Somebody deleted it while you were editing, so nothing was saved. Copy what you need from below.",
        ).answer(request, 409)
    except MongoError as error:
        return editing.not_saved(error).answer(request, 503)
    if saved.changed:
        lines = presentation.lines(saved.changed)
        messages.success(request, what_changed(saved.contract.title, saved.contract, lines))
    else:
        messages.info(request, "Nothing was different, so nothing was saved.")
    return redirect("contracts:detail", contract_id)


def _conflicting(request: HttpRequest, editing: Editing, mine: Contract, changed: ContractChanged) -> HttpResponse:
    """The form again, over the live contract: their changes merged in, clashes side by side."""
    theirs = from_document(changed.live)
    conflict, merged = presentation.conflict(editing.forms.base, theirs, mine)
    page = Editing(
        forms=_filled(editing, theirs, presentation.merged(theirs, merged)),
        document=changed.live,
        was=editing.document,
        # A form over another document is another form: its save must not pass for one made from the first.
        form_id=str(uuid.uuid4()),
        conflict=conflict,
        dirty=True,
    )
    return page.answer(request, 409)
