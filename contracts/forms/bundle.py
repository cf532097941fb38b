"""The form of a contract with its tables, as one: what is typed becomes a domain value."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from contracts.domain import rules
from contracts.domain.errors import Problem
from contracts.domain.model import Contract, with_values
from contracts.forms.contract import ContractForm, name_of
from contracts.forms.rows import MOST_SHOWN, TABLES, RowFormSet, row_initials


class ContractForms:
    """The form of a contract with its three tables, as one.

    `base` is the contract that the editor saw; `shown` is what the fields start with where that differs from it.
    """

    def __init__(self, base: Contract, data: QueryDict | None = None, shown: Contract | None = None) -> None:
        self.base = base
        start = shown or base
        self.main = ContractForm(data, base=base, shown=start)
        self.tables = {
            prefix: formset(data, prefix=prefix, initial=row_initials(table, start, base))
            for prefix, (table, formset, _) in TABLES.items()
        }

    @classmethod
    def with_one_more_row(cls, base: Contract, data: QueryDict, prefix: str) -> "ContractForms":
        """What was typed, with a row added to a table and no errors shown, since nobody asked to save."""
        more = data.copy()
        name = f"{prefix}-TOTAL_FORMS"
        total = more.get(name, "")
        if prefix in TABLES and total.isdecimal():
            # Python refuses to read a number of thousands of digits, and six are more than enough.
            more[name] = str(min(int(total[:6]), MOST_SHOWN - 1) + 1)
        made = cls(base, more)
        made.main.quiet = True
        for table in made.tables.values():
            table.hush()
        return made

    @property
    def formsets(self) -> Sequence[RowFormSet]:
        return tuple(self.tables.values())

    def is_valid(self) -> bool:
        """Whether everything could be read; the rules of a contract come after."""
        return all([self.main.is_valid(), *(table.is_valid() for table in self.tables.values())])

    def contract(self) -> Contract:
        """The contract as typed; what could not be read is as in the base."""
        values = self.main.values()
        for prefix, (table, _, row) in TABLES.items():
            values[table.path] = self._rows(prefix, self.base.at(table.path), row)
        return with_values(self.base, values)

    def _rows(self, prefix: str, before: Sequence[Any], row: type[Any]) -> tuple[Any, ...]:
        rows = []
        for form in self.tables[prefix].kept:
            origin = form.cleaned_data.get("origin")
            extra = before[origin].extra if origin is not None and origin < len(before) else {}
            rows.append(row(**form.cells(), extra=extra))
        return tuple(rows)

    def add_broken_rules(self) -> None:
        """Say what the rules have against what could be read, so that one look shows all there is to fix."""
        self.add_problems(rules.problems(self.contract()))

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Put each problem beside its field; one that has an error already says nothing more."""
        for problem in problems:
            prefix = next(
                (name for name, (table, *_) in TABLES.items() if problem.path.startswith(table.path)), None
            )
            if prefix:
                self._add_to_table(prefix, problem)
            else:
                name = name_of(problem.path)
                _add(self.main, name if name in self.main.fields else None, problem.message)

    def _add_to_table(self, prefix: str, problem: Problem) -> None:
        number, _, column = problem.path.removeprefix(TABLES[prefix][0].path + ".").partition(".")
        kept = self.tables[prefix].kept
        if number.isdecimal() and int(number) < len(kept):
            _add(kept[int(number)], column, problem.message)
        elif not self.tables[prefix].non_form_errors():
            self.tables[prefix].non_form_errors().append(problem.message)


def _add(form: forms.Form, name: str | None, message: str) -> None:
    if name is None or name not in form.errors:
        form.add_error(name, message)
