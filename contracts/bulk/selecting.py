"""Which contracts somebody has ticked."""

from collections.abc import Sequence
from typing import Any

from contracts.queries import by_key, key_of
from contracts.queries.keys import ID_MARK
from mongo.client import reading


def ticked(keys: Sequence[str]) -> list[Any]:
    """The _ids of the contracts that these keys lead to, each once, in their order; what is gone is left out."""
    # One question for each kind of key: an $or of both would use no index.
    marked = [own for key in keys if key.startswith(ID_MARK) for own in by_key(key)["_id"]["$in"]]
    named = [key for key in keys if not key.startswith(ID_MARK)]
    queries = [{name: {"$in": values}} for name, values in (("contract_id", named), ("_id", marked)) if values]
    with reading() as db:
        found = [entry for query in queries for entry in db.contracts.find(query, {"contract_id": 1})]
    by_its_key = {key_of(entry): entry["_id"] for entry in found}
    return [by_its_key[key] for key in dict.fromkeys(keys) if key in by_its_key]
