"""The three logs as data: where they lie, what they are filtered by, and what their pages show."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A log. Whoever reads it in the browser needs `right`, a machine the scope logs:read.

    `leading` are the fields that an index begins with, those that leave the fewest entries first; `other` ones may
    be filtered by as well, and so may whatever lies below the `open` ones, whose names every writer chooses.
    `facets` have few values, `searched` hold words, `columns` are what a list shows unless told. `alarming` is the
    field that tells of failures, with the values that do. `of_account` are the paths at which an entry may name
    its account; there are none where entries are not about accounts. `presets` are views that everybody has.
    """

    name: str
    label: str
    collection: str
    right: str
    labels: Mapping[str, str]
    leading: tuple[str, ...]
    other: tuple[str, ...]
    open: tuple[str, ...]
    facets: tuple[str, ...]
    searched: tuple[str, ...]
    columns: tuple[str, ...]
    alarming: tuple[str, tuple[str, ...]]
    of_account: tuple[str, ...] = ()
    presets: tuple[tuple[str, str], ...] = ()

    @property
    def filters(self) -> tuple[str, ...]:
        """The fields that lists of machines are filtered by."""
        return self.leading + self.other


# What one field is called on every page.
COMMON = {"timestamp": "Time", "createdAt": "Stored", "entryId": "Entry id", "_id": "Id"}
FAILED = ("failed", "error", "rejected", "declined")
_FAILED = "&".join(f"status={status}" for status in sorted(FAILED))
FAILURES = (("Failures", _FAILED), ("Failures of the last 24 hours", f"last=24h&{_FAILED}"))

LOGS: Mapping[str, Log] = MappingProxyType(
    {
        log.name: log
        for log in (
            Log(
                name="transactions",
                label="Transactions",
                collection="transaction_logs",
                right="logs.see",
                labels={
                    **COMMON,
                    "transactionId": "Transaction",
                    "userId": "Account",
                    "type": "Type",
                    "amount": "Amount",
                    "currency": "Currency",
                    "status": "Status",
                    "metadata": "Metadata",
                },
                leading=("entryId", "transactionId", "userId", "status", "type"),
                other=("currency",),
                open=("metadata",),
                facets=("status", "type", "currency"),
                searched=("transactionId", "userId", "metadata"),
                columns=("timestamp", "transactionId", "userId", "type", "amount", "status"),
                alarming=("status", FAILED),
                of_account=("userId",),
                presets=FAILURES,
            ),
            Log(
                name="agents",
                label="Agent runs",
                collection="ai_agent_logs",
                right="logs.see",
                labels={
                    **COMMON,
                    "agentId": "Agent id",
                    "agentName": "Agent",
                    "action": "Action",
                    "status": "Status",
                    "duration": "Duration",
                    "runId": "Run",
                    "input": "Input",
                    "output": "Output",
                    "error": "Error",
                    "label": "Label",
                },
                leading=("entryId", "runId", "agentId", "action", "status"),
                other=("agentName",),
                open=("input", "output", "error", "label"),
                facets=("status", "agentId", "action"),
                searched=("agentName", "action", "runId", "input", "output", "error"),
                columns=("timestamp", "agentName", "action", "status", "duration", "runId"),
                alarming=("status", FAILED),
                of_account=("input.account", "input.accountId", "input.userId", "input.user_id"),
                presets=FAILURES,
            ),
            Log(
                name="audit",
                label="Audit trail",
                collection="audit_trails",
                right="audit.see",
                labels={
                    **COMMON,
                    "userId": "Who",
                    "action": "Action",
                    "entity": "On what",
                    "entity.type": "Kind of thing",
                    "entity.id": "Thing",
                    "via": "Via",
                    "ipAddress": "Address",
                    "userAgent": "Browser",
                    "requestId": "Request",
                    "details": "Details",
                    "auditLogId": "Id before migration",
                },
                leading=("entryId", "entity.id", "userId", "action"),
                other=("entity.type", "requestId", "ipAddress", "via"),
                open=("details",),
                facets=("action", "userId", "entity.type", "via"),
                searched=("userId", "entity.id", "action", "ipAddress", "userAgent", "details"),
                columns=("timestamp", "userId", "action", "entity", "via", "ipAddress"),
                alarming=("action", ("user.sign_in_failed", "token.refused")),
                presets=(
                    ("Sign-ins that failed", "action=user.sign_in_failed"),
                    ("Changes of contracts", "entity.type=contract"),
                    ("Downloads", "action=export.downloaded"),
                ),
            ),
        )
    }
)
