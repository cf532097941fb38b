"""What a view of a log keeps: the same text for the same list, and what it asks for in words."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from urllib.parse import urlencode

from logs.asking import NOT, ORDERS, OWN, Asked
from logs.domain.ranges import QUICK_LABELS, STANDARD
from logs.kinds import Log
from logs.shown.filters import label_of, short


def query_of(log: Log, asked: Asked) -> str:
    """The parameters in one order, without those that ask for what a list shows anyway."""
    usual = {("last", STANDARD), ("zone", "UTC"), ("order", ORDERS[0]), ("columns", ",".join(log.columns))}
    return urlencode([pair for pair in sorted(set(asked.parameters)) if pair not in usual])


def in_words(log: Log, asked: Asked) -> Iterator[str]:
    """Everything that is asked for: search, filters, time, order and columns."""
    if asked.wanted.text:
        yield f"Search: {short(asked.wanted.text)}"
    filters = sorted(pair for pair in asked.parameters if pair[0] not in OWN)
    for name, pairs in groupby(filters, itemgetter(0)):
        values = " or ".join(short(value) for _, value in pairs)
        yield f"{label_of(log, name.removeprefix(NOT))}: {'not ' if name.startswith(NOT) else ''}{values}"
    yield _time(asked)
    if asked.oldest_first:
        yield "Oldest first"
    if asked.columns != log.columns:
        yield f"Columns: {', '.join(label_of(log, name) for name in asked.columns)}"


def _time(asked: Asked) -> str:
    if asked.last:
        label = QUICK_LABELS[asked.last]
        return label if asked.wanted.start is None else f"Last {label}"
    if not asked.start:
        return f"Until {asked.end}, {asked.zone.key}"
    return f"From {asked.start}{f' until {asked.end}' if asked.end else ''}, {asked.zone.key}"
