"""The product as in production: gunicorn workers over a MongoDB-compatible server, and people at browsers."""

import os
import subprocess
import sys
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener, urlopen

from django.conf import settings as project

from tests.config.test_quickstart import free_port
from tests.html import fields_of

PASSWORD = "a long phrase for the proofs"
PEOPLE = """
from users.demo import make_demo_users
make_demo_users({password!r})
"""


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Person:
    """Somebody at a browser, signed in."""

    def __init__(self, address, username):
        self.address = address
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()), _NoRedirect)
        _, page = self.get("/sign-in/")
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        entries = {"login": username, "password": PASSWORD, "csrfmiddlewaretoken": token}
        status, page = self.post("/sign-in/", entries)
        assert status == 302, page

    def get(self, path):
        """Status and text; 0 where no answer came."""
        return self._ask(path, None)

    def post(self, path, entries):
        return self._ask(path, urlencode(entries, doseq=True).encode())

    def stream(self, path):
        """An answer to be read bit by bit."""
        return self._opener.open(self.address + path, timeout=60)

    def form(self, path):
        """The contract's form at a path, as it would be sent untouched."""
        status, page = self.get(path)
        assert status == 200, f"{status} {page[:500]}"
        return fields_of(page)

    def _ask(self, path, body):
        try:
            with self._opener.open(self.address + path, body, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except (URLError, ConnectionError, TimeoutError) as error:
            return 0, str(error)


@contextmanager
def served(folder: Path, mongodb_uri: str, database: str, workers: int = 2):
    """The address of the product, with the demo's people, while the block runs."""
    port = free_port()
    environment = os.environ | {
        "PORT": str(port),
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DB_NAME": database,
        "DATABASE_URL": f"sqlite:///{folder}/users.sqlite3",
        "WEB_CONCURRENCY": str(workers),
    }
    people = ["shell", "-v0", "-c", PEOPLE.format(password=PASSWORD)]
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], people):
        subprocess.run([sys.executable, "manage.py", *command], cwd=project.BASE_DIR, env=environment, check=True)
    with (folder / "gunicorn.log").open("wb") as log:
        command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "config.wsgi"]
        process = subprocess.Popen(command, cwd=project.BASE_DIR, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _until_up(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(40)


def _until_up(address, process):
    for _ in range(200):
        try:
            with urlopen(f"{address}/healthz", timeout=5):
                return
        except URLError:
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError("gunicorn ended") from None
    raise AssertionError("gunicorn did not come up")
