"""The small forms of a view of a list that somebody keeps."""

import unicodedata
from typing import Any

from django import forms

from users.saved import LONGEST_NAME
from users.saved_lists import Listing

MOST_CHARACTERS = 10_000


class NameForm(forms.Form):
    name = forms.CharField(
        max_length=LONGEST_NAME,
        help_text="Yours alone: nobody else sees your views.",
        error_messages={"required": "Give the view a name."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)

    def clean_name(self) -> str:
        name = " ".join(unicodedata.normalize("NFC", self.cleaned_data["name"]).split())
        if not name.isprintable():
            raise forms.ValidationError("The name holds a character that cannot be seen. Type it anew.")
        return name


class ViewForm(NameForm):
    """`query` is the query string of the list as it is to be kept: what no list knows is left out of it."""

    query = forms.CharField(max_length=MOST_CHARACTERS, required=False, widget=forms.HiddenInput)

    def __init__(self, listing: Listing, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listing = listing

    def clean_query(self) -> str:
        reading = self.listing.read(self.cleaned_data["query"])
        if reading.complaints:
            raise forms.ValidationError(list(reading.complaints))
        return reading.query
