"""An entry as JSON to take away: relaxed Extended JSON, which tells every type that JSON has no notation for."""

import json
import math
from collections.abc import Mapping
from typing import Any

from bson import Code, DBRef

from mongo.extended import encoded


def raw_json(document: Mapping[str, Any]) -> str:
    """The whole entry, indented."""
    return json.dumps(_relaxed(document), ensure_ascii=False, indent=2)


def _relaxed(value: Any) -> Any:
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, Mapping):
        return {str(name): _relaxed(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_relaxed(item) for item in value]
    if isinstance(value, DBRef):
        return _relaxed(value.as_doc())
    if isinstance(value, Code) and value.scope is not None:
        return {"$code": str(value), "$scope": _relaxed(value.scope)}
    # The driver would not know these inside of what it writes itself.
    return encoded(value)
