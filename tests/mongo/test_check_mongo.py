"""`check_mongo` tells step by step whether MongoDB can be used."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pymongo.database import Database

from mongo.client import Document
from mongo.embedded import EmbeddedServer
from tests.proxy import Proxy


def test_it_takes_every_step_and_leaves_nothing_behind(
    mongo: Database[Document], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("check_mongo")
    steps = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert steps == ["Connecting", "Writing", "Reading", "Deleting", "Transaction", "MongoDB"]
    assert mongo.connection_checks.count_documents({}) == 0


def test_it_names_the_version_and_the_replica_set(
    mongo: Database[Document], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("check_mongo")
    assert "replica set" in capsys.readouterr().out.splitlines()[0]


def test_it_says_what_a_standalone_lacks(tmp_path: Path, at_uri: Callable[[str], None]) -> None:
    with EmbeddedServer(tmp_path, "--standalone") as server:
        at_uri(server.uri)
        with pytest.raises(CommandError, match=r"a standalone. .* need a replica set"):
            call_command("check_mongo")


def test_it_says_what_to_look_at_when_nothing_answers(proxy: Proxy) -> None:
    proxy.fail("refuse")
    with pytest.raises(CommandError, match=r"Connecting failed. .* Check the host and port"):
        call_command("check_mongo")


@pytest.mark.parametrize("uri", ["mongodb://user:s3cret@127.0.0.1:1/", "mongodb://user:s3cr%et@127.0.0.1/"])
def test_it_never_shows_the_password(
    uri: str, at_uri: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    at_uri(uri)
    with pytest.raises(CommandError) as failure:
        call_command("check_mongo")
    shown = capsys.readouterr()
    assert "s3cr" not in f"{failure.value} {shown.out} {shown.err}"


def test_it_says_when_mongodb_is_not_configured() -> None:
    with pytest.raises(CommandError, match="Set MONGODB_URI"):
        call_command("check_mongo")
