"""The three logs as data: where they lie, what they are filtered by, and what lists of them show."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A log. Whoever reads it in the browser needs `right`, a machine the scope logs:read.

    `leading` are the fields that an index begins with, those that leave the fewest entries first; `other` ones may
    be filtered by as well. `facets` have few values, `searched` hold words, `columns` are what a list shows.
    """

    name: str
    collection: str
    right: str
    leading: tuple[str, ...]
    other: tuple[str, ...]
    facets: tuple[str, ...]
    searched: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def filters(self) -> tuple[str, ...]:
        return self.leading + self.other


LOGS: Mapping[str, Log] = {
    log.name: log
    for log in (
        Log(
            name="transactions",
            collection="transaction_logs",
            right="logs.see",
            leading=("entryId", "transactionId", "userId", "status", "type"),
            other=("currency",),
            facets=("type", "status", "currency"),
            searched=("transactionId", "userId"),
            columns=("timestamp", "transactionId", "userId", "type", "amount", "currency", "status"),
        ),
        Log(
            name="agents",
            collection="ai_agent_logs",
            right="logs.see",
            leading=("entryId", "runId", "agentId", "action", "status"),
            other=("agentName",),
            facets=("agentId", "action", "status"),
            searched=("input", "output", "error"),
            columns=("timestamp", "agentName", "action", "status", "duration", "runId"),
        ),
        Log(
            name="audit",
            collection="audit_trails",
            right="audit.see",
            leading=("entryId", "entity.id", "userId", "action"),
            other=("entity.type", "requestId", "ipAddress", "via"),
            facets=("action", "entity.type", "via"),
            searched=("userId", "entity.id"),
            columns=("timestamp", "userId", "action", "entity", "via", "ipAddress"),
        ),
    )
}
