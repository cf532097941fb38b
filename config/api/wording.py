"""What pydantic finds wrong with a request, in words of ours."""

from collections.abc import Mapping
from typing import Any

from contracts.domain.errors import Problem

# By the names that pydantic has for them.
WORDS = {
    "missing": "Give this.",
    "extra_forbidden": "There is no such field.",
    "model_type": "Give an object in braces.",
    "model_attributes_type": "Give an object in braces.",
    "dict_type": "Give an object in braces.",
    "list_type": "Give a list in brackets.",
    "bool_type": "Give true or false.",
    "bool_parsing": "Give true or false.",
    "string_type": "Give a text.",
    "int_parsing": "Give a whole number.",
    "int_type": "Give a whole number.",
    "string_too_short": "This must not be empty.",
    "string_pattern_mismatch": "This must not be blank.",
    "int_parsing_size": "Give a smaller number.",
}


def found(error: Mapping[str, Any]) -> Problem:
    """The problem that an error of pydantic tells of, with the path as the client wrote it."""
    source, *path = error["loc"]
    if source == "body":
        # The first is what our function calls the body.
        path = path[1:]
        if not path and error["type"] == "missing":
            return Problem("", "Send JSON in the body.")
    return Problem(".".join(str(part) for part in path), _message(error))


def _message(error: Mapping[str, Any]) -> str:
    limits = error.get("ctx") or {}
    match error["type"]:
        case "greater_than_equal":
            return f"Give {limits['ge']} or more."
        case "less_than_equal":
            return f"Give {limits['le']:,} at most."
        case "string_too_long":
            return f"Use {limits['max_length']:,} characters at most."
        case "too_long":
            return f"Give {limits['max_length']:,} at most."
        case "literal_error":
            return f"Choose one of {limits['expected'].replace(' or ', ', ')}."
        case kind:
            return WORDS.get(kind, error["msg"])
