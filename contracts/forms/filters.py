"""The form of the list's query string."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError

from contracts.domain.filters import SORTS, ContractFilter, page_asked
from contracts.domain.limits import FULL, NEAR


class OneOf(forms.CharField):
    """One of some words, or nothing. A ChoiceField would copy all its choices for every form."""

    def __init__(self, words: Iterable[str], label: str | None = None) -> None:
        super().__init__(required=False, label=label)
        self.words = tuple(words)

    def validate(self, value: str) -> None:
        if value and value not in self.words:
            raise ValidationError(f"{value} is none of {', '.join(self.words)}.")


class FilterForm(forms.Form):
    """The query string of the list of contracts."""

    q = forms.CharField(max_length=200, required=False, label="Search")
    # Other services make up statuses, plans and currencies of their own, so any text may be asked for.
    status = forms.CharField(max_length=100, required=False)
    contract_type = forms.CharField(max_length=100, required=False)
    account_manager = forms.CharField(max_length=150, required=False)
    tag = forms.CharField(max_length=100, required=False)
    currency = forms.CharField(max_length=100, required=False)
    ends = forms.IntegerField(min_value=0, max_value=3_650, required=False, label="Ends within days")
    notice = forms.IntegerField(min_value=0, max_value=3_650, required=False, label="Notice within days")
    usage = OneOf((str(NEAR), str(FULL)))
    expired = forms.IntegerField(min_value=0, max_value=3_650, required=False, label="Expired in the last days")
    drafts = forms.IntegerField(min_value=0, max_value=3_650, required=False, label="Drafts older than days")
    in_force = OneOf(("1",), label="In force")
    overdue = OneOf(("1",))
    odd_fee = OneOf(("1",), label="Base fee that is no price")
    sort = OneOf((*SORTS, *(f"-{key}" for key in SORTS)))

    def to_filter(self, page: str) -> ContractFilter:
        """The filter of a valid form; a page that is no number is the first."""
        given = self.cleaned_data
        return ContractFilter(
            q=given["q"],
            status=given["status"],
            contract_type=given["contract_type"],
            account_manager=given["account_manager"],
            tag=given["tag"],
            currency=given["currency"],
            ends=given["ends"],
            notice=given["notice"],
            usage=int(given["usage"]) if given["usage"] else None,
            expired=given["expired"],
            drafts=given["drafts"],
            in_force=bool(given["in_force"]),
            overdue=bool(given["overdue"]),
            odd_fee=bool(given["odd_fee"]),
            sort=given["sort"] or "name",
            page=page_asked(page),
        )

    def complaints(self) -> list[str]:
        """What is wrong with the address, a sentence for each parameter."""
        return [f"{self[name].label}: {' '.join(errors)}" for name, errors in self.errors.items()]
