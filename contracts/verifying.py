"""Which contracts have moved on without their history: another service wrote them."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from contracts import repository, revisions
from mongo import codec

BATCH_SIZE = 200


def unadopted() -> Iterator[str]:
    """The ids of live contracts that differ from their newest revision; the next change made here adopts them."""
    remaining = repository.all_documents()
    while batch := list(islice(remaining, BATCH_SIZE)):
        known = revisions.newest_documents([document.get("contract_id") for document in batch])
        yield from (str(document.get("contract_id")) for document in batch if not _is_known(document, known))


def _is_known(document: Mapping[str, Any], known: Mapping[Any, Mapping[str, Any]]) -> bool:
    newest = known.get(document.get("contract_id"))
    return newest is not None and codec.digest(newest) == codec.digest(document)
