"""Declared indexes are compared with the server, made and mended."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from pymongo.database import Database
from pytest_django import Settings

from mongo import indexes
from mongo.client import Document
from mongo.errors import Duplicate
from mongo.indexes import index

PLAIN = index("things", "status", "-at")
UNIQUE = index("things", "key", unique=True)
PARTIAL = index("things", "entryId", unique=True, partial={"entryId": {"$type": "string"}})
WEEK = index("things", "createdAt", expire_after=7 * 24 * 3600)
SPARSE = index("things", "number", unique=True, sparse=True)
ALL = [PLAIN, UNIQUE, PARTIAL, SPARSE, WEEK]


def days(number: int) -> indexes.Index:
    return index("things", "createdAt", expire_after=number * 24 * 3600)


def mend(*wanted: indexes.Index) -> None:
    for drift in indexes.drifts(wanted):
        indexes.mend(drift)


def only_drift(wanted: indexes.Index) -> indexes.Drift:
    [drift] = indexes.drifts([wanted])
    return drift


@pytest.fixture
def declares(settings: Settings, bare: Database[Document]) -> Settings:
    """Settings in which these indexes alone are declared, over an empty database."""
    settings.MONGODB_INDEXES = ["tests.mongo.test_indexes.ALL"]
    return settings


def test_the_projects_own_indexes_can_all_be_made(bare: Database[Document]) -> None:
    mend(*indexes.declared())
    assert indexes.drifts(indexes.declared()) == []


def test_no_two_declared_indexes_have_the_same_name(bare: Database[Document]) -> None:
    names = [(entry.collection, entry.name) for entry in indexes.declared()]
    assert len(names) == len(set(names))


def test_missing_indexes_are_made(bare: Database[Document]) -> None:
    mend(*ALL)
    assert set(bare.things.index_information()) == {"_id_", *(entry.name for entry in ALL)}


def test_indexes_as_declared_are_left_alone(bare: Database[Document]) -> None:
    mend(*ALL)
    assert indexes.drifts(ALL) == []


def test_indexes_that_nobody_declared_are_left_alone(bare: Database[Document]) -> None:
    bare.things.create_index("other", name="theirs")
    mend(*ALL)
    assert "theirs" in bare.things.index_information()


def test_an_index_that_another_service_named_otherwise_counts(bare: Database[Document]) -> None:
    bare.things.create_index([("status", 1), ("at", -1)], name="theirs")
    assert indexes.drifts([PLAIN]) == []


@pytest.mark.parametrize(
    ("wanted", "options", "reason"),
    [
        (UNIQUE, {}, "should be unique"),
        (PARTIAL, {"unique": True}, "holds other documents"),
        (SPARSE, {"unique": True}, "holds other documents"),
        (WEEK, {}, "should expire entries"),
        (PLAIN, {"expireAfterSeconds": 60}, "other keys"),
    ],
)
def test_an_index_with_other_options_is_rebuilt(
    bare: Database[Document], wanted: indexes.Index, options: dict[str, object], reason: str
) -> None:
    bare.things.create_index(wanted.keys[0][0], name=wanted.name, **options)
    assert reason in str(only_drift(wanted))
    mend(wanted)
    assert indexes.drifts([wanted]) == []


def test_another_retention_is_set_without_rebuilding(bare: Database[Document]) -> None:
    mend(days(7))
    assert only_drift(days(30)).fix == "retain"
    mend(days(30))
    assert bare.things.index_information()["createdAt_1"]["expireAfterSeconds"] == 30 * 24 * 3600


def test_a_shorter_retention_is_told_from_a_longer_one(bare: Database[Document]) -> None:
    mend(days(7))
    assert only_drift(days(1)).shortens_retention
    assert not only_drift(days(8)).shortens_retention


def test_an_end_to_keeping_everything_shortens_retention(bare: Database[Document]) -> None:
    bare.things.create_index("createdAt")
    assert only_drift(days(7)).shortens_retention


def test_a_unique_index_over_duplicates_is_refused_and_the_former_one_stays(bare: Database[Document]) -> None:
    bare.things.create_index("key")
    bare.things.insert_many([{"key": "twice"}, {"key": "twice"}])
    with pytest.raises(Duplicate):
        mend(UNIQUE)
    assert "key_1" in bare.things.index_information()


def test_documents_that_a_sparse_index_leaves_out_are_no_duplicates(bare: Database[Document]) -> None:
    bare.things.insert_many([{}, {}, {"number": 7}, {"number": 7}])
    assert indexes.duplicated(SPARSE) == {"number": 7}


def test_an_index_that_somebody_else_has_just_dropped_is_made(bare: Database[Document]) -> None:
    bare.things.create_index("key")
    drift = only_drift(UNIQUE)
    bare.things.drop_index("key_1")
    indexes.mend(drift)
    assert indexes.drifts([UNIQUE]) == []


def test_the_command_says_what_it_makes(declares: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("ensure_indexes")
    assert "made: things.status_1_at_-1\n" in capsys.readouterr().out


def test_the_command_has_nothing_to_do_the_second_time(
    declares: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("ensure_indexes", verbosity=0)
    call_command("ensure_indexes")
    assert capsys.readouterr().out == "All 5 indexes are as declared.\n"


def test_two_runs_at_once_do_not_get_into_each_others_way(declares: Settings, bare: Database[Document]) -> None:
    bare.things.create_index("key")
    with ThreadPoolExecutor() as threads:
        for run in [threads.submit(call_command, "ensure_indexes", verbosity=0) for _ in range(4)]:
            run.result()
    assert indexes.drifts(ALL) == []


def test_check_reports_what_differs_and_changes_nothing(
    declares: Settings, bare: Database[Document], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="5 indexes differ"):
        call_command("ensure_indexes", check=True)
    assert "differs: things.key_1 is missing\n" in capsys.readouterr().out
    assert bare.list_collection_names() == []


def test_the_command_shortens_no_retention_unasked_and_mends_the_rest(
    declares: Settings, bare: Database[Document]
) -> None:
    mend(days(30))
    with pytest.raises(CommandError, match="say --shorten-retention"):
        call_command("ensure_indexes", verbosity=0)
    assert [drift.index for drift in indexes.drifts(ALL)] == [WEEK]


def test_the_command_shortens_retention_when_asked(declares: Settings) -> None:
    mend(days(30))
    call_command("ensure_indexes", shorten_retention=True, verbosity=0)
    assert indexes.drifts(ALL) == []


def test_the_command_names_a_duplicate_and_mends_the_rest(declares: Settings, bare: Database[Document]) -> None:
    bare.things.insert_many([{"key": "twice"}, {"key": "twice"}, {"key": "once"}])
    with pytest.raises(CommandError, match="things holds key 'twice' more than once"):
        call_command("ensure_indexes", verbosity=0)
    assert [drift.index for drift in indexes.drifts(ALL)] == [UNIQUE]


def test_the_command_says_when_mongodb_is_not_configured() -> None:
    with pytest.raises(CommandError, match="Set MONGODB_URI"):
        call_command("ensure_indexes")
