"""The small form of a step in a contract's life."""

from collections.abc import Iterable
from typing import Any

from django import forms

from contracts.domain import fields
from contracts.domain.errors import Problem
from contracts.domain.model import Contract
from contracts.forms.kinds import QuietForm, form_field
from contracts.shown.steps import Step

FIELD_OF = {"end_date": "last_day", "reason": "reason"}


class StepForm(QuietForm):
    """Last day, reason and the typed id, as far as the step asks for them."""

    last_day = form_field(fields.BY_PATH["end_date"], help_text="Inclusive, in UTC.", required=True)
    reason = forms.CharField(label="Reason", required=False, max_length=500, help_text="Kept in the history.")
    confirm = forms.CharField(
        error_messages={"required": "Type the contract’s id to confirm."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, step: Step, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, initial={"last_day": contract.end_date}, **kwargs)
        self.contract = contract
        for name in set(self.fields) - set(step.asks):
            del self.fields[name]
        if step.is_danger:
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = "Say why the contract is cancelled."
        for name in {"reason", "confirm"} & set(self.fields):
            self.fields[name].wide = True
        if "confirm" in self.fields:
            self.fields["confirm"].label = f"Type {contract.contract_id} to confirm"

    def clean_confirm(self) -> str:
        if self.cleaned_data["confirm"] != self.contract.contract_id:
            raise forms.ValidationError("That is not the contract’s id. Type it exactly as it stands above.")
        return self.cleaned_data["confirm"]

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Put each problem beside its field, and what is about no field of this form above it, with its name."""
        for problem in problems:
            name = FIELD_OF.get(problem.path)
            if name in self.fields:
                self.add_error(name, problem.message)
            else:
                self.add_error(None, f"{fields.label_of(problem.path)}: {problem.message}")
