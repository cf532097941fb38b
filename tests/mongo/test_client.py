"""One lazy client per process."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.conf import settings as project
from pymongo.database import Database

from mongo import client
from mongo.client import Document
from mongo.errors import MongoError, MongoNotConfigured, MongoRefused, MongoUnavailable
from tests.proxy import Proxy

FORKING = """
import os, django
django.setup()
from mongo import client
parents = client.client()
parents.admin.command("ping")
if os.fork() == 0:
    own = client.client()
    own.admin.command("ping")
    os._exit(0 if own is not parents else 7)
assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
assert client.client() is parents
"""


def test_it_is_made_once(mongo: Database[Document]) -> None:
    assert client.client() is client.client()


def test_it_is_made_anew_after_it_was_closed(mongo: Database[Document]) -> None:
    before = client.client()
    client.close()
    assert client.client() is not before


def test_making_it_connects_to_nothing(
    at_uri: Callable[[str], None], mongo_uri: str, dialled: list[object]
) -> None:
    at_uri(mongo_uri)
    client.database()
    assert dialled == []


def test_a_forked_child_makes_its_own_and_leaves_its_parents_alone(mongo_uri: str) -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "MONGODB_URI": mongo_uri}
    command = [sys.executable, "-W", "error", "-W", "ignore::ResourceWarning", "-c", FORKING]
    ran = subprocess.run(command, cwd=project.BASE_DIR, env=environment, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_without_an_address_it_says_so_and_touches_no_network(dialled: list[object]) -> None:
    with pytest.raises(MongoNotConfigured, match="Set MONGODB_URI"), client.reading():
        pass
    assert dialled == []


@pytest.mark.parametrize(
    "uri",
    [
        "mongodb://user:s3cr%et@host/",
        "mongodb://user:s3cr/et@host/",
        "http://user:s3cret@host/",
        "mongodb://user:s3cret@host:70000/",
    ],
)
def test_an_address_that_cannot_be_read_is_refused_without_its_password(
    uri: str, at_uri: Callable[[str], None]
) -> None:
    at_uri(uri)
    with pytest.raises(MongoRefused, match="MONGODB_URI") as refusal, client.reading():
        pass
    assert "s3cr" not in str(refusal.value)


def test_a_host_that_cannot_be_found_is_an_outage(at_uri: Callable[[str], None]) -> None:
    at_uri("mongodb+srv://user:s3cret@nowhere.invalid/")
    with pytest.raises(MongoUnavailable, match="cannot be found"), client.reading() as db:
        db.contracts.find_one()


def test_a_refused_value_does_not_count_as_an_outage(mongo: Database[Document]) -> None:
    client.breaker.failed()
    with pytest.raises(MongoError), client.writing() as db:
        db.contracts.insert_one({"too large": 2**70})
    client.breaker.failed()
    assert not client.breaker.is_open


def test_two_outages_in_a_row_open_the_breaker(proxy: Proxy) -> None:
    proxy.fail("refuse")
    for _ in range(2):
        with pytest.raises(MongoUnavailable), client.reading(0.1) as db:
            db.contracts.find_one()
    with pytest.raises(MongoUnavailable, match="tried again every few seconds"), client.reading():
        pass
