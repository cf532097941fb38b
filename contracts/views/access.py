"""Absent or present, decided once: a view gets the contract or the request ends."""

import uuid
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404, HttpRequest

from contracts import repository
from contracts.bulk import repository as runs
from contracts.bulk.model import Run
from contracts.bulk.repository import RunNotFound
from contracts.domain.errors import ContractNotFound
from contracts.uploads import repository as uploads
from contracts.uploads.model import Import
from contracts.uploads.repository import ImportNotFound
from users.access import can

NO_IMPORT = (
    "There is no such import. They are kept for a day after their last step, for a week where rows are still to "
    "be written."
)
NO_RUN = (
    "There is no such bulk change. They are kept for 30 days, those that nobody began to carry out for a week "
    "after their last step."
)


def document_or_404(key: str) -> dict[str, Any]:
    """The live document that an address stands for."""
    try:
        return repository.document(key)
    except ContractNotFound as missing:
        raise Http404(str(missing)) from None


def changeable_or_404(key: str) -> dict[str, Any]:
    """The live document, if it can be changed here: one without a usable id of its own can only be read."""
    document = document_or_404(key)
    if document.get("contract_id") != key:
        raise Http404("This contract has no usable id, so it can be read but not changed.")
    return document


def import_or_404(request: HttpRequest, import_id: uuid.UUID) -> Import:
    """The import that an address stands for; nobody sees that of somebody else."""
    try:
        return uploads.find(str(import_id), request.user.pk)
    except ImportNotFound:
        raise Http404(NO_IMPORT) from None


def run_or_404(request: HttpRequest, run_id: uuid.UUID) -> Run:
    """The bulk change that an address stands for; besides its owner, administrators see it."""
    return _run_or_404(run_id, None if sees_all_runs(request.user) else request.user.pk)


def own_run_or_404(request: HttpRequest, run_id: uuid.UUID) -> Run:
    """A bulk change of one's own: nobody goes on with that of somebody else."""
    return _run_or_404(run_id, request.user.pk)


def sees_all_runs(user: AbstractBaseUser) -> bool:
    """Whether bulk changes of others may be looked at: by those who may read in the audit trail what they did."""
    return can(user, "audit.see")


def _run_or_404(run_id: uuid.UUID, user: int | None) -> Run:
    try:
        return runs.find(str(run_id), user)
    except RunNotFound:
        raise Http404(NO_RUN) from None
