"""An entryId is unique among entries, whatever other services keep in that field, and many are found at once."""

from typing import Any

import pytest
from bson import ObjectId
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from logs.fields import KINDS
from logs.inserting import unknown
from mongo import indexes
from mongo.client import Document
from tests.commands import Command

UNIQUE, LOOKED_UP = "entryId_1", "entryId_1_looked_up"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_an_entry_id_is_unique_and_nothing_else_is(mongo: Database[Document], kind: Any) -> None:
    log = mongo[kind.collection]
    log.insert_many([{"entryId": value} for value in (None, None, 5, 5, "", "", "e1")] + [{}, {}])
    with pytest.raises(DuplicateKeyError):
        log.insert_one({"entryId": "e1"})


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_database_from_before_gets_the_index_that_is_looked_up_in(mongo: Database[Document], kind: Any) -> None:
    log = mongo[kind.collection]
    log.drop_index(LOOKED_UP)
    log.insert_many([{"entryId": "e1"}, {"entryId": None}, {"entryId": None}, {}])
    Command("ensure_indexes")()
    present = log.index_information()
    assert present[UNIQUE]["unique"]
    assert present[LOOKED_UP]["sparse"]
    assert indexes.drifts(indexes.declared()) == []


def test_ids_are_found_without_looking_at_every_entry(mongo: Database[Document]) -> None:
    mongo.transaction_logs.insert_many([{"entryId": f"e{number}"} for number in range(100)])
    plan = mongo.transaction_logs.find({"entryId": {"$in": ["e1", "e2", "other"]}}).explain()
    assert "IXSCAN" in str(plan["queryPlanner"]["winningPlan"])


def test_ids_are_known_in_whatever_field_they_stand(mongo: Database[Document]) -> None:
    own = ObjectId()
    mongo.audit_trails.insert_many([{"_id": own}, {"entryId": "e1"}, {"auditLogId": b"7"}])
    wanted: dict[int, Document] = {
        1: {"_id": own},
        2: {"entryId": "e1"},
        3: {"auditLogId": b"7"},
        4: {"entryId": "e2"},
    }
    assert unknown(KINDS["audit"], wanted) == {4: wanted[4]}
