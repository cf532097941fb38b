"""The one place where a contract's document becomes a value and back.

Reading is tolerant: other services write what they like, so a value of another kind is understood where that is
safe, and reported as an oddity either way. Writing is exact.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bson import Decimal128

from contracts.domain import fields
from contracts.domain.fields import Field
from contracts.domain.model import (
    AddOn,
    BillingContact,
    Contract,
    Oddity,
    Pricing,
    PrimaryContact,
    SlaTerms,
    UsageLimits,
    ValueTier,
    VolumeTier,
)
from mongo.expressions import midnight

Document = Mapping[str, Any]

# Whole numbers of MongoDB lie below this. Decimals are compared with it as they are: abs() fails for the largest.
LARGEST = 2**63
_PARTS = {
    "usage_based_pricing": Pricing,
    "usage_limits": UsageLimits,
    "primary_contact": PrimaryContact,
    "billing_contact": BillingContact,
    "sla_terms": SlaTerms,
}
# Path → the group that a field lies in, if any, and its name there.
_PLACES = {field.path: tuple(field.path.rpartition(".")[::2]) for field in fields.ALL}
_ROWS = {
    fields.VOLUME_TIERS.path: VolumeTier,
    fields.VALUE_TIERS.path: ValueTier,
    fields.ADD_ONS.path: AddOn,
}
# Path of a table → its columns by name.
_COLUMNS = {path: {column.name: column for column in fields.BY_PATH[path].columns} for path in _ROWS}
_EXPECTED = {
    fields.TEXT: "text",
    fields.CHOICE: "text",
    fields.DATE: "a date",
    fields.MOMENT: "a date",
    fields.FLAG: "true or false",
    fields.WHOLE: "a whole number",
    fields.NUMBER: "a number",
    fields.DECIMAL: "a decimal number",
    fields.LINES: "a list of texts",
    fields.ROWS: "a list of rows",
}


class _Unreadable(ValueError):
    """The value is of a kind that its field cannot be read from."""


class _Odd(Exception):
    """The value can be read, though it is not of the kind its field holds."""

    def __init__(self, value: Any, *, is_understood: bool = True) -> None:
        self.value = value
        self.is_understood = is_understood


def from_document(document: Document, only: Sequence[Field] = fields.ALL) -> Contract:
    """The contract of a document, with an oddity for each value of another kind; never raises for its content.

    `only` names the fields to read where a page needs few of them.
    """
    oddities: list[Oddity] = []
    top: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {}
    for field in only:
        part, name = _PLACES[field.path]
        raw = _group(document, part, oddities).get(name) if part else document.get(name)
        value = None if raw is None else _read(field, field.path, raw, oddities)
        if value is not None:
            (parts.setdefault(part, {}) if part else top)[name] = value
    built = {name: _PARTS[name](**values) for name, values in parts.items()}
    return Contract(**top, **built, oddities=tuple(dict.fromkeys(oddities)))


def _group(document: Document, name: str, oddities: list[Oddity]) -> Document:
    found = document.get(name)
    if found is None or isinstance(found, Mapping):
        return found or {}
    oddities.append(Oddity(name, describe(found), "a group of fields"))
    return {}


def _read(field: Field, path: str, raw: Any, oddities: list[Oddity]) -> Any:
    if field.kind == fields.ROWS:
        return _read_rows(field, path, raw, oddities)
    try:
        return _READERS[field.kind](raw)
    except _Odd as odd:
        oddities.append(Oddity(path, describe(raw), _EXPECTED[field.kind], odd.is_understood))
        return odd.value
    except _Unreadable:
        oddities.append(Oddity(path, describe(raw), _EXPECTED[field.kind]))
        return None


def _read_rows(table: Field, path: str, raw: Any, oddities: list[Oddity]) -> tuple[Any, ...]:
    if not isinstance(raw, Sequence) or isinstance(raw, str | bytes):
        oddities.append(Oddity(path, describe(raw), _EXPECTED[fields.ROWS]))
        return ()
    rows = []
    for number, item in enumerate(raw):
        if not isinstance(item, Mapping):
            oddities.append(Oddity(f"{path}.{number}", describe(item), "a row"))
            continue
        rows.append(_read_row(table, f"{path}.{number}", item, oddities))
    return tuple(rows)


def _read_row(table: Field, path: str, item: Document, oddities: list[Oddity]) -> Any:
    known = _COLUMNS[table.path]
    cells = {
        name: _read(column, f"{path}.{name}", item[name], oddities)
        for name, column in known.items()
        if item.get(name) is not None
    }
    extra = {name: value for name, value in item.items() if name not in known}
    present = {name: value for name, value in cells.items() if value is not None}
    return _ROWS[table.path](**present, extra=extra)


def _text(raw: Any) -> str:
    # BSON's Code is a text to isinstance(), but MongoDB does not find it as one, and it cannot be hashed.
    if type(raw) is str:
        return raw
    if isinstance(raw, Mapping | list):
        raise _Unreadable
    raise _Odd(str(raw))


def _date(raw: Any) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, str):
        raise _Odd(_parsed(raw).date())
    raise _Unreadable


def _moment(raw: Any) -> datetime:
    if isinstance(raw, datetime):
        return raw
    if isinstance(raw, str):
        raise _Odd(_parsed(raw))
    raise _Unreadable


def _parsed(raw: str) -> datetime:
    try:
        moment = datetime.fromisoformat(raw.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise _Unreadable from None


def _flag(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int) and raw in (0, 1):
        raise _Odd(bool(raw))
    if isinstance(raw, str) and raw.strip().lower() in ("true", "false"):
        raise _Odd(raw.strip().lower() == "true")
    raise _Unreadable


def _decimal(raw: Any) -> Decimal:
    if isinstance(raw, Decimal) and raw.is_finite():
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Decimal(raw)
    if isinstance(raw, float | str):
        raise _Odd(_finite(str(raw)))
    raise _Unreadable


def _finite(text: str) -> Decimal:
    """The number that a text tells, if MongoDB can hold it: the history keeps what was there before a change."""
    try:
        number = Decimal128(text.strip()).to_decimal()
    except ArithmeticError:
        raise _Unreadable from None
    if not number.is_finite():
        raise _Unreadable
    return number


def _number(raw: Any) -> int | Decimal:
    """Seconds may be whole or not; other services write them as a double, which is no oddity here."""
    if isinstance(raw, str):
        raise _Odd(_plain(_finite(raw)))
    return _plain(_finite(str(raw)) if isinstance(raw, float) else _decimal(raw))


def _plain(number: Decimal) -> int | Decimal:
    return int(number) if -LARGEST < number < LARGEST and number == number.to_integral_value() else number


def _whole(raw: Any) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return int(raw)
    if isinstance(raw, float | str | Decimal):
        number = _finite(str(raw))
        if number == number.to_integral_value() and -LARGEST < number < LARGEST:
            raise _Odd(int(number))
    raise _Unreadable


def _lines(raw: Any) -> tuple[str, ...]:
    if isinstance(raw, str):
        raise _Odd((str(raw),))
    if not isinstance(raw, list | tuple):
        raise _Unreadable
    lines = tuple(item if type(item) is str else describe(item) for item in raw)
    if all(type(item) is str for item in raw):
        return lines
    raise _Odd(lines, is_understood=False)


_READERS: dict[str, Callable[[Any], Any]] = {
    fields.TEXT: _text,
    fields.CHOICE: _text,
    fields.DATE: _date,
    fields.MOMENT: _moment,
    fields.FLAG: _flag,
    fields.WHOLE: _whole,
    fields.NUMBER: _number,
    fields.DECIMAL: _decimal,
    fields.LINES: _lines,
}


def describe(raw: Any) -> str:
    """A stored value in a few words, for people: what it says and which kind it is."""
    kinds = {str: "text", bool: "true or false", float: "double", int: "whole number", Decimal: "decimal"}
    kind = kinds.get(type(raw), type(raw).__name__)
    shown = str(raw)
    return f"“{shown[:80]}{'…' if len(shown) > 80 else ''}” ({kind})"


def flat(contract: Contract) -> dict[str, Any]:
    """The compared fields by path, each as the document holds it: the state that diffs and merges work on."""
    return {field.path: _write(field, contract.at(field.path)) for field in fields.COMPARED}


def to_document(contract: Contract) -> dict[str, Any]:
    """The whole contract in normal form, as a new one is stored."""
    document: dict[str, Any] = {}
    for field in fields.ALL:
        part, name = _PLACES[field.path]
        target = document.setdefault(part, {}) if part else document
        target[name] = _write(field, contract.at(field.path))
    return document


def _write(field: Field, value: Any) -> Any:
    if field.kind == fields.DATE and value is not None:
        return midnight(value)
    if field.kind == fields.DECIMAL and value is not None and value == 0:
        return value.copy_abs()
    if field.kind == fields.LINES:
        return list(value)
    if field.kind == fields.ROWS:
        return [_write_row(field, row) for row in value]
    return value


def _write_row(table: Field, row: Any) -> dict[str, Any]:
    known = {name: getattr(row, name) for name in _COLUMNS[table.path]}
    return {**known, **row.extra}


def from_flat(contract: Contract, values: Mapping[str, Any]) -> Contract:
    """The contract with some compared fields replaced by what `flat` gives for them."""
    document = to_document(contract)
    for path, value in values.items():
        part, _, name = path.rpartition(".")
        (document[part] if part else document)[name] = value
    return from_document(document)
