"""Claims on documents: one at a time goes on, and whoever is overtaken writes nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from pymongo.database import Database

from mongo import claims
from mongo.claims import CLAIM, Claim, Overtaken
from mongo.client import Document

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LATER = NOW + CLAIM + timedelta(seconds=1)


@pytest.fixture
def work(mongo: Database[Document]) -> Database[Document]:
    """A document with work to be done."""
    mongo.works.insert_one({"_id": "w", "at": 0, "claim": None})
    return mongo


def taken(now: datetime = NOW) -> Claim:
    claim = claims.take("works", {"_id": "w"}, now)
    assert claim is not None
    return claim


def note(claim: Claim, at: int) -> None:
    claim.note({"at": at}, lambda db, session: db.done.insert_one({"at": at}, session=session))


def noted(mongo: Database[Document]) -> tuple[int, list[int]]:
    """How far the document says it is, and what was stored."""
    return mongo.works.find_one({"_id": "w"})["at"], [entry["at"] for entry in mongo.done.find()]


def test_what_is_taken_nobody_else_takes(work: Database[Document]) -> None:
    assert taken().document["at"] == 0
    assert claims.take("works", {"_id": "w"}, NOW + CLAIM) is None


def test_what_does_not_match_is_not_taken(work: Database[Document]) -> None:
    assert claims.take("works", {"_id": "w", "at": 7}, NOW) is None


def test_progress_and_what_was_done_are_written_together(work: Database[Document]) -> None:
    note(taken(), 5)
    assert noted(work) == (5, [5])


def test_where_storing_fails_no_progress_is_written(work: Database[Document]) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        taken().note({"at": 5}, fail)
    assert noted(work) == (0, [])


def test_once_it_is_released_another_takes_it_at_once(work: Database[Document]) -> None:
    with taken().released():
        pass
    assert taken().document["at"] == 0


def test_an_error_in_the_middle_releases_it_too(work: Database[Document]) -> None:
    with pytest.raises(RuntimeError), taken().released():
        raise RuntimeError
    assert not claims.is_taken(work.works.find_one({"_id": "w"}), NOW)


def test_a_claim_that_has_run_out_is_taken_over(work: Database[Document]) -> None:
    first, second = taken(), taken(LATER)
    assert first.by != second.by


def test_who_was_overtaken_writes_neither_progress_nor_what_was_done(work: Database[Document]) -> None:
    first, second = taken(), taken(LATER)
    with pytest.raises(Overtaken):
        note(first, 5)
    assert noted(work) == (0, [])
    note(second, 7)
    assert noted(work) == (7, [7])


def test_who_was_overtaken_just_ends_and_frees_nothing(work: Database[Document]) -> None:
    first, second = taken(), taken(LATER)
    with first.released():
        note(first, 5)
    found = work.works.find_one({"_id": "w"})
    assert (found["claim"]["by"], claims.is_taken(found, LATER)) == (second.by, True)


def test_it_is_free_before_and_after_a_claim(work: Database[Document]) -> None:
    assert not claims.is_taken(work.works.find_one({"_id": "w"}), NOW)
    taken()
    found = work.works.find_one({"_id": "w"})
    assert (claims.is_taken(found, NOW), claims.is_taken(found, LATER)) == (True, False)
    assert work.works.count_documents({"_id": "w", **claims.free(NOW)}) == 0
