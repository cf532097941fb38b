"""An import's beginning: the file is chosen and sent, and where its header is not clear, its columns explained."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from contracts.forms.uploads import ColumnsForm, UploadForm
from contracts.uploads import mapping, repository, running
from contracts.uploads.arriving import FileRefused, FileTooLarge
from contracts.uploads.model import COLUMNS, MOST_BYTES, Import
from contracts.uploads.repository import ImportNotFound
from contracts.uploads.running import TooManyImports
from contracts.views.access import import_or_404
from mongo.errors import MongoError, MongoNotConfigured
from mongo.middleware import within
from users import kept
from users.access import requires
from users.notices import Notice

BACK = Notice(tone="info", title="Your choices are back", text="Nothing is compared by them yet.")
# The largest file, stored in pieces on a slow connection.
UPLOAD_SECONDS = 25.0
AGAIN = Notice(
    tone="info",
    title="Choose the file again",
    text="Your session had ended before the file arrived, so nothing was imported. What you chose besides is kept.",
)


@kept.keepable
@within(UPLOAD_SECONDS)
@require_http_methods(["GET", "HEAD", "POST"])
@requires("contracts.change")
def upload(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _sent(request)
    if not settings.MONGODB_URI:
        raise MongoNotConfigured
    entries = kept.take(request)
    form = UploadForm(initial=entries.dict() if entries else None)
    return _page(request, form, repository.of_user(request.user.pk), notice=AGAIN if entries else None)


def _sent(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if "file" not in request.FILES and int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        form.fields["file"].error_messages["required"] = str(FileTooLarge())
    if form.is_valid():
        file, mode = form.cleaned_data["file"], form.cleaned_data["mode"]
        try:
            return _on(running.receive(file.name, file.size, file, user=request.user.pk, mode=mode))
        except (FileRefused, TooManyImports) as error:
            form.add_error("file", str(error))
        except MongoError as error:
            text = f"{error} Choose the file again, and send it in a moment."
            return _page(request, form, [], 503, Notice(tone="bad", title="The file was not kept", text=text))
    return _page(request, form, repository.of_user(request.user.pk), 422)


def _on(found: Import) -> HttpResponse:
    step = "contracts:import-columns" if found.state == COLUMNS else "contracts:import-show"
    return redirect(step, found.import_id)


def _page(
    request: HttpRequest, form: UploadForm, imports: list[Import], status: int = 200, notice: Notice | None = None
) -> HttpResponse:
    full = str(TooManyImports()) if len(imports) >= repository.MOST_KEPT else ""
    context = {"form": form, "forms": [form], "imports": imports, "notice": notice, "full": full}
    return render(request, "contracts/import/upload.html", context, status=status)


@kept.keepable
@require_http_methods(["GET", "HEAD", "POST"])
@requires("contracts.change")
def columns(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """What each column means: asked of whoever uploads a table that is not headed by paths, and open to others."""
    found = import_or_404(request, import_id)
    if not found.can_be_checked or not found.file.header:
        return redirect("contracts:import-show", import_id)
    if request.method != "POST":
        entries = kept.take(request)
        form = ColumnsForm(found, entries)
        form.full_clean()
        return _columns_page(request, found, form, notice=BACK if entries else None)
    form = ColumnsForm(found, request.POST)
    if not form.is_valid():
        return _columns_page(request, found, form, 422)
    try:
        running.check_again(found, columns=form.columns, mode=found.mode)
    except MongoError as error:
        form.add_error(None, f"{error} Your choices are below; try again in a moment.")
        return _columns_page(request, found, form, 503)
    return redirect("contracts:import-show", import_id)


def _columns_page(
    request: HttpRequest, found: Import, form: ColumnsForm, status: int = 200, notice: Notice | None = None
) -> HttpResponse:
    missing = mapping.missing(form.columns)
    context = {"upload": found, "form": form, "forms": [form], "missing": missing, "notice": notice}
    return render(request, "contracts/import/columns.html", context, status=status)


@require_POST
@requires("contracts.change")
def discard(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    found = import_or_404(request, import_id)
    try:
        running.discard(found.import_id, request.user.pk)
    except ImportNotFound:
        messages.info(request, "This import is being written. Stop it before you discard it.")
        return redirect("contracts:import-show", import_id)
    stays = "What was imported stays." if found.imported or found.stopped else "Nothing of it was written."
    messages.success(request, f"The import of {found.file.name} is discarded. {stays}")
    return redirect("contracts:import")
