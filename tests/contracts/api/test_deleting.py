"""Contracts deleted over HTTP, and what is left of them."""

from contracts import repository, revisions


def test_a_contract_is_deleted_and_its_history_stays(machine, contract, path, etag):
    answer = machine.delete(path, If_Match=etag)
    assert (answer.status_code, answer.content) == (204, b"")
    assert repository.count() == 0
    assert [one["action"] for one in revisions.history(contract.contract_id)] == ["deleted", "created"]


def test_what_is_deleted_is_not_found(machine, path, etag):
    machine.delete(path, If_Match=etag)
    assert machine.get(path).status_code == 404
    assert machine.delete(path, If_Match=etag).status_code == 404


def test_without_a_tag_nothing_is_deleted(machine, path):
    assert machine.delete(path).status_code == 428
    assert repository.count() == 1


def test_with_a_stale_tag_nothing_is_deleted(machine, path, etag):
    machine.patch(path, {"notes": "x"}, If_Match=etag)
    assert machine.delete(path, If_Match=etag).status_code == 412
    assert repository.count() == 1
