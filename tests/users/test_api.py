"""What all operations of the API share."""

import math

import pytest

from users.api import answer


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_json_does_not_have_is_never_answered(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        answer({"average": [number]})
