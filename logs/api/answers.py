"""How an operation about logs is declared, and what it is refused with."""

from http import HTTPStatus
from typing import Any

from ninja.errors import ValidationError

# So many problems help; thousands of the same kind do not.
MOST_PROBLEMS = 100


def documented(operation_id: str, summary: str, model: Any, ok: int = HTTPStatus.OK) -> dict[str, Any]:
    """What an operation is declared with: `model` is what it answers with `ok`."""
    return {"operation_id": operation_id, "summary": summary, "response": {int(ok): model}}


def refused_query(name: str, problem: Exception) -> ValidationError:
    """What is raised for a parameter that cannot be taken."""
    return ValidationError([{"type": "parameter", "loc": ("query", name), "msg": str(problem)}])


def refused_body(problems: list[tuple[str, str]]) -> ValidationError:
    """What is raised for a body of which these paths are wrong, each with what is."""
    told = [{"type": "entry", "loc": ("body", "entries", path), "msg": message} for path, message in problems]
    return ValidationError(told[:MOST_PROBLEMS])
