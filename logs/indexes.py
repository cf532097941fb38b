"""The indexes of the three logs and of what is derived from them, each for a query of the explorer."""

from django.conf import settings

from mongo.indexes import Index, index

SECONDS_A_DAY = 24 * 60 * 60
# An index of texts alone; a filter by type would keep a look-up by value from using it.
HAS_TEXT = {"$gt": ""}


def _by_field(collection: str, *fields: str) -> list[Index]:
    """Newest first over all entries, and within one value of each field."""
    newest = ("-timestamp", "-_id")
    return [index(collection, *newest), *(index(collection, field, *newest) for field in fields)]


def _by_entry_id(collection: str) -> list[Index]:
    """One entry an id; null and numbers of other services are none, which an index that is `sparse` cannot tell.

    The embedded server looks up many values at a time by a sparse index alone, not by one with a filter: a thousand
    among 40,000 entries in 3 to 20 ms instead of 600. So there is one of each; both cost little beside one.
    """
    return [
        index(collection, "entryId", unique=True, partial={"entryId": HAS_TEXT}),
        index(collection, "entryId", sparse=True, suffix="looked_up"),
    ]


def declared() -> list[Index]:
    """All indexes of the logs; the audit trail's TTL follows AUDIT_RETENTION_DAYS."""
    return [
        *_by_field("transaction_logs", "userId", "type", "status"),
        # All entries of a transaction; of one account, in the order of time.
        index("transaction_logs", "transactionId", "userId", "timestamp"),
        *_by_entry_id("transaction_logs"),
        *_by_field("ai_agent_logs", "agentId", "status", "action"),
        index("ai_agent_logs", "runId"),
        *_by_entry_id("ai_agent_logs"),
        *_by_field("audit_trails", "userId", "action", "entity.id"),
        index("audit_trails", "timestamp"),
        index("audit_trails", "userId"),
        index("audit_trails", "createdAt", expire_after=settings.AUDIT_RETENTION_DAYS * SECONDS_A_DAY),
        *_by_entry_id("audit_trails"),
        # Rows are looked up many at a time, too; only migrations write this field, and never null.
        index("audit_trails", "auditLogId", unique=True, sparse=True),
        # An account's days, and all accounts' figures of a day; a month's figures that are out of date.
        index("usage_daily", "account", "day", "currency", unique=True),
        index("usage_daily", "day"),
        index("usage_monthly", "month"),
        index("usage_dirty", "account", "day", unique=True),
        index("usage_dirty", "day"),
    ]
