"""Contracts as requests and answers hold them: models made from the fields, so that they never differ."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, Strict, WithJsonSchema, create_model

from contracts.api.bases import Request, RowOfAnswer, RowOfChange
from contracts.api.kinds import CHOICES, DECIMAL_TEXT, described, nullable, taken
from contracts.domain import fields
from contracts.domain.fields import DATE, DECIMAL, FLAG, MOMENT, NUMBER, ROWS, WHOLE
from contracts.domain.model import Contract as Value
from contracts.domain.plans import PLANS
from contracts.domain.rules import MOST_ROWS
from users.api import NUMBER_TEXT, Answer

BLANK = Value()
# What no request decides: bookkeeping, and what follows from the last day.
KEPT = frozenset(field.path for field in (*fields.BOOKKEEPING, *fields.DERIVED))
# What a change cannot touch besides: identity, and the status, which transitions change.
READ_ONLY = KEPT | {"contract_id", "account_id", "status"}
_UNITS = {"money": "in the contract’s currency", "percent": "in percent", "seconds": "in seconds"}

Definition = tuple[Any, Any]


def _told(field: fields.Field) -> str:
    parts = [field.label, _UNITS.get(field.unit, ""), f"null is {field.empty}" if field.empty != "–" else ""]
    return ", ".join(filter(None, parts)) + "."


def _is_empty_when_null(field: fields.Field) -> bool:
    """Whether null stands for no value; what has a default is left out of a request instead."""
    return field.path not in fields.BY_PATH or BLANK.at(field.path) in (None, "", (), False, 0)


def _name(path: str) -> str:
    return "".join(part.capitalize() for part in path.rpartition(".")[2].removesuffix("s").split("_"))


def _rows(table: fields.Field, base: type[BaseModel], prefix: str) -> Any:
    row: Any = create_model(
        prefix + _name(table.path), __base__=base, **{column.name: _cell(column, base) for column in table.columns}
    )
    return Annotated[list[row], Field(max_length=MOST_ROWS)] if base is not RowOfAnswer else list[row]


def _cell(column: fields.Field, base: type[BaseModel]) -> Definition:
    if base is RowOfAnswer:
        return _shown(column), Field(description=_told(column))
    return taken(column, empty=column.kind != FLAG), Field(None, description=_told(column))


def _shown(field: fields.Field) -> Any:
    """The type of a field in an answer, which may show what another service wrote, beyond all our bounds."""
    schema = {name: value for name, value in described(field).items() if name in ("type", "format", "items")}
    if field.kind in (DECIMAL, NUMBER):
        number = {**NUMBER_TEXT, "examples": DECIMAL_TEXT["examples"]}
        schema = number if field.kind == DECIMAL else {"anyOf": [{"type": "integer"}, number]}
    elif "items" in schema:
        schema = {"type": "array", "items": {"type": "string"}}
    empty = field.kind in (DATE, MOMENT, WHOLE, NUMBER, DECIMAL) and field.path != "version"
    return Annotated[Any, WithJsonSchema(nullable(schema) if empty else schema)]


def _of_answer(field: fields.Field) -> Definition:
    read_only = {"readOnly": True} if field.path in KEPT else {}
    kind = _rows(field, RowOfAnswer, "") if field.kind == ROWS else _shown(field)
    return kind, Field(description=_told(field), json_schema_extra=read_only)


def _of_new(field: fields.Field) -> Definition:
    return _asked(field, Request, "New")


def _of_change(field: fields.Field) -> Definition:
    if field.path in READ_ONLY:
        # Whatever stands there is compared with what is stored.
        kind = Annotated[Any, WithJsonSchema(nullable(described(field)))]
        return kind, Field(None, description=_told(field), json_schema_extra={"readOnly": True})
    if field.path in CHOICES:
        # It may hold what another service put there, as long as it stays.
        return Annotated[str, Strict(), WithJsonSchema(described(field))], Field(None, description=_told(field))
    return _asked(field, RowOfChange, "Changed")


def _asked(field: fields.Field, row: type[BaseModel], prefix: str) -> Definition:
    empty = _is_empty_when_null(field)
    if field.kind == ROWS:
        rows = _rows(field, row, prefix)
        return (rows | None) if empty else rows, Field(None, description=_told(field))
    return taken(field, empty=empty), Field(None, description=_told(field))


def _grouped(defined: Mapping[str, Definition], base: type[BaseModel], prefix: str) -> dict[str, Any]:
    """Definitions by name, those of a group inside a model of their own; in a request null empties a group."""
    found: dict[str, Any] = {}
    groups: dict[str, dict[str, Any]] = {}
    for path, definition in defined.items():
        group, _, name = path.rpartition(".")
        (groups.setdefault(group, {}) if group else found)[name] = definition
    for group, inner in groups.items():
        title = "".join(part.capitalize() for part in group.split("_"))
        model: Any = create_model(prefix + title, __base__=base, **inner)
        found[group] = (model, ...) if base is Answer else (model | None, None)
    return found


def _defined(of: Iterable[fields.Field], define: Any) -> dict[str, Definition]:
    return {field.path: define(field) for field in of}


class OddityShown(Answer):
    """A value that another service wrote and that is not of the kind its field holds."""

    path: str
    found: str = Field(description="What is stored, in words.")
    expected: str
    is_understood: bool = Field(description="Whether the field shows it all the same.")


Contract = create_model(
    "Contract",
    __base__=Answer,
    __doc__="A contract in normal form.",
    **_grouped(_defined(fields.ALL, _of_answer), Answer, ""),
    oddities=(
        list[OddityShown],
        Field(
            description="Values that another service wrote in another kind.", json_schema_extra={"readOnly": True}
        ),
    ),
)

NewContract = create_model(
    "NewContract",
    __base__=Request,
    __doc__="A new contract, with all its terms, or what replaces those of a template.",
    template=(
        Literal[tuple(PLANS)] | None,
        Field(None, description="The plan to start from: its fee, features and limits, from today."),
    ),
    **_grouped(
        {
            **_defined([field for field in fields.ALL if field.path not in KEPT], _of_new),
            "account_id": (taken(fields.BY_PATH["account_id"], empty=False), Field(description="The customer.")),
        },
        Request,
        "New",
    ),
)

ContractPatch = create_model(
    "ContractPatch",
    __base__=Request,
    __doc__="What is to change, as a JSON merge patch: null removes, a list replaces the whole list.",
    **_grouped(_defined(fields.ALL, _of_change), Request, "Changed"),
    oddities=(Any, Field(None, json_schema_extra={"readOnly": True})),
)
