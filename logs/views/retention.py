"""How long the audit trail is kept, beside its list."""

from datetime import datetime
from typing import Any

from logs.asking import Asked
from logs.retention import AHEAD
from logs.retention import retention as retention_at
from logs.scope import Scope
from logs.views.beside import part


@part("logs/_retention.html", label="How long entries are kept")
def retention(scope: Scope, asked: Asked, now: datetime) -> dict[str, Any]:
    return {"retention": retention_at(now), "ahead": AHEAD.days}
