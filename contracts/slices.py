"""Work that takes longer than a request: it is done in slices of about a second, each asked for by the page."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from mongo.errors import MongoError

SLICE_SECONDS = 1.0

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_time(items: Iterable[Item], until: float) -> Iterator[Item]:
    """The items until the clock (time.monotonic) says `until`: one at least, so that every slice gets on."""
    for item in items:
        yield item
        if time.monotonic() >= until:
            return


def done(
    items: Iterable[Item], work: Callable[[Item], Result], until: float
) -> tuple[list[Result], MongoError | None]:
    """What `work` led to, item by item until the time is over, and the error that ended it before.

    What came before an error is done and has to be noted, so it is given instead of raised.
    """
    results: list[Result] = []
    try:
        for item in in_time(items, until):
            results.append(work(item))
    except MongoError as error:
        return results, error
    return results, None
