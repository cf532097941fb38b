"""What requests to the logs and their answers hold, as OpenAPI tells it."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema, create_model

from logs.batches import MOST
from logs.domain.entries import RULES
from logs.domain.values import LONGEST_TEXT, MOST_NAMES
from logs.kinds import LOGS, Log
from users.api import MOMENT_TEXT, Answer, Cursor, Number

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT, "pattern": r"\S"}
FREE: Schema = {"type": "object", "maxProperties": MOST_NAMES, "additionalProperties": True}
# What is no plain text.
SCHEMAS: Mapping[str, Schema] = {
    "timestamp": {**MOMENT_TEXT, "description": "When it happened, with a zone; when it is received, unless told."},
    "amount": {
        "description": "A decimal number of at most 34 digits; it may have an exponent.",
        "anyOf": [
            {"type": "string", "pattern": r"^-?[0-9]{1,16}\.[0-9]{1,18}$", "examples": ["12.30"]},
            {"type": "string", "pattern": "^-?[0-9]{1,34}$"},
            {"type": "string", "pattern": r"^-?[0-9]{1,16}(\.[0-9]{1,16})?[eE](\+?[0-9]|-[0-9]{1,3})$"},
            {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
        ],
    },
    "duration": {"type": "number", "minimum": 0, "description": "In milliseconds."},
    "metadata": FREE,
    "details": FREE,
    "input": {},
    "output": {},
    "error": {},
    "entity": {
        "type": "object",
        "required": ["type", "id"],
        "properties": {"type": TEXT, "id": TEXT},
        "additionalProperties": False,
    },
    "entryId": {
        **TEXT,
        "description": "An id of your own: an entry that has it is stored once, whenever it comes.",
    },
}


class Stored(Answer):
    """What a batch led to."""

    stored: int = Field(description="How many were not in the log before this request. Logging may be off: none.")
    ids: list[str] = Field(description="The ids of all entries in their order, also of those that were there.")


class Entries(Answer):
    """A page of entries under the names they are stored by, newest first."""

    items: list[dict[str, Any]]
    next: Cursor


Undated = Annotated[
    int | None,
    Field(
        description="Entries without a usable date, of the account or agent asked for; 10,001 for more, null where "
        "it takes too long."
    ),
]
IsCut = Annotated[
    bool, Field(description="Whether there are more groups than these, of which the largest are told.")
]


class TypeTotals(Answer):
    """Transactions of an account, type and currency, each counted once, with its latest amount."""

    userId: str
    type: str
    currency: str
    count: int
    total: Number
    average: Number | None
    odd: int = Field(description="How many have an amount that is no number; it is in no total.")


class TransactionStats(Answer):
    """Transactions that had an entry in the last days."""

    days: int
    undated: Undated
    items: list[TypeTotals]
    is_cut: IsCut


class AgentStatus(Answer):
    """Entries of an agent with a status, and how long they took."""

    agentId: str
    status: str
    count: int
    average_duration: float | None = Field(description="In milliseconds, of those that tell it.")
    odd: int = Field(description="How many have a duration that is no number.")


class AgentStats(Answer):
    """Entries of the last days by agent and status."""

    days: int
    undated: Undated
    items: list[AgentStatus]
    is_cut: IsCut


class ActionCount(Answer):
    action: str
    count: int


class AuditStats(Answer):
    """Entries of the last days by action."""

    days: int
    undated: Undated
    items: list[ActionCount]
    is_cut: IsCut


def _entry(log: str) -> Schema:
    rules = RULES[log]
    optional = {name: {"anyOf": [schema, {"type": "null"}]} for name in rules.optional if (schema := _field(name))}
    free = {name: {} for name in rules.optional if not _field(name)}
    return {
        "type": "object",
        "required": list(rules.required),
        "properties": {name: _field(name) for name in rules.required} | optional | free,
        "additionalProperties": False,
    }


def _field(name: str) -> Schema:
    return SCHEMAS.get(name, TEXT)


def _one_or_more(log: str) -> Any:
    one = _entry(log)
    return Annotated[
        Any, WithJsonSchema({"anyOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": MOST}]})
    ]


def _filters(log: Log) -> Any:
    text = Annotated[str | None, Field(max_length=LONGEST_TEXT, min_length=1)]
    return create_model(
        f"{log.name.capitalize()}Filter",
        **{f"by_{n}": (text, Field(None, alias=name)) for n, name in enumerate(log.filters)},
    )


ENTRIES: Mapping[str, Any] = {name: _one_or_more(name) for name in LOGS}
FILTERS: Mapping[str, Any] = {name: _filters(log) for name, log in LOGS.items()}
