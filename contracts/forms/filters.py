"""The form of the list's query string."""

from django import forms

from contracts.domain import currency
from contracts.domain.filters import SORTS, ContractFilter
from contracts.domain.model import STATUSES, TYPES
from contracts.forms.kinds import STATUS_LABELS, TYPE_LABELS, choices


class FilterForm(forms.Form):
    """The query string of the list of contracts."""

    q = forms.CharField(max_length=200, required=False, label="Search")
    status = forms.ChoiceField(choices=choices(STATUSES, STATUS_LABELS), required=False)
    contract_type = forms.ChoiceField(choices=choices(TYPES, TYPE_LABELS), required=False)
    account_manager = forms.CharField(max_length=150, required=False)
    tag = forms.CharField(max_length=100, required=False)
    # Asked for when needed: a form copies its fields' choices every time it is made.
    currency = forms.ChoiceField(choices=lambda: [(code, code) for code in currency.CODES], required=False)
    ends = forms.IntegerField(min_value=0, max_value=3_650, required=False, label="Ends within days")
    notice = forms.IntegerField(min_value=0, max_value=3_650, required=False, label="Notice within days")
    sort = forms.ChoiceField(choices=[(s + k, k) for k in SORTS for s in ("", "-")], required=False)

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
            sort=given["sort"] or "name",
            page=int(page) if page.isdecimal() and len(page) < 7 else 1,
        )

    def complaints(self) -> list[str]:
        """What is wrong with the address, a sentence for each parameter."""
        return [f"{self[name].label}: {' '.join(errors)}" for name, errors in self.errors.items()]
