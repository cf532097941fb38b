"""The small form before something that cannot be taken back: the contract's id is typed to confirm it."""

from typing import Any

from django import forms

from contracts.domain.model import Contract
from contracts.forms.kinds import QuietForm


class TypedIdForm(QuietForm):
    """A reason, and the id of the contract that this is about."""

    reason = forms.CharField(label="Reason", required=False, max_length=500, help_text="Kept in the history.")
    confirm = forms.CharField(
        error_messages={"required": "Type the contract’s id to confirm."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contract = contract
        self.fields["confirm"].label = f"Type {contract.contract_id} to confirm"
        for name in ("reason", "confirm"):
            self.fields[name].wide = True

    def clean_confirm(self) -> str:
        if self.cleaned_data["confirm"] != self.contract.contract_id:
            raise forms.ValidationError("That is not the contract’s id. Type it exactly as it stands above.")
        return self.cleaned_data["confirm"]
