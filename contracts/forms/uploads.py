"""The forms of an import: the file with what it may do, and what the columns of a table mean."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from contracts.domain import fields
from contracts.files.formats import READERS
from contracts.forms.kinds import QuietForm
from contracts.uploads import mapping
from contracts.uploads.model import MOST_BYTES, MOST_ROWS, Import

MODES = (
    ("new", "Add new contracts only"),
    ("update", "Also change contracts that are still at the version the file names"),
    ("overwrite", "Also change contracts whatever their version"),
)
GROUPS = (
    ("Which contract", fields.IDENTITY),
    ("Parties", fields.PARTIES),
    ("Term", (*fields.TERM, *fields.DERIVED)),
    ("Price", fields.PRICE),
    ("Limits", fields.LIMITS),
    ("Service level", fields.SERVICE_LEVEL),
    ("Notes", fields.NOTES),
    ("Record", fields.BOOKKEEPING),
)
CHOICES = [
    ("", "Leave out"),
    *((label, [(field.path, f"{field.label} · {field.path}") for field in group]) for label, group in GROUPS),
]


class UploadForm(QuietForm):
    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        help_text=f"CSV or NDJSON, plain or Extended JSON: at most {MOST_BYTES >> 20} MB and {MOST_ROWS:,} rows.",
        error_messages={"required": "Choose a file.", "invalid": "Choose a file."},
        widget=forms.FileInput(attrs={"accept": ",".join(READERS)}),
    )
    mode = forms.ChoiceField(
        label="What the file may do",
        choices=MODES,
        initial="new",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the file may do."},
    )


class ModeForm(QuietForm):
    mode = forms.ChoiceField(label="What the file may do", choices=MODES)


class CancelForm(QuietForm):
    """What a file that cancels contracts needs besides: that it is meant, and why."""

    confirm = forms.BooleanField()
    reason = forms.CharField(
        max_length=400,
        help_text="Kept in the history of each contract that is cancelled.",
        error_messages={"required": "Say why the contracts are cancelled."},
    )

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what = "this contract" if number == 1 else f"these {number:,} contracts"
        told = "the contract" if number == 1 else f"{number:,} contracts"
        self.fields["confirm"].label = f"Cancel {what}"
        self.fields["confirm"].error_messages["required"] = f"Tick this to cancel {told}."


class ColumnsForm(QuietForm):
    """One choice for each column: `column_0` and so on.

    `columns` holds the path that is chosen for each, "" where it is left out.
    """

    def __init__(self, upload: Import, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.columns = upload.columns
        self.upload = upload
        for at, (heading, path) in enumerate(zip(upload.file.header, upload.columns, strict=True)):
            label = heading or f"Column {at + 1}, without a heading"
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=label, choices=CHOICES, initial=path, required=False
            )

    def clean(self) -> dict[str, Any]:
        # A field with an error is not in cleaned_data any more, and is chosen all the same.
        self.columns = chosen = tuple(self.cleaned_data.get(name, "") for name in self.fields)
        for at in mapping.doubled(chosen):
            self.add_error(f"column_{at}", mapping.TWICE)
        if not self.errors and not mapping.names_contracts(chosen):
            self.add_error(None, mapping.NOTHING_NAMED)
        return self.cleaned_data

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Each column's choice with its samples, for the page."""
        for field, samples in zip(self, self.upload.file.samples, strict=True):
            yield {"field": field, "samples": samples}
