"""Forms as a browser sends them."""

import pytest

from tests.html import fields_of


@pytest.fixture
def form_data():
    """Give a response, get what its form would send if nothing were touched; the contract's, if not told which."""

    def read(response, form_id="contract-form"):
        return fields_of(response.content.decode(), form_id)

    return read
