"""What the address of the page of analytics asks for: an account or all, over some days."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from logs import asking
from logs.asking import Asked, Complaints
from logs.domain.ranges import QUICK
from logs.kinds import Log
from mongo.expressions import EARLIEST, LATEST

ACCOUNT = "userId"
PARAMETERS = (ACCOUNT, "last", "from", "to", "zone")
STANDARD = "30d"
# Offered beside days of one's own.
OFFERED = ("7d", "30d", "90d")
MOST_DAYS = 366
# Clocks are put back once in the days.
MOST = timedelta(days=MOST_DAYS, hours=1)


def read(query: Mapping[str, Sequence[str]], log: Log, *, now: datetime) -> Asked:
    """What is asked, always with a start, in parameters that the list of entries understands. Raises Complaints."""
    given = {name: [value for value in values if value] for name, values in query.items()}
    is_bare = not any(given.get(name) for name in ("last", "from", "to"))
    complaints = list(_refused(given))
    try:
        known = {name: values for name, values in given.items() if name in PARAMETERS}
        asked = asking.read({**known, **({"last": [STANDARD]} if is_bare else {})}, log, now=now)
    except Complaints as problem:
        raise Complaints([*complaints, *problem.complaints]) from None
    complaints += _unfit(asked, now)
    if complaints:
        raise Complaints(complaints)
    return asked


def _refused(query: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for name in query:
        if name not in PARAMETERS:
            yield f"“{name[:80]}” cannot be asked for here. What can is {', '.join(PARAMETERS)}."
    if len(set(query.get(ACCOUNT, ()))) > 1:
        yield f"{ACCOUNT}: ask for one account, or for all."


def _unfit(asked: Asked, now: datetime) -> Iterator[str]:
    start, end = asked.wanted.start, asked.wanted.end or now
    if asked.last and QUICK[asked.last] is None:
        yield f"last: give at most {MOST_DAYS} days, such as {', '.join(OFFERED)}."
    elif start is None:
        yield "from: give the first day, too."
    elif not (EARLIEST <= start < LATEST and EARLIEST < end <= LATEST):
        yield f"from and to: give days from {EARLIEST.year} to {LATEST.year - 1}."
    elif end - start > MOST:
        yield f"from: at most {MOST_DAYS} days can be summed up at a time."
