"""A large download: it comes whole, or is seen not to have."""

from http.client import IncompleteRead

import pytest

from tests.prove.site import Person, served
from tests.proxy import Proxy

CONTRACTS = 20_000
URL = "/contracts/export.ndjson"


@pytest.fixture
def many(mongo):
    mongo.contracts.insert_many(
        {"contract_id": f"c{number}", "account_id": f"a{number}", "notes": "x" * 1000}
        for number in range(CONTRACTS)
    )


def test_a_download_that_breaks_off_is_seen_to_be_broken(tmp_path, many, mongo_uri, mongo_name):
    with Proxy(mongo_uri) as proxy, served(tmp_path, proxy.uri, mongo_name, workers=1) as address:
        person = Person(address, "manager")
        with person.stream(URL) as whole:
            assert sum(1 for _ in whole) == CONTRACTS
        with person.stream(URL) as broken:
            broken.readline()
            proxy.fail("refuse")
            with pytest.raises(IncompleteRead):
                broken.read()
    log = (tmp_path / "gunicorn.log").read_text()
    assert log.count(f"A download of {CONTRACTS:,} contracts broke off.") == 1
