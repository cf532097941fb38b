"""Entries of the three logs: which fields they have, under the names that all services share.

There is one set of rules a log, for entries from Python, over the API and from files alike. Where entries come from
decides how a value may be written, which whoever reads them turns into the values that are judged here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from logs.domain.values import (
    NotAnEntry,
    anything,
    bounded,
    check_name,
    entity,
    in_milliseconds,
    mapping,
    milliseconds,
    moment,
    money,
    row_id,
    text,
)

Document = dict[str, Any]
# Gives a value as it is stored. Raises NotAnEntry.
Check = Callable[[Any], object]
# Gives the value that is judged for what a field was told to be. Raises NotAnEntry.
Read = Callable[[str, Any], Any]

MISSING = "This is missing."
UNKNOWN = "There is no such field."


@dataclass(frozen=True, slots=True)
class Rules:
    """What an entry of a log must have and may have: fields and how each is checked; it may keep others."""

    required: Mapping[str, Check]
    optional: Mapping[str, Check]
    keeps_others: bool = False

    def check_of(self, name: str) -> Check:
        """How a field is checked. Raises NotAnEntry for one that there cannot be."""
        check = self.required.get(name) or self.optional.get(name)
        if check is not None:
            return check
        if not self.keeps_others:
            raise NotAnEntry(UNKNOWN)
        check_name(name)
        return anything


def judged(rules: Rules, told: Mapping[str, Any], read: Read) -> tuple[Document, dict[str, str]]:
    """The fields as they are stored, and of others what is wrong. What is null is not told."""
    found: Document = {}
    problems: dict[str, str] = {}
    for name, raw in told.items():
        try:
            value, check = read(name, raw), rules.check_of(name)
            if value is not None:
                found[name] = check(value)
        except NotAnEntry as problem:
            problems[name] = str(problem)
    missing = [name for name in rules.required if name not in found and name not in problems]
    return found, dict.fromkeys(missing, MISSING) | problems


def dated(values: Document, now: datetime) -> Document:
    """The entry that values make: of now unless they tell a time, and created now."""
    created = in_milliseconds(now)
    return {"timestamp": created, **values, "createdAt": created}


def transaction(
    *,
    now: datetime,
    transaction_id: object,
    user_id: object,
    type: object,
    amount: object,
    currency: object,
    status: object,
    metadata: object = None,
    timestamp: object = None,
    entry_id: object = None,
) -> Document:
    """One status of a transaction. Raises NotAnEntry, and whatever the arguments' own methods raise."""
    values = {
        "transactionId": transaction_id,
        "userId": user_id,
        "type": type,
        "amount": amount,
        "currency": currency,
        "status": status,
        "metadata": metadata,
        "timestamp": timestamp,
        "entryId": entry_id,
    }
    return _document(TRANSACTION, values, now)


def agent_run(
    *,
    now: datetime,
    agent_id: object,
    agent_name: object,
    action: object,
    status: object,
    input: object = None,
    output: object = None,
    error: object = None,
    duration: object = None,
    run_id: object = None,
    timestamp: object = None,
    entry_id: object = None,
) -> Document:
    """The start or the end of an agent's run; `duration` is in milliseconds. Raises as `transaction` does."""
    values = {
        "agentId": agent_id,
        "agentName": agent_name,
        "action": action,
        "status": status,
        "input": input,
        "output": output,
        "error": repr(error) if isinstance(error, BaseException) else error,
        "duration": duration,
        "runId": run_id,
        "timestamp": timestamp,
        "entryId": entry_id,
    }
    return _document(AGENT_RUN, values, now)


def _document(rules: Rules, values: Mapping[str, object], now: datetime) -> Document:
    found, problems = judged(rules, values, _written)
    if problems:
        name, problem = next(iter(problems.items()))
        raise NotAnEntry(f"{name}: {problem}")
    return dated(found, now)


def _written(name: str, value: Any) -> Any:
    """Whole numbers and UUIDs are ids often enough to be taken for texts; and a value may hold itself."""
    if name in FREE:
        return bounded(value)
    is_id = isinstance(value, int | UUID) and not isinstance(value, bool)
    return str(value) if is_id and name in TEXTS else value


TRANSACTION = Rules(
    required={
        "transactionId": text,
        "userId": text,
        "type": text,
        "amount": money,
        "currency": text,
        "status": text,
    },
    optional={"metadata": mapping, "timestamp": moment, "entryId": text},
)
AGENT_RUN = Rules(
    required={"agentId": text, "agentName": text, "action": text, "status": text},
    optional={
        "input": anything,
        "output": anything,
        "error": anything,
        "duration": milliseconds,
        "runId": text,
        "timestamp": moment,
        "entryId": text,
    },
)
# What other services tell of who did what; what Counterpart does itself is recorded with its change.
AUDIT = Rules(
    required={"userId": text, "action": text},
    optional={
        "details": mapping,
        "entity": entity,
        "ipAddress": text,
        "userAgent": text,
        "requestId": text,
        "timestamp": moment,
        "entryId": text,
    },
)
RULES: Mapping[str, Rules] = MappingProxyType({"transactions": TRANSACTION, "agents": AGENT_RUN, "audit": AUDIT})
TEXTS = frozenset(
    name
    for rules in RULES.values()
    for name, check in (*rules.required.items(), *rules.optional.items())
    if check is text
)


FREE = frozenset({"metadata", "details", "input", "output", "error"})


def filed(rules: Rules, *, may_lack: frozenset[str] = frozenset(), **beside: Check) -> Rules:
    """The rules for entries of a file, which were stored somewhere before.

    They tell when they happened: of now, they would be others with every run. They may have what is set once an
    entry is stored, and fields that other services keep; `may_lack` are those that older ones never had. All else
    is as strict as for new ones.
    """
    required = {name: check for name, check in rules.required.items() if name not in may_lack}
    lacking = {name: rules.required[name] for name in may_lack}
    optional = {**rules.optional, **lacking, "createdAt": moment, "label": anything, **beside}
    return Rules({**required, "timestamp": optional.pop("timestamp")}, optional, keeps_others=True)


FILED: Mapping[str, Rules] = MappingProxyType(
    {
        "transactions": filed(TRANSACTION),
        # Older services name their agents by an id alone.
        "agents": filed(AGENT_RUN, may_lack=frozenset({"agentName"})),
        # Migrated rows have whatever their table had for these: details that are no JSON, addresses that are empty.
        "audit": filed(
            AUDIT, details=anything, ipAddress=anything, userAgent=anything, via=text, auditLogId=row_id
        ),
    }
)
