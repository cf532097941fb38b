"""The small form of a view of the list that somebody keeps."""

import unicodedata

from django import forms
from django.http import QueryDict

from contracts.domain.filters import ContractFilter
from contracts.forms.filters import FilterForm
from contracts.forms.kinds import QuietForm
from contracts.shown.worklists import query_of
from users.saved import LONGEST_NAME

MOST_CHARACTERS = 10_000


class NameForm(QuietForm):
    name = forms.CharField(
        max_length=LONGEST_NAME,
        help_text="Yours alone: nobody else sees your views.",
        error_messages={"required": "Give the view a name."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_name(self) -> str:
        name = " ".join(unicodedata.normalize("NFC", self.cleaned_data["name"]).split())
        if not name.isprintable():
            raise forms.ValidationError("The name holds a character that cannot be seen. Type it anew.")
        return name


class ViewForm(NameForm):
    """`query` is the query string of the list as it is to be kept: what no list knows is left out of it."""

    query = forms.CharField(max_length=MOST_CHARACTERS, required=False, widget=forms.HiddenInput)

    def clean_query(self) -> str:
        wanted, complaints = read(self.cleaned_data["query"])
        if wanted is None:
            raise forms.ValidationError(complaints)
        return query_of(wanted)


def read(query: str) -> tuple[ContractFilter | None, list[str]]:
    """The filter that a query string asks for; None with complaints where no list can show it."""
    form = FilterForm(QueryDict(query))
    return (form.to_filter(""), []) if form.is_valid() else (None, form.complaints())
