"""What pages show of an import: each row with what it leads to, and the whole in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from contracts import presentation
from contracts.documents import from_document
from contracts.domain import fields
from contracts.domain.diff import Change
from contracts.domain.model import is_addressable
from contracts.forms.kinds import TYPE_LABELS
from contracts.planning import CHANGED, NEW, REFUSED, UNCHANGED
from contracts.uploads.model import Import


@dataclass(frozen=True, slots=True)
class Summary:
    """What importing would do: the words on its button, "" where there is nothing to do, and what is left out."""

    button: str
    left_out: str


def row_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored row with every value that the template shows."""
    contract = from_document(row["contract"]) if row["contract"] else None
    is_live = row["outcome"] in (CHANGED, UNCHANGED) or row.get("written", False)
    key = row["contract_id"]
    return {
        "line": row["line"],
        "title": row["title"],
        "account_id": row["account_id"],
        "contract_id": key,
        "url": reverse("contracts:detail", args=[key]) if is_live and is_addressable(key) else "",
        "contract": contract,
        "plan": TYPE_LABELS.get(contract.contract_type, contract.contract_type) if contract else "",
        "lines": presentation.lines(Change(**change) for change in row["changes"]),
        "problems": [(fields.label_of(each["path"]), each["message"]) for each in row["problems"]],
        "is_late": row.get("late", False),
    }


def summary(upload: Import) -> Summary:
    """What pressing the button does, before it is pressed."""
    counts = {name: upload.counts.get(name, 0) for name in (NEW, CHANGED, UNCHANGED, REFUSED)}
    parts = []
    if counts[NEW]:
        parts.append(f"import {counts[NEW]:,} new")
    if counts[CHANGED]:
        parts.append(f"change {counts[CHANGED]:,}")
    rest = []
    if counts[REFUSED]:
        rest.append(f"{counts[REFUSED]:,} {'is' if counts[REFUSED] == 1 else 'are'} refused and left out")
    if counts[UNCHANGED]:
        rest.append(f"{counts[UNCHANGED]:,} {'is' if counts[UNCHANGED] == 1 else 'are'} unchanged")
    button = " and ".join(parts)
    return Summary(f"{button[:1].upper()}{button[1:]}", "; ".join(rest))
