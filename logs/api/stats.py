"""What the entries of the last days come to."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from logs import repository
from logs.api import schemas
from logs.api.viewing import note_viewed
from logs.domain.filters import LogFilter
from logs.domain.values import LONGEST_TEXT
from logs.kinds import LOGS
from logs.queries.sums import MOST_GROUPS
from mongo.middleware import allow
from mongo.paging import COUNT_SECONDS
from mongo.searching import PROBE_SECONDS
from users.api import answer, documented
from users.bearer import needs

router = Router(tags=["logs"])

Item = dict[str, Any]
READ = needs("logs:read")
MOST_DAYS = 366
# The sums, whether MongoDB answers others where they take too long, and what has no date.
SECONDS = repository.SUM_SECONDS + PROBE_SECONDS + COUNT_SECONDS
Days = Annotated[int, Query(ge=1, le=MOST_DAYS, description="How far back, in days of 24 hours.")]
Account = Annotated[str | None, Query(alias="userId", min_length=1, max_length=LONGEST_TEXT)]
Agent = Annotated[str | None, Query(alias="agentId", min_length=1, max_length=LONGEST_TEXT)]


@router.get(
    "/logs/transactions/stats",
    auth=READ,
    **documented("transactionStats", "Sum up transactions", schemas.TransactionStats),
)
def transaction_stats(request: HttpRequest, days: Days = 30, account: Account = None) -> HttpResponse:
    return _summed(request, "transactions", days, _totals(account, days), userId=account)


@router.get(
    "/logs/agents/stats", auth=READ, **documented("agentStats", "Sum up runs of agents", schemas.AgentStats)
)
def agent_stats(request: HttpRequest, days: Days = 30, agent: Agent = None) -> HttpResponse:
    return _summed(request, "agents", days, _runs(agent, days), agentId=agent)


@router.get("/logs/audit/stats", auth=READ, **documented("auditStats", "Count audited actions", schemas.AuditStats))
def audit_stats(request: HttpRequest, days: Days = 30) -> HttpResponse:
    note_viewed(request, LOGS["audit"])
    return _summed(request, "audit", days, _actions(days))


def _totals(account: str | None, days: int) -> Iterator[Item]:
    for one in repository.transaction_analytics(account, days):
        yield {
            "userId": one.user_id,
            "type": one.type,
            "currency": one.currency,
            "count": one.count,
            "total": str(one.total),
            "average": None if one.average is None else str(one.average),
            "odd": one.odd,
        }


def _runs(agent: str | None, days: int) -> Iterator[Item]:
    for one in repository.agent_stats(agent, days=days):
        yield {
            "agentId": one.agent_id,
            "status": one.status,
            "count": one.count,
            "average_duration": one.average_duration,
            "odd": one.odd,
        }


def _actions(days: int) -> Iterator[Item]:
    yield from map(asdict, repository.action_counts(days))


def _summed(request: HttpRequest, log: str, days: int, lines: Iterable[Item], **asked: str | None) -> HttpResponse:
    """The lines, which are asked for here: within the time that sums may take."""
    allow(request, SECONDS)
    items = list(lines)
    fields = {name: (value,) for name, value in asked.items() if value is not None}
    undated = repository.count(LOGS[log], LogFilter(fields=fields, is_undated=True)).number
    is_cut = len(items) > MOST_GROUPS
    return answer({"days": days, "undated": undated, "items": items[:MOST_GROUPS], "is_cut": is_cut})
