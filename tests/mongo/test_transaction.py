"""All of a change, or nothing of it."""

import threading

import pytest
from pymongo.client_session import ClientSession
from pymongo.database import Database

from mongo import transaction
from mongo.client import Document
from mongo.errors import Duplicate, MongoNotConfigured, MongoUnavailable

FIRST = {"contract_id": "c1", "account_id": "a1"}
SECOND = {"contract_id": "c2", "account_id": "a2"}


def both(db: Database[Document], session: ClientSession) -> str:
    db.contracts.insert_one(dict(FIRST), session=session)
    db.contracts.insert_one(dict(SECOND), session=session)
    return "done"


def test_it_keeps_everything_and_returns_what_the_work_returned(mongo: Database[Document]) -> None:
    assert transaction.run(both) == "done"
    assert mongo.contracts.count_documents({}) == 2


def test_an_error_of_the_work_passes_through_and_leaves_nothing(mongo: Database[Document]) -> None:
    def work(db: Database[Document], session: ClientSession) -> None:
        both(db, session)
        raise LookupError("changed my mind")

    with pytest.raises(LookupError, match="changed my mind"):
        transaction.run(work)
    assert mongo.contracts.count_documents({}) == 0


def test_an_error_of_the_server_is_translated_and_leaves_nothing(mongo: Database[Document]) -> None:
    mongo.contracts.insert_one(dict(SECOND))
    with pytest.raises(Duplicate):
        transaction.run(both)
    assert mongo.contracts.count_documents({}) == 1


def test_it_sees_its_own_writes_which_others_do_not(mongo: Database[Document]) -> None:
    def work(db: Database[Document], session: ClientSession) -> tuple[int, int]:
        both(db, session)
        return db.contracts.count_documents({}, session=session), db.contracts.count_documents({})

    assert transaction.run(work) == (2, 0)


def test_work_that_meets_another_writer_runs_again_and_counts_once(mongo: Database[Document]) -> None:
    mongo.counters.insert_one({"_id": "hits", "n": 0})

    def add_one(db: Database[Document], session: ClientSession) -> None:
        found = db.counters.find_one({"_id": "hits"}, session=session)
        db.counters.update_one({"_id": "hits"}, {"$set": {"n": found["n"] + 1}}, session=session)

    threads = [threading.Thread(target=transaction.run, args=(add_one,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert mongo.counters.find_one({"_id": "hits"})["n"] == 4


def test_a_conflict_that_does_not_end_is_given_up_in_time(mongo: Database[Document]) -> None:
    mongo.counters.insert_one({"_id": "hits", "n": 0})

    def blocked(db: Database[Document], session: ClientSession) -> None:
        db.counters.find_one({"_id": "hits"}, session=session)
        # Somebody else writes between our reading and our writing, at every attempt.
        db.counters.update_one({"_id": "hits"}, {"$inc": {"n": 1}})
        db.counters.update_one({"_id": "hits"}, {"$inc": {"n": 100}}, session=session)

    with pytest.raises(MongoUnavailable):
        transaction.run(blocked, seconds=0.5)
    assert mongo.counters.count_documents({"n": {"$gte": 100}}) == 0


def test_without_an_address_it_says_so() -> None:
    with pytest.raises(MongoNotConfigured):
        transaction.run(both)
