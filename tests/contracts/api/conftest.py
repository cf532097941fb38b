"""A contract to be read and changed over HTTP."""

import pytest

from contracts import services
from tests.factories import MAYA, NOW, make_contract


@pytest.fixture
def contract(mongo):
    return services.create(make_contract(), actor=MAYA, now=NOW).contract


@pytest.fixture
def path(contract):
    return f"/contracts/{contract.contract_id}"


@pytest.fixture
def etag(machine, path):
    """The ETag of the contract as it is at first."""
    return machine.get(path)["ETag"]
