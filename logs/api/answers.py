"""What a request about logs is refused with."""

from ninja.errors import ValidationError

# So many problems help; thousands of the same kind do not.
MOST_PROBLEMS = 100


def refused_query(name: str, problem: Exception) -> ValidationError:
    """What is raised for a parameter that cannot be taken."""
    return ValidationError([{"type": "parameter", "loc": ("query", name), "msg": str(problem)}])


def refused_body(problems: list[tuple[str, str]]) -> ValidationError:
    """What is raised for a body of which these paths are wrong, each with what is."""
    told = [{"type": "entry", "loc": ("body", "entries", path), "msg": message} for path, message in problems]
    return ValidationError(told[:MOST_PROBLEMS])
