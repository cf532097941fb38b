"""What tests of the whole application share."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from mongo import client

NOWHERE = "mongodb://127.0.0.1:1/?directConnection=true&serverSelectionTimeoutMS=200"


@pytest.fixture
def away(settings: Settings) -> Iterator[None]:
    """Nothing answers at MongoDB's address."""
    settings.MONGODB_URI = NOWHERE
    client.close()
    yield
    client.close()
