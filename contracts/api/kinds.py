"""The kinds of a contract's fields as they stand in JSON: what is taken, and how OpenAPI describes it."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from contracts.domain.fields import CHOICE, DATE, DECIMAL, FLAG, LINES, MOMENT, NUMBER, TEXT, WHOLE, Field
from contracts.domain.model import STATUSES, TYPES
from contracts.domain.rules import MOST_COUNT, MOST_LINES, WITHIN
from users.api import LONGEST_NUMBER, MOMENT_TEXT, is_decimal

Schema = dict[str, Any]

CHOICES = {"contract_type": TYPES, "status": STATUSES}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Below zero there is no price and no limit; who sends one anyway is told so by the rules.
DECIMAL_TEXT: Schema = {
    "type": "string",
    "pattern": r"^[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$",
    "maxLength": LONGEST_NUMBER,
    "examples": ["299.00"],
}
# NUL is the one character that cannot be kept.
STORABLE: Schema = {"type": "string", "pattern": r"^[^\u0000]*$"}
DAY: Schema = {"type": "string", "format": "date", "examples": ["2026-12-31"]}


def described(field: Field) -> Schema:
    """The JSON Schema of a field that holds one value or a list of texts."""
    if field.path in CHOICES:
        return {"type": "string", "enum": list(CHOICES[field.path])}
    if field.kind == LINES:
        items = {**STORABLE, "maxLength": field.limit}
        return {"type": "array", "items": items, "maxItems": MOST_LINES, "uniqueItems": True}
    if field.kind in (TEXT, CHOICE):
        return {**STORABLE, "maxLength": field.limit}
    if field.is_number:
        return _number(field)
    return dict(_DESCRIBED[field.kind])


_DESCRIBED: Mapping[str, Mapping[str, Any]] = {DATE: DAY, MOMENT: MOMENT_TEXT, FLAG: {"type": "boolean"}}


def _number(field: Field) -> Schema:
    within = WITHIN.get(field.path, range(MOST_COUNT + 1))
    whole: Schema = {"type": "integer", "minimum": within[0], "maximum": within[-1]}
    if field.kind == WHOLE:
        return whole
    return {"anyOf": [whole, DECIMAL_TEXT] if field.kind == NUMBER else [DECIMAL_TEXT, whole]}


def nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def taken(field: Field, *, empty: bool) -> Any:
    """The type of a field in a request; `empty` says whether null may stand there."""
    check, schema = _checks(field), described(field)

    def checked(value: Any) -> Any:
        return value if value is None and empty else check(value)

    return Annotated[Any, PlainValidator(checked), WithJsonSchema(nullable(schema) if empty else schema)]


def _checks(field: Field) -> Callable[[Any], Any]:
    if field.path in CHOICES:
        return lambda value: _one_of(value, CHOICES[field.path])
    return _CHECKS[field.kind]


def refused(message: str) -> PydanticCustomError:
    """What is raised for a value that cannot be taken."""
    # Braces would be taken for a place to fill in.
    return PydanticCustomError("value", "{message}", {"message": message})


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise refused("Give a text.")


def _one_of(value: Any, words: tuple[str, ...]) -> str:
    if isinstance(value, str) and value in words:
        return value
    raise refused(f"Choose one of {', '.join(words)}.")


def _lines(value: Any) -> list[str]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise refused("Give a list of texts.")


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise refused("Give true or false.")


def _whole(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise refused("Give a whole number.")


def _decimal(value: Any) -> int | str:
    if isinstance(value, Decimal):
        raise refused(f'Send this number as a text, such as "{value:.40}": it is to be stored exactly.')
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and is_decimal(value):
        return value
    raise refused('Give a decimal number as a text, such as "299.00", or a whole number.')


def day(value: Any) -> str:
    """The text of a day. Raises PydanticCustomError."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            date.fromisoformat(value)
            return value
        except ValueError as error:
            raise refused(f"{value} is no day of the calendar.") from error
    raise refused("Give a day such as 2026-12-31.")


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    TEXT: _text,
    DATE: day,
    FLAG: _flag,
    WHOLE: _whole,
    DECIMAL: _decimal,
    NUMBER: _decimal,
    LINES: _lines,
}
