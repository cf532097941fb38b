"""Contracts by what people call them, the likeliest first."""

from collections.abc import Iterator

from contracts.queries.matching import Query, holding

LAST = "\U0010ffff"


def named(text: str) -> Iterator[Query]:
    """What to look for one after the other: those whose id it is, whose name begins with it, who hold it anywhere.

    All but the last ask an index, in the cases that people write ids and names in.
    """
    spellings = list(dict.fromkeys((text, text.lower(), text.upper())))
    for path in ("contract_id", "account_id"):
        yield {path: {"$in": spellings}}
    for begun in dict.fromkeys((text, text[:1].upper() + text[1:], text.title(), text.upper())):
        yield {"account_name": {"$gte": begun, "$lt": begun + LAST}}
    yield holding(text)
