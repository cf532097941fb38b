"""The embedded server starts, stops, keeps its data, and says what is wrong in one sentence."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from django.conf import settings as project
from pymongo import MongoClient
from pymongo.errors import ServerSelectionTimeoutError

from mongo.embedded import EmbeddedServer, EmbeddedServerFailed, EmbeddedServerMissing

# Starts a server, writes something, and dies without stopping it.
KILLED = """
import os, signal, sys
from pathlib import Path
from mongo.embedded import EmbeddedServer
from tests.mongo.test_embedded import count
uri = EmbeddedServer(Path(sys.argv[1])).start()
count(uri, adding=2)
print(uri, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def count(uri: str, *, adding: int = 0) -> int:
    with MongoClient(uri, serverSelectionTimeoutMS=3_000) as client:
        things = client.get_database("kept").things
        for _ in range(adding):
            things.insert_one({})
        return things.count_documents({})


def test_it_keeps_its_data_from_one_start_to_the_next(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        count(server.uri, adding=2)
    with EmbeddedServer(tmp_path) as server:
        assert count(server.uri) == 2


def test_it_is_gone_once_it_is_stopped(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        uri = server.uri
    with pytest.raises(ServerSelectionTimeoutError):
        count(uri)


def test_a_transaction_runs_on_it(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server, MongoClient(server.uri) as client, client.start_session() as session:
        things = client.get_database("kept").things
        session.with_transaction(lambda current: things.insert_one({}, session=current))
        assert things.count_documents({}) == 1


def test_it_tells_when_it_has_ended_by_itself(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        assert server.is_running
        server.kill()
        assert not server.is_running


def test_it_can_come_back_at_the_same_port(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        uri = server.uri
        count(uri, adding=1)
        server.stop()
        server.start()
        assert server.uri == uri


def test_it_ends_with_a_process_that_is_killed_and_the_next_one_finds_its_data(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    uri = subprocess.run(command, cwd=project.BASE_DIR, capture_output=True, text=True).stdout.strip()
    with EmbeddedServer(tmp_path) as server:
        assert count(server.uri) == 2
    with pytest.raises(ServerSelectionTimeoutError):
        count(uri)


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        with pytest.raises(EmbeddedServerFailed, match="Another running Counterpart uses"):
            EmbeddedServer(tmp_path).start()
        assert count(server.uri) == 0


def test_a_server_that_does_not_come_up_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedServerFailed, match=r"ended at once.*server\.log.*--no-such-flag"):
        EmbeddedServer(tmp_path, "--no-such-flag").start()


def test_a_missing_program_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(EmbeddedServerMissing, match="set MONGODB_URI to a MongoDB 7"):
        EmbeddedServer(tmp_path).start()
