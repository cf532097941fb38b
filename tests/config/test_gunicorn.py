"""The application under the real gunicorn."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.conf import settings as project
from pymongo.database import Database

from config import gunicorn
from config.quickstart import ports
from mongo import client
from mongo.client import Document
from tests.config.test_quickstart import NOT_COPIED, free_port
from tests.proxy import Proxy

TELLS_SETTINGS = "from config import gunicorn; print(gunicorn.bind, gunicorn.workers)"
COUNTS_THREADS = "import config.wsgi, threading; print(threading.active_count())"


class Web:
    """A gunicorn over this project, with output in a file."""

    def __init__(self, folder: Path, mongodb_uri: str, *flags: str) -> None:
        port = free_port()
        self.address = f"http://{ports.HOST}:{port}"
        self.log = folder / "gunicorn.log"
        command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", *flags, "config.wsgi"]
        environment = {
            "PORT": str(port),
            "MONGODB_URI": mongodb_uri,
            "DATABASE_URL": f"sqlite:///{folder}/u.sqlite3",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=project.BASE_DIR, env=os.environ | environment, stdout=log, stderr=log
            )

    def get(self, path: str) -> dict[str, str]:
        """Ask until the server is up."""
        for _ in range(100):
            try:
                with urlopen(self.address + path, timeout=10) as answer:
                    return json.load(answer)
            except URLError:
                with pytest.raises(subprocess.TimeoutExpired):
                    self.process.wait(0.1)
        raise AssertionError(self.log.read_text())

    def ends(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Web]]:
    """`serve(mongodb_uri, *flags)` starts gunicorn over this project."""
    started: list[Web] = []

    def start(mongodb_uri: str, *flags: str) -> Web:
        started.append(Web(tmp_path, mongodb_uri, *flags))
        return started[-1]

    yield start
    for web in started:
        if web.process.poll() is None:
            web.ends()


def test_the_pool_of_connections_is_sized_for_its_threads() -> None:
    assert gunicorn.threads == project.WEB_THREADS


def test_it_reads_the_file_of_variables(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(project.BASE_DIR, copy, ignore=NOT_COPIED)
    (copy / ".env").write_text("PORT=8123\nWEB_CONCURRENCY=3\n")
    unset = {name: value for name, value in os.environ.items() if name not in {"PORT", "WEB_CONCURRENCY", "RENDER"}}
    told = subprocess.check_output([sys.executable, "-c", TELLS_SETTINGS], cwd=copy, env=unset, text=True)
    assert told == "127.0.0.1:8123 3\n"


def test_importing_the_application_starts_no_thread(tmp_path: Path) -> None:
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path}/u.sqlite3",
        "MONGODB_URI": "mongodb://127.0.0.1:1",
    }
    command = [sys.executable, "-W", "ignore", "-c", COUNTS_THREADS]
    assert subprocess.check_output(command, cwd=project.BASE_DIR, env=environment) == b"1\n"


def test_forked_workers_have_connections_of_their_own(serve: Callable[..., Web], mongo_uri: str) -> None:
    web = serve(mongo_uri, "--preload", "--workers", "2")
    answers = [web.get("/readyz")["mongo"] for _ in range(10)]
    assert web.ends() == 0
    assert (set(answers), "opened before fork" in web.log.read_text()) == ({"up"}, False)


def test_a_request_under_way_is_answered_before_the_server_ends(serve: Callable[..., Web], mongo_uri: str) -> None:
    with Proxy(mongo_uri) as slow:
        web = serve(slow.uri)
        web.get("/readyz")
        slow.fail("blackhole")
        answers: list[dict[str, str]] = []
        asking = threading.Thread(target=lambda: answers.append(web.get("/readyz")))
        asking.start()
        asking.join(0.2)
        assert web.ends() == 0
        asking.join()
    assert [answer["mongo"] for answer in answers] == ["down"]


def test_a_worker_that_ends_closes_its_connections(mongo: Database[Document]) -> None:
    before = client.client()
    gunicorn.worker_exit(None, None)
    assert client.client() is not before
