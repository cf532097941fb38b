"""A Postgres server of a test's own, where Postgres is installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.config.test_quickstart import free_port

FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
INITDB = shutil.which("initdb", path=os.pathsep.join([*map(str, FOLDERS), os.environ.get("PATH", os.defpath)]))
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB")


@contextmanager
def running() -> Iterator[str]:
    """An empty server, gone afterwards; yields the URL of its database."""
    assert INITDB, "Postgres is not installed"
    programs = Path(INITDB).resolve().parent
    # Postgres refuses to run as root, and another user sees no folder that is root's own.
    owner = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    if owner:
        shutil.chown(folder, owner)
    port = free_port()
    settings = ["listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", f"port={port}", *QUICK]
    flags = " ".join(f"-c {setting}" for setting in settings)
    control = [programs / "pg_ctl", "-D", folder / "data", "-w", "-s"]

    def run(*command: object) -> None:
        subprocess.run(list(map(str, command)), user=owner, cwd="/", check=True, stdout=subprocess.DEVNULL)

    try:
        run(programs / "initdb", "-D", folder / "data", "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-sync")
        run(*control, "-l", folder / "log", "-o", flags, "start")
        yield f"postgres://tests@127.0.0.1:{port}/postgres"
    finally:
        run(*control, "-m", "immediate", "stop")
        shutil.rmtree(folder)
