"""The web server as a child process, and signals that end everything in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from django.conf import settings

from config.quickstart import ports

COMMAND = (sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
OPEN_SECONDS = 30
STOP_SECONDS = 30
TICK_SECONDS = 0.2

WebServer = subprocess.Popen[bytes]


@contextmanager
def ended_in_order() -> Iterator[None]:
    """SIGTERM and a closed terminal raise KeyboardInterrupt, as Ctrl-C does; what follows the first is ignored."""
    # Under nohup a closed terminal is meant to end nothing.
    kinds = [kind for kind in SIGNALS if kind != signal.SIGHUP or signal.getsignal(kind) != signal.SIG_IGN]
    former = {kind: signal.signal(kind, _interrupt_once) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in former.items():
            signal.signal(kind, handler)


def _interrupt_once(number: int, frame: FrameType | None) -> None:
    # A second Ctrl-C must not cut short the stopping of the others.
    for kind in SIGNALS:
        signal.signal(kind, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextmanager
def web_server(port: int, mongodb_uri: str) -> Iterator[WebServer]:
    """Gunicorn over this application, ended with the block."""
    environment = os.environ | {"PORT": str(port), "MONGODB_URI": mongodb_uri}
    process = subprocess.Popen(COMMAND, cwd=settings.BASE_DIR, env=environment)  # noqa: S603
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def opens(web: WebServer, port: int) -> bool:
    """Wait until the web server listens; False where it ends or does not get that far."""
    deadline = time.monotonic() + OPEN_SECONDS
    while web.poll() is None and time.monotonic() < deadline:
        if ports.is_open(port):
            return True
        time.sleep(TICK_SECONDS)
    return False


def watch(web: WebServer, tick: Callable[[], None]) -> int:
    """Call `tick` now and again until the web server ends, and return its exit code."""
    while True:
        try:
            return web.wait(TICK_SECONDS)
        except subprocess.TimeoutExpired:
            tick()
