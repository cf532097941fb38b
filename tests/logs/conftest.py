"""What tests of the logs may ask for besides."""

from collections.abc import Iterator

import pytest

from tests import postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A Postgres of this session's own."""
    if not postgres.INITDB:
        pytest.skip("Postgres is not installed")
    with postgres.running() as url:
        yield url
