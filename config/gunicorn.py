"""How gunicorn serves the application, on Render and under `make run`."""

import faulthandler
import os
from pathlib import Path

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

from config import environment as env
from mongo import client

# What follows is decided before the settings are loaded, which read the same file.
env.read_file(Path(__file__).resolve().parent.parent / ".env")

ON_RENDER = "RENDER" in os.environ
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108

# Elsewhere a proxy in front is the only one that should reach it.
bind = f"{'0.0.0.0' if ON_RENDER else '127.0.0.1'}:{env.whole('PORT', 8000, least=1, most=65535)}"  # noqa: S104
worker_class = "gthread"
workers = env.whole("WEB_CONCURRENCY", 1, least=1, most=64)
# settings.WEB_THREADS sizes each worker's pool of connections by this.
threads = 4
# Each worker loads the application itself, so nothing is shared across the fork.
preload_app = False

# The longest that gunicorn knows: a filter of 500 characters may be nine times as long in an address.
limit_request_line = 8190
# A request is bounded by mongo.middleware; these are for workers that hang. Render kills after 60 s.
timeout = 30
graceful_timeout = 25
keepalive = 5
max_requests = 1000
max_requests_jitter = 200
if SHARED_MEMORY.is_dir():
    # A heartbeat file on a slow disk makes healthy workers look hung.
    worker_tmp_dir = str(SHARED_MEMORY)
control_socket_disable = True

accesslog = "-" if ON_RENDER else None
loglevel = "info" if ON_RENDER else "warning"


def worker_abort(worker: Worker) -> None:
    """Show what every thread was doing when the worker was found hanging."""
    faulthandler.dump_traceback()


def worker_exit(server: Arbiter, worker: Worker) -> None:
    """Finish with MongoDB and close its connections; `atexit` does not run for a worker that outlives its grace."""
    client.finish()
    client.close()
