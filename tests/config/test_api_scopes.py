"""The matrix of scopes: each operation that the API describes is open to one scope, and to nothing else."""

import re

import pytest

from config.api import api
from config.api.openapi import described
from tests.conftest import client_for
from tests.machines import PREFIX, Machine
from users.models import SCOPES

OPERATIONS = [
    (operation["operationId"], method.upper(), path.removeprefix(PREFIX), operation)
    for path, item in described(api)["paths"].items()
    for method, operation in item.items()
]
IDS = [name for name, *_ in OPERATIONS]


def address(path):
    """With something in place of each parameter."""
    return re.sub(r"\{\w+\}", "nothing", path)


def sent(machine, method, path):
    """The status of a request that gets no further than the door, or finds nothing behind it."""
    return machine.send(method, address(path), b"").status_code


def scope_of(operation):
    (requirement,) = operation["security"]
    (scope,) = requirement["Bearer"]
    return scope


def test_every_operation_is_described_with_one_scope():
    assert {scope_of(operation) for *_, operation in OPERATIONS} <= SCOPES.keys()
    assert len(IDS) == len(set(IDS))


@pytest.mark.parametrize(("name", "method", "path", "operation"), OPERATIONS, ids=IDS)
def test_only_its_own_scope_opens_an_operation(name, method, path, operation, machine_with, mongo):
    needed = scope_of(operation)
    answers = {scope: sent(machine_with(scope, name=scope.replace(":", " ")), method, path) for scope in SCOPES}
    assert answers.pop(needed) not in (401, 403)
    assert set(answers.values()) == {403}


@pytest.mark.parametrize(("name", "method", "path", "operation"), OPERATIONS, ids=IDS)
def test_without_a_token_no_operation_opens(name, method, path, operation, mongo, admin_user):
    assert sent(Machine(), method, path) == 401
    assert client_for(admin_user).generic(method, PREFIX + address(path)).status_code == 401
