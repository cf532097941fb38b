"""How long the audit trail is kept, beside its list."""

from datetime import datetime
from typing import Any

from logs.asking import Asked
from logs.retention import AHEAD
from logs.retention import retention as retention_at
from logs.scope import Scope
from logs.views.beside import part


@part("logs/_retention.html")
def retention(scope: Scope, asked: Asked, now: datetime) -> dict[str, Any]:
    found = retention_at(now)
    # An entry is stored after it happened: those that were stored before this time happened before it as well.
    return {"retention": found, "ahead": AHEAD.days, "leaving": f"to={found.until:%Y-%m-%dT%H:%M:00Z}"}
