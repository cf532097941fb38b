"""Sixteen machines patch one contract at once over HTTP: exactly one wins each version."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier
from urllib.parse import urlsplit

import pytest
from django.conf import settings as project

from contracts import repository, revisions, services
from tests.factories import MAYA, NOW, make_contract
from tests.prove.site import served

CLIENTS, PATCHES = 16, 40
# Few enough clients share a token for none to reach its limit.
TOKENS = 4


@pytest.fixture
def contract(mongo):
    return services.create(make_contract(), actor=MAYA, now=NOW).contract


def secret_of(folder, name):
    """A token of the product that is served from the folder."""
    scopes = ["--scope", "contracts:read", "contracts:write"]
    made = subprocess.run(
        [sys.executable, "manage.py", "create_api_token", name, *scopes],
        cwd=project.BASE_DIR,
        env=os.environ | {"DATABASE_URL": f"sqlite:///{folder}/users.sqlite3"},
        check=True,
        stdout=subprocess.PIPE,
    )
    return made.stdout.decode().strip()


class Robot:
    """A client with a connection of its own."""

    def __init__(self, address, path, secret):
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=120)
        self._path, self._headers = f"/api/v1{path}", {"Authorization": f"Bearer {secret}"}

    def send(self, method, body=None, **headers):
        content = None if body is None else json.dumps(body)
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, self._path, content, self._headers | more)
        answer = self._connection.getresponse()
        return answer.status, answer.headers["ETag"], json.loads(answer.read())

    def patches(self, number, start):
        """What each patch was answered with, and the tag that it was of."""
        start.wait()
        _, etag, _ = self.send("GET")
        outcomes = []
        for patch in range(PATCHES):
            text = f"client {number} patch {patch}"
            status, after, found = self.send(
                "PATCH", {"notes": text}, If_Match=etag, Content_Type="application/merge-patch+json"
            )
            outcomes.append((status, etag, found.get("version"), text))
            etag = after if status == 200 else self.send("GET")[1]
        return outcomes


def test_each_version_has_exactly_one_winner(tmp_path, mongo, mongo_uri, mongo_name, contract):
    path = f"/contracts/{contract.contract_id}"
    with served(tmp_path, mongo_uri, mongo_name) as address, ThreadPoolExecutor(CLIENTS) as pool:
        secrets = [secret_of(tmp_path, f"robot {number}") for number in range(TOKENS)]
        robots = [Robot(address, path, secrets[number % TOKENS]) for number in range(CLIENTS)]
        start = Barrier(CLIENTS)
        runs = list(pool.map(lambda one: one[1].patches(one[0], start), enumerate(robots)))
    answers = [answer for run in runs for answer in run]
    won = sorted((version, text) for status, _, version, text in answers if status == 200)
    assert {status for status, *_ in answers} <= {200, 412}
    # One that wins spoils at most one attempt of each of the others.
    assert len(won) >= PATCHES
    assert [version for version, _ in won] == list(range(2, len(won) + 2))
    assert len({etag for status, etag, *_ in answers if status == 200}) == len(won)
    history = revisions.history(contract.contract_id, limit=1_000)
    assert [(entry["version"], _notes(entry)) for entry in reversed(history[:-1])] == won
    assert repository.get(contract.contract_id).version == len(won) + 1
    assert mongo.audit_trails.count_documents({"action": "contract.edited"}) == len(won)
    assert list(revisions.breaks()) == []
    print(f"{CLIENTS} clients × {PATCHES} patches: {len(won)} won, {len(answers) - len(won)} came too late")


def _notes(entry):
    (change,) = entry["changes"]
    return change["after"]
