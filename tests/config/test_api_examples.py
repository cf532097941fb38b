"""The examples of docs/api.md, each run by its own language against the application, over HTTP."""

import json
import shutil
import subprocess
import sys

import pytest
from django.conf import settings as project

from contracts import services
from logs.kinds import LOGS
from tests.between import Between, after, busy, lost, nobody, too_much
from tests.conftest import NO_NODE
from tests.factories import MAYA, NOW, make_contract

EXAMPLES = project.BASE_DIR / "docs" / "examples"
PYTHON = """
import json
from counterpart import *
print(json.dumps({}))
"""
NODE = """
import {{ readContract, changeContract, checkLimit, sendTransactions, every }} from "{}/counterpart.mjs";
const all = async (items) => {{ const found = []; for await (const one of items) found.push(one); return found; }};
console.log(JSON.stringify({}));
"""
# The same uses in each language.
USES = {
    "python": {
        "read": "read_contract({!r})",
        "change": "change_contract({!r}, lambda found: {{'tags': [*found['tags'], 'reviewed']}})",
        "limit": "[check_limit('maya', 1, 60)['allowed'] for _ in range(2)]",
        "send": "send_transactions({}, 'batch-1')",
        "send twice": "[send_transactions({}, 'batch-1') for _ in range(2)]",
        "list": "list(every('/logs/transactions', {{'userId': 'acct-1', 'limit': 2}}))",
    },
    "node": {
        "read": "await readContract({!r})",
        "change": "await changeContract({!r}, ({{ tags }}) => ({{ tags: [...tags, 'reviewed'] }}))",
        "limit": "[(await checkLimit('maya', 1, 60)).allowed, (await checkLimit('maya', 1, 60)).allowed]",
        "send": "await sendTransactions({}, 'batch-1')",
        "send twice": "[await sendTransactions({0}, 'batch-1'), await sendTransactions({0}, 'batch-1')]",
        "list": "await all(every('/logs/transactions', {{ userId: 'acct-1', limit: 2 }}))",
    },
}
TRADE = {"userId": "acct-1", "type": "trade", "amount": "12.30", "currency": "USD", "status": "completed"}
BATCH = [TRADE | {"transactionId": f"t{n}"} for n in range(5)]
STORED = LOGS["transactions"].collection
SEND = "POST /api/v1/logs/transactions"


class Example:
    """An example's functions, called in a process of their own that knows the address and a token."""

    def __init__(self, language, address, secret):
        self._language = language
        self._environment = {"COUNTERPART_URL": address, "COUNTERPART_TOKEN": secret}

    def start(self, use, *values):
        expression = USES[self._language][use].format(*values)
        if self._language == "python":
            command = [sys.executable, "-c", PYTHON.replace("{}", expression)]
        else:
            command = [shutil.which("node"), "--input-type=module", "-e", NODE.format(EXAMPLES, expression)]
        return subprocess.run(
            command, cwd=EXAMPLES, env=self._environment, capture_output=True, text=True, timeout=120
        )

    def call(self, use, *values):
        """What the function gives."""
        done = self.start(use, *values)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def between(live_server, mongo):
    with Between(live_server.url) as between:
        yield between


@pytest.fixture(params=["python", "node"])
def example(request, between, machine):
    if request.param == "node" and not shutil.which("node"):
        pytest.skip(NO_NODE)
    return Example(request.param, between.address, machine.secret)


@pytest.fixture
def contract_id(mongo):
    return services.create(make_contract(tags=("vip",)), actor=MAYA, now=NOW).contract.contract_id


def tag(machine, contract_id):
    """Somebody else adds a tag to the contract."""
    path = f"/contracts/{contract_id}"
    answer = machine.patch(path, {"tags": ["vip", "emea"]}, If_Match=machine.get(path)["ETag"])
    assert answer.status_code == 200, answer.content


def test_a_contract_is_read_with_its_etag(example, machine, contract_id):
    found = example.call("read", contract_id)
    answer = machine.get(f"/contracts/{contract_id}")
    contract, etag = found.values() if isinstance(found, dict) else found
    # Compression on the way makes a tag weak.
    assert (contract, etag.removeprefix("W/")) == (answer.json(), answer["ETag"])


@pytest.mark.parametrize("use", ["read", "change"])
def test_a_contract_that_is_not_there_is_none(example, use):
    assert example.call(use, "acct/no such one?") is None


def test_a_contract_is_changed(example, machine, contract_id):
    assert example.call("change", contract_id)["tags"] == ["vip", "reviewed"]
    assert machine.get(f"/contracts/{contract_id}").json()["tags"] == ["vip", "reviewed"]


def test_what_somebody_else_changed_meanwhile_stays(example, machine, between, contract_id):
    between.plans["PATCH"] = [after(lambda: tag(machine, contract_id))]
    assert example.call("change", contract_id)["tags"] == ["vip", "emea", "reviewed"]
    assert [one.what.split()[0] for one in between.passed] == ["GET", "PATCH", "GET", "PATCH"]


def test_a_change_whose_answer_is_lost_is_made_once(example, machine, between, contract_id):
    between.plans["PATCH"] = [lost]
    assert example.call("change", contract_id)["tags"] == ["vip", "reviewed"]
    assert machine.get(f"/contracts/{contract_id}").json()["version"] == 2


def test_a_problem_is_told(example, mongo):
    done = example.start("send", json.dumps([BATCH[0] | {"amount": 12.3}]))
    assert done.returncode == 1
    assert "422" in done.stderr and "0.amount" in done.stderr


def test_a_batch_that_is_sent_twice_is_stored_once(example, mongo):
    first, second = example.call("send twice", json.dumps(BATCH))
    assert first["ids"] == second["ids"]
    assert mongo[STORED].count_documents({}) == len(BATCH)


def test_a_batch_whose_answer_is_lost_is_stored_once(example, mongo, between):
    between.plans["POST"] = [lost]
    assert len(example.call("send", json.dumps(BATCH))["ids"]) == len(BATCH)
    assert [(one.what, one.key) for one in between.passed] == [(SEND, "batch-1")] * 2
    assert mongo[STORED].count_documents({}) == len(BATCH)


def test_it_comes_again_when_it_is_told_to(example, mongo, between):
    between.plans["POST"] = [busy]
    example.call("send", json.dumps(BATCH))
    first, second = between.passed
    assert second.at - first.at >= 1
    assert mongo[STORED].count_documents({}) == len(BATCH)


def test_it_comes_again_when_a_proxy_reached_nobody(example, mongo, between):
    between.plans["POST"] = [nobody]
    example.call("send", json.dumps(BATCH))
    assert len(between.passed) == 2


def test_what_asks_for_too_much_is_not_asked_again(example, mongo, between):
    between.plans["GET"] = [too_much] * 5
    done = example.start("list")
    assert (done.returncode, len(between.passed)) == (1, 1)
    assert "too-much" in done.stderr


def test_a_limit_is_kept(example):
    assert example.call("limit") == [True, False]


def test_a_list_is_walked_to_its_end(example, machine, between):
    machine.post("/logs/transactions", BATCH)
    found = example.call("list")
    assert sorted(one["transactionId"] for one in found) == ["t0", "t1", "t2", "t3", "t4"]
    assert len(between.passed) == 3
