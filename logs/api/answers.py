"""What a body of entries is refused with."""

from collections.abc import Sequence

from users.api import RequestInvalid

# So many problems help; thousands of the same kind do not.
MOST_PROBLEMS = 100


def refused_body(problems: Sequence[tuple[str, str]]) -> RequestInvalid:
    """What is raised for a body of which these paths are wrong, each with what is."""
    return RequestInvalid(*problems[:MOST_PROBLEMS])
