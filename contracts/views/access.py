"""Absent or present, decided once: a view gets the contract or the request ends."""

from typing import Any

from django.http import Http404

from contracts import repository
from contracts.domain.errors import ContractNotFound


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
