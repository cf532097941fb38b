"""What a list asks for, in words."""

from contracts.domain.filters import ContractFilter
from contracts.domain.limits import FULL, NEAR
from contracts.forms.kinds import STATUS_LABELS, TYPE_LABELS

USAGES = {NEAR: f"In force, {NEAR} % of a limit and more", FULL: "In force, over a limit"}
ORDERS = {
    "name": "account",
    "status": "status",
    "type": "plan",
    "usage": "usage",
    "fee": "base fee",
    "end": "last day",
    "changed": "last change",
}


def chips(wanted: ContractFilter) -> list[tuple[str, str, str]]:
    """Parameter, value and words of each filter that is on, but the tab and the search."""
    texts = {
        "contract_type": ("Plan", TYPE_LABELS.get(wanted.contract_type, wanted.contract_type)),
        "account_manager": ("Manager", wanted.account_manager),
        "tag": ("Tag", wanted.tag),
        "currency": ("Currency", wanted.currency),
        "ends": ("Ends within", f"{wanted.ends} days"),
        "notice": ("Needs notice within", f"{wanted.notice} days"),
        "usage": ("Usage", USAGES.get(wanted.usage or 0, "").lower()),
        "expired": ("Expired in the last", f"{wanted.expired} days"),
        "drafts": ("Drafts older than", f"{wanted.drafts} days"),
        "in_force": ("In force", "active or pending renewal"),
        "overdue": ("Overdue", "in force after the last day"),
        "odd_fee": ("Base fee", "no price, in force"),
    }
    asked = ((name, value) for name, value in wanted.parameters.items() if name in texts)
    return [(name, value, f"{texts[name][0]}: {texts[name][1]}") for name, value in asked]


def in_words(wanted: ContractFilter) -> list[str]:
    """Everything that is asked for: search, tab, filters and order."""
    said = [f"Search: {wanted.q}"] if wanted.q else []
    if wanted.status:
        said.append(f"Status: {STATUS_LABELS.get(wanted.status, wanted.status)}")
    order, is_turned = ORDERS[wanted.sort.lstrip("-")], wanted.sort.startswith("-")
    said += [words for _, _, words in chips(wanted)]
    return [*said, f"By {order}, {'descending' if is_turned else 'ascending'}"]
