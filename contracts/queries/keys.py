"""What a contract is reached by: the id that stands in its address."""

from collections.abc import Mapping
from typing import Any

from bson import ObjectId

from contracts.domain.model import is_addressable
from contracts.queries.matching import Query

# A document that another service wrote without a usable contract_id is reached by its _id, marked so.
ID_MARK = "~"


def by_key(key: str) -> Query:
    """The contract that is reached by a key of `key_of`."""
    if key.startswith(ID_MARK):
        own = key[1:]
        return {"_id": {"$in": [own, ObjectId(own)] if ObjectId.is_valid(own) else [own]}}
    return {"contract_id": key}


def key_of(found: Mapping[str, Any]) -> str:
    """The id that stands in a contract's address: its own where it can, else its _id with a mark, else none."""
    contract_id = found.get("contract_id")
    # BSON's Code is a text to isinstance(), yet MongoDB would not find it as one.
    if type(contract_id) is str and is_addressable(contract_id):
        return contract_id
    own = found.get("_id")
    if isinstance(own, ObjectId) or (type(own) is str and is_addressable(own)):
        return f"{ID_MARK}{own}"
    return ""
