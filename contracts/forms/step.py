"""The small form of a step in a contract's life."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from contracts.domain import fields, lifecycle
from contracts.domain.errors import Problem
from contracts.domain.model import Contract
from contracts.forms.kinds import form_field
from contracts.forms.typed import TypedIdForm
from contracts.shown.steps import Step

FIELD_OF = {"end_date": "last_day", "reason": "reason"}
OPEN_END = "Inclusive, in UTC. Leave it empty to keep the end open."
OVER = "The day on which it ended: inclusive, in UTC, today at the latest."


class StepForm(TypedIdForm):
    """Last day, reason and the typed id, as far as the step asks for them."""

    last_day = form_field(fields.BY_PATH["end_date"], help_text="Inclusive, in UTC.", required=True)
    field_order = ("last_day", "reason", "confirm")

    def __init__(self, *args: Any, step: Step, contract: Contract, today: date, **kwargs: Any) -> None:
        end = contract.end_date
        if step.to == lifecycle.EXPIRE and (end is None or end > today):
            end = today
        super().__init__(*args, contract=contract, initial={"last_day": end}, **kwargs)
        last_day = self.fields["last_day"]
        if step.is_danger:
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = "Say why the contract is cancelled."
        elif step.to == lifecycle.EXPIRE:
            last_day.help_text = OVER
            last_day.widget.attrs["max"] = today.isoformat()
        elif contract.end_date is None and contract.status != lifecycle.EXPIRE:
            last_day.required = False
            last_day.help_text = OPEN_END
        for name in set(self.fields) - set(step.asks):
            del self.fields[name]

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Put each problem beside its field, and what is about no field of this form above it, with its name."""
        for problem in problems:
            name = FIELD_OF.get(problem.path)
            if name in self.fields:
                self.add_error(name, problem.message)
            else:
                self.add_error(None, f"{fields.label_of(problem.path)}: {problem.message}")
