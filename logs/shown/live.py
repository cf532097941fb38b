"""The way into the live tail of a list, and what a list that shows it goes on from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from logs import exploring
from logs.asking import Asked
from logs.scope import Scope
from mongo.client import Document

# A tail shows what comes, newest first.
NOT_LIVE = ("from", "to", "order")


@dataclass(frozen=True, slots=True)
class Live:
    """`url` is the list with its tail, `stopped` the one without, `news` asks for what has come.

    `cursor` is where news begin; "" where the list is not live.
    """

    url: str
    stopped: str
    news: str
    cursor: str


def live_of(scope: Scope, asked: Asked, documents: Sequence[Document], now: datetime) -> Live:
    """How a list whose first page these documents are can be live."""
    query = asked.query_with(without=NOT_LIVE)
    is_first = not (asked.after or asked.before or asked.start or asked.end or asked.oldest_first)
    newest = documents[0] if documents else None
    return Live(
        url=f"{scope.base}?{asked.query_with(('tail', '1'), without=NOT_LIVE)}",
        stopped=f"{scope.base}?{query}" if query else scope.base,
        news=f"{scope.base}tail/?{asked.query}",
        cursor=exploring.cursor_at(scope.log, asked.wanted, newest, now=now) if asked.is_tail and is_first else "",
    )
