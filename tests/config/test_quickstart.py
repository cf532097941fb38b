"""`make run` on a fresh copy, and each of its parts."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import settings as project
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from pytest_django import Settings

from config.quickstart import assets, filling, ports, processes
from config.quickstart.password import demo_password, weakness
from config.quickstart.people import People, make_people
from mongo.embedded import EmbeddedServer
from tests.conftest import PASSWORD

NOT_COPIED = shutil.ignore_patterns(".*", "staticfiles", "__pycache__", "tests", "benchmarks", "docs")
PATIENCE_SECONDS = 90
ENDS_WITH_7 = "import time; time.sleep(0.3); raise SystemExit(7)"


def free_port() -> int:
    with socket.create_server((ports.HOST, 0)) as listener:
        return int(listener.getsockname()[1])


def get(address: str) -> dict[str, str]:
    with urlopen(address, timeout=10) as answer:
        return json.load(answer)


class Run:
    """One `quickstart` over a copy of the project, as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://{ports.HOST}:{self.port}"
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "quickstart", "--scale=0.1"],
            cwd=folder,
            env=os.environ
            | {"PORT": str(self.port), "MONGODB_URI": "", "DATABASE_URL": "", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        # Whoever waits for words that never come gets the end of the output instead.
        self._limit = threading.Timer(PATIENCE_SECONDS, self.process.terminate)
        self._limit.start()

    def says(self, words: str) -> str:
        """Read on until a line holds the words, and return it."""
        for line in self.process.stdout:
            self.said.append(line)
            if words in line:
                return line
        raise AssertionError(f"It ended without saying “{words}”:\n{''.join(self.said)}")

    def interrupt(self) -> int:
        """Press Ctrl-C: the terminal tells the web server, too."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self._ends()

    def terminate(self) -> int:
        self.process.terminate()
        return self._ends()

    def _ends(self) -> int:
        self.said.append(self.process.communicate(timeout=PATIENCE_SECONDS)[0])
        self._limit.cancel()
        return self.process.returncode


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Callable[[], Run]]:
    """`runs()` starts one over the same fresh copy of the project each time."""
    folder = tmp_path / "fresh"
    shutil.copytree(project.BASE_DIR, folder, ignore=NOT_COPIED)
    started: list[Run] = []

    def start() -> Run:
        started.append(Run(folder))
        return started[-1]

    yield start
    for run in started:
        run.terminate()


@pytest.fixture
def statics(tmp_path: Path, settings: Settings) -> Path:
    """A project with one static file, and the folder that remembers what was collected."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "page.css").write_text("a {}")
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    return tmp_path


def test_a_fresh_copy_serves_and_ends_leaving_no_process(runs: Callable[[], Run]) -> None:
    first = runs()
    first.says("Counterpart runs at")
    assert get(f"{first.address}/readyz") == {"status": "ok", "sql": "up", "mongo": "up"}
    sign_in = first.says("Sign in as manager, admin or viewer")
    assert first.interrupt() == 0
    assert ports.refusal(first.port) is None
    with EmbeddedServer(first.folder / ".data/mongo") as server:
        assert server.is_running

    second = runs()
    assert second.says("Sign in as") == sign_in
    assert "Collected the static files.\n" not in second.said
    assert second.terminate() == 0


def test_a_first_start_that_is_interrupted_is_made_up_for(runs: Callable[[], Run]) -> None:
    first = runs()
    first.says("Loaded contracts")
    assert first.interrupt() == 0

    second = runs()
    second.says("Loading the demo data was interrupted the last time, so it is loaded anew.")
    second.says("Loaded audit trail")
    second.says("Sign in as")
    assert second.terminate() == 0
    assert not list((second.folder / ".data/mongo").glob("filling"))


def test_a_filling_of_another_database_is_not_taken_up(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(KeyboardInterrupt), filling.marked(tmp_path):
        raise KeyboardInterrupt
    assert filling.was_cut_short(tmp_path)
    settings.MONGODB_DB_NAME = "another"
    assert not filling.was_cut_short(tmp_path)


def test_a_filling_that_came_to_its_end_leaves_no_mark(tmp_path: Path) -> None:
    with filling.marked(tmp_path):
        assert filling.was_cut_short(tmp_path)
    assert not filling.was_cut_short(tmp_path)


@pytest.mark.django_db
def test_users_in_a_database_of_ones_own_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://somewhere/else")
    User.objects.create_user("admin", password="somebody's own phrase")
    before = User.objects.values().get(username="admin")
    assert make_people(PASSWORD) == People(welcome=["manager", "viewer"], left=["admin"])
    assert User.objects.values().get(username="admin") == before


@pytest.mark.django_db
def test_users_in_the_file_of_this_checkout_get_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    User.objects.create_user("admin", password="one of a former start")
    assert make_people(PASSWORD) == People(welcome=["manager", "admin", "viewer"], left=[])


def test_a_database_server_that_dies_is_reported_and_the_pages_stay(runs: Callable[[], Run]) -> None:
    run = runs()
    assert f"export PORT={run.port} MONGODB_URI=" in run.says("For other commands")
    run.says("Stop it with Ctrl-C")
    os.kill(int((run.folder / ".data/mongo/server.pid").read_text()), signal.SIGKILL)
    assert "server.log" in run.says("The embedded server has ended")
    assert get(f"{run.address}/readyz")["status"] == "degraded"


def test_a_taken_port_is_named_with_another_to_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((ports.HOST, 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(CommandError, match=rf"Port {port} is taken.*PORT=\d+ make run"):
            call_command("quickstart")


def test_a_free_port_is_not_refused() -> None:
    assert ports.refusal(free_port()) is None


def test_the_password_is_made_once_and_only_its_owner_can_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QUICKSTART_PASSWORD", raising=False)
    assert demo_password(tmp_path) == demo_password(tmp_path)
    assert (tmp_path / "password").stat().st_mode & 0o777 == 0o600


def test_a_password_that_is_made_keeps_the_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUICKSTART_PASSWORD", raising=False)
    assert weakness(demo_password(tmp_path)) is None


def test_a_password_of_ones_own_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUICKSTART_PASSWORD", "short")
    assert demo_password(tmp_path) == "short"


def test_a_weak_password_is_warned_of_in_one_line() -> None:
    assert "too short" in weakness("short")
    assert "\n" not in weakness("short")


def test_static_files_are_collected_once(statics: Path) -> None:
    assert assets.collect(statics)
    assert not assets.collect(statics)


def test_static_files_that_have_changed_are_collected_again(statics: Path) -> None:
    assets.collect(statics)
    (statics / "static" / "page.css").write_text("a { color: red }")
    assert assets.collect(statics)


def test_static_files_that_somebody_removed_are_collected_again(statics: Path) -> None:
    assets.collect(statics)
    shutil.rmtree(statics / "collected")
    assert assets.collect(statics)


def test_the_exit_code_of_the_web_server_is_handed_on_after_some_ticks() -> None:
    ticks: list[None] = []
    with subprocess.Popen([sys.executable, "-c", ENDS_WITH_7]) as web:
        assert processes.watch(web, lambda: ticks.append(None)) == 7
    assert ticks


def test_a_web_server_that_ends_at_once_never_opens() -> None:
    with subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"]) as web:
        assert not processes.opens(web, free_port())
