"""What a request says of a contract, read as a row of a file is, and what it may not say."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from contracts.api.documents import Document, shown
from contracts.api.kinds import CHOICES
from contracts.api.models import READ_ONLY
from contracts.documents import from_document
from contracts.domain import fields, plans
from contracts.domain.errors import ContractInvalid, Problem
from contracts.domain.fields import Field
from contracts.domain.model import Contract, with_values
from contracts.files.rows import Row, row_of
from mongo.extended import encoded

Sent = Mapping[str, Any]
Rows = list[dict[str, Any]]

GROUPS = frozenset(path.partition(".")[0] for path in fields.BY_PATH if "." in path)
FIXED = "This cannot be set here. Leave it out, or send what is stored."
# Where there is more to say than that.
FIXED_BY = {
    "status": "A transition changes the status: POST …/transitions. Leave it out, or send what is stored.",
    "renewal_date": "This follows from the last day. Leave it out, or send what is stored.",
}


def new_contract(sent: Sent, *, today: date) -> Contract:
    """The contract that a request describes, from a template where it names one. Raises ContractInvalid."""
    template = sent.get("template")
    row = _row({name: value for name, value in sent.items() if name != "template"})
    start = plans.start_from(template, start=today) if template else Contract()
    return with_values(start, {path: row.contract.at(path) for path in row.given})


def changed_contract(sent: Sent, document: Document) -> Contract:
    """The contract as a merge patch leaves it. Raises ContractInvalid.

    What cannot be changed may stand in it as it is stored, so that a whole answer can be sent back.
    """
    before, live = from_document(document), shown(document)
    fixed = {name for name in sent if name in READ_ONLY or (name not in fields.BY_PATH and name not in GROUPS)}
    problems = [
        Problem(name, FIXED_BY.get(name, FIXED)) for name in sent if name in fixed and sent[name] != live[name]
    ]
    for name, words in CHOICES.items():
        if name in sent and name not in fixed and sent[name] not in (*words, live[name]):
            problems.append(Problem(name, f"Choose one of {', '.join(words)}."))
    row = _row({name: value for name, value in sent.items() if name not in fixed}, before, problems)
    return with_values(before, {path: row.contract.at(path) for path in row.given})


def _row(sent: Sent, before: Contract | None = None, problems: list[Problem] | None = None) -> Row:
    found, refused = dict(_leaves(sent)), list(problems or ())
    for table in fields.TABLES:
        if before and found.get(table.path):
            found[table.path] = _with_extra(table, found[table.path], before, refused)
    row = row_of(1, found, problems=tuple(refused))
    if row.problems:
        raise ContractInvalid(row.problems)
    return row


def _leaves(sent: Sent) -> Iterator[tuple[str, Any]]:
    """Path and value of each field; a group that is null empties its fields."""
    for name, value in sent.items():
        if name not in GROUPS:
            yield name, value
        elif value is None:
            yield from ((path, None) for path in fields.BY_PATH if path.startswith(f"{name}."))
        else:
            yield from ((f"{name}.{inner}", item) for inner, item in value.items())


def _with_extra(table: Field, rows: Rows, before: Contract, problems: list[Problem]) -> Rows:
    """The rows with what another service keeps in them, as it is stored; names nobody put there are problems."""
    columns = {column.name for column in table.columns}
    kept: dict[str, list[tuple[Any, Any]]] = {}
    for stored in before.at(table.path):
        for name, value in stored.extra.items():
            kept.setdefault(name, []).append((encoded(value), value))
    found = []
    for number, row in enumerate(rows):
        known = {name: value for name, value in row.items() if name in columns}
        for name in (own for own in row if own not in columns):
            same = [value for shown_as, value in kept.get(name, ()) if shown_as == row[name]]
            if same:
                known[name] = same[0]
            else:
                problems.append(Problem(f"{table.path}.{number}.{name}", "There is no such field."))
        found.append(known)
    return found
