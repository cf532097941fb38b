"""Tables are found by the very names they have, and their rows read in order, whole, and without a write."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connections

from logs.sql import source
from logs.sql.database import SqlUnusable
from logs.sql.source import PAGE_BYTES, Row
from tests.logs.tables import COLUMNS, FIELDS, IN_POSTGRES, postgres_table, row, sqlite_table

Made = Callable[..., str]
ANY_ID = f"id, {COLUMNS}"
ODD_NAMES = 'a "quoted"; DROP TABLE x; -- 100%s'


@pytest.fixture
def in_sqlite(tmp_path: Path) -> Made:
    def made(rows: Iterable[Row] = (), **options: Any) -> str:
        return sqlite_table(tmp_path / "app.sqlite3", rows, **options)

    return made


@pytest.fixture
def in_postgres(postgres_url: str) -> Made:
    def made(rows: Iterable[Row] = (), **options: Any) -> str:
        return postgres_table(postgres_url, rows, **options)

    return made


@pytest.fixture(params=["in_sqlite", "in_postgres"])
def made(request: pytest.FixtureRequest) -> Made:
    """Makes the table AuditLog in a database of each kind."""
    return request.getfixturevalue(request.param)


def rows(url: str, size: int = 1_000, *, table: str = "AuditLog", columns: str = "") -> list[Row]:
    with source.opened(url, table, columns) as opened:
        return list(opened.rows(size))


def ids(url: str, size: int = 1_000, **options: Any) -> list[Any]:
    return [one["id"] for one in rows(url, size, **options)]


def refusal(url: str, table: str = "AuditLog", columns: str = "") -> str:
    with pytest.raises(SqlUnusable) as caught:
        rows(url, table=table, columns=columns)
    return str(caught.value)


# Rows ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 24, 25, 1_000])
def test_all_rows_come_in_the_order_of_their_ids_however_many_at_a_time(made: Made, size: int) -> None:
    assert ids(made(row(number) for number in range(25, 0, -1)), size) == list(range(1, 26))


def test_an_empty_table_has_no_rows(made: Made) -> None:
    assert rows(made()) == []


def test_rows_have_what_the_columns_hold(made: Made) -> None:
    [found] = rows(made([row(7, userId=None)]))
    assert {**found, "timestamp": found["timestamp"][:10]} == {**row(7, userId=None), "timestamp": "2026-11-20"}


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_rows_that_share_an_id_all_come(in_sqlite: Made, size: int) -> None:
    wanted = [1, 2, 2, 2, 3, 3, "a", "a", "b", b"\0", b"\0"]
    assert ids(in_sqlite((row(id) for id in wanted), columns=ANY_ID), size) == wanted


@pytest.mark.parametrize("size", [1, 2, 100])
def test_ids_of_all_kinds_come_in_sqlites_order(in_sqlite: Made, size: int) -> None:
    wanted = [-(2**63), -1.5, 0, 2, 10, 2**63 - 1, "", "10", "2", "A", "a", "a\0b", "é", b"", b"2"]
    assert ids(in_sqlite((row(id) for id in reversed(wanted)), columns=ANY_ID), size) == wanted


@pytest.mark.parametrize("size", [1, 2, 100])
def test_ids_that_differ_in_case_alone_all_come(in_sqlite: Made, size: int) -> None:
    url = in_sqlite(map(row, "abAB"), columns=f"id TEXT COLLATE NOCASE, {COLUMNS}")
    assert ids(url, size) == ["A", "B", "a", "b"]


@pytest.mark.parametrize("size", [1, 2, 100])
def test_ids_that_are_no_utf_8_are_no_hindrance(in_sqlite: Made, tmp_path: Path, size: int) -> None:
    url = in_sqlite([row("a"), row("z")], columns=f"id TEXT PRIMARY KEY, {COLUMNS}")
    with closing(sqlite3.connect(tmp_path / "app.sqlite3")) as connection, connection:
        connection.execute("INSERT INTO \"AuditLog\" (id) VALUES (CAST(x'6280' AS TEXT)), (CAST(x'6281' AS TEXT))")
    assert ids(url, size) == ["a", "b\udc80", "b\udc81", "z"]


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("bigint", [-5, 9, 10, 2**63 - 1]),
        ("uuid", [str(UUID(int=1)), str(UUID(int=2)), str(UUID(int=2**127))]),
        ("text", ["a", "b", "é", "z"]),
        ("numeric(30)", ["9", "10", "18446744073709551616"]),
        ("bytea", [b"\0", b"\1"]),
        ("timestamptz", ["2026-01-01 00:00:00+00", "2026-01-02 00:00:00.000001+00"]),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 100])
def test_ids_of_all_types_come_in_the_order_of_postgres(
    in_postgres: Made, kind: str, wanted: list[Any], size: int
) -> None:
    collation = 'COLLATE "und-x-icu"' if kind == "text" else ""
    url = in_postgres(map(row, reversed(wanted)), columns=f"id {kind} {collation} PRIMARY KEY, {IN_POSTGRES}")
    assert ids(url, size) == wanted


def test_values_that_python_does_not_know_come_as_postgres_writes_them(in_postgres: Made) -> None:
    columns = (
        'id int, "userId" bigint, action varchar, details jsonb, "ipAddress" cidr, "userAgent" xml, '
        '"timestamp" timestamptz'
    )
    dates = ["infinity", "0044-03-15 00:00:00 BC", "294276-12-31 00:00:00Z", "2026-11-20 12:00:00+05:30"]
    wild = {"userId": 7, "details": '{"n": 1e400}', "ipAddress": "10.0.0.0/8", "userAgent": "<a/>"}
    found = rows(in_postgres((row(id, **wild, timestamp=at) for id, at in enumerate(dates)), columns=columns))
    assert [one["timestamp"] for one in found] == [
        "infinity",
        "0044-03-15 00:00:00+00 BC",
        "294276-12-31 00:00:00+00",
        "2026-11-20 06:30:00+00",
    ]
    assert found[0]["details"] == f'{{"n": 1{"0" * 400}}}'
    assert (found[0]["userId"], found[0]["ipAddress"], found[0]["userAgent"]) == (7, "10.0.0.0/8", "<a/>")


def test_declared_types_are_not_believed_in_sqlite(in_sqlite: Made) -> None:
    url = in_sqlite(
        [row(1, timestamp="soon")],
        columns=f"id INTEGER, {COLUMNS}".replace('"timestamp" TEXT', '"timestamp" DATETIME'),
    )
    assert rows(url)[0]["timestamp"] == "soon"


def test_large_rows_come_few_at_a_time(made: Made) -> None:
    url = made(row(number, userAgent="x" * (PAGE_BYTES // 3)) for number in range(1, 9))
    assert ids(url) == list(range(1, 9))


def test_rows_without_an_id_are_counted(in_sqlite: Made) -> None:
    with source.opened(in_sqlite([row(None), row(None), row(1)], columns=ANY_ID), "AuditLog", "") as opened:
        assert (opened.total, opened.nameless) == (3, 2)
        assert [one["id"] for one in opened.rows(10)] == [1]


# Names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "right"), [("auditlog", "AuditLog"), ("audit_log", "AuditLog"), ('"AuditLog"', "AuditLog")]
)
def test_a_table_of_another_spelling_is_not_taken_but_named(made: Made, wrong: str, right: str) -> None:
    assert refusal(made(), wrong) == f"There is no table “{wrong}”. Do you mean “{right}”? Write it exactly so."


def test_where_there_is_no_such_table_those_that_there_are_are_named(in_sqlite: Made) -> None:
    assert refusal(in_sqlite(table="Events")) == "There is no table “AuditLog”. There are: Events."


def test_a_table_of_another_schema_is_named_with_it(in_postgres: Made, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS app")
    url = in_postgres([row(1)], table='app."Trail"')
    assert ids(url, table="app.Trail") == [1]
    assert "Do you mean “app.Trail”?" in refusal(url, "Trail")


def test_a_view_is_as_good_as_a_table(in_sqlite: Made, tmp_path: Path) -> None:
    url = in_sqlite([row(1), row(2)])
    with closing(sqlite3.connect(tmp_path / "app.sqlite3")) as connection:
        connection.execute('CREATE VIEW recent AS SELECT * FROM "AuditLog" WHERE id > 1')
    assert ids(url, table="recent") == [2]


def test_columns_may_have_other_names(made: Made) -> None:
    columns = 'key int, who text, action text, details text, "userAgent" text, ip text, at text'
    url = made([dict(zip(FIELDS, [1, "maya", "a", "{}", "Firefox", "::1", "2026"], strict=True))], columns=columns)
    assert rows(url, columns="id=key, userId=who,ipAddress=ip,timestamp=at") == [
        row(1, action="a", details="{}", ipAddress="::1", timestamp="2026")
    ]


def test_what_need_not_be_there_may_be_missing(made: Made) -> None:
    found = rows(made([row(1)]), columns="details=,ipAddress=,userAgent=")
    assert [found[0][field] for field in ("details", "ipAddress", "userAgent")] == [None] * 3


def test_a_missing_column_is_named_with_the_way_to_name_another(made: Made) -> None:
    url = made()
    assert "has no column “agent” for userAgent. There are: " in refusal(url, columns="userAgent=agent")
    assert refusal(url, columns="userAgent=useragent").endswith(
        "Do you mean “userAgent”? Write it exactly so. "
        "Name the right one with --columns userAgent=…, or say userAgent= if there is none."
    )


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ("user_id", "“user_id” does not say which column a field is. Write id=column,userId=column; the fields"),
        ("user=user_id", "“user=user_id” does not say"),
        ("userId=a,userId=b", "The column of userId is said twice."),
        ("timestamp=", "An entry needs its timestamp"),
        (",", "“” does not say"),
    ],
)
def test_columns_that_are_not_said_rightly_are_refused(in_sqlite: Made, columns: str, reason: str) -> None:
    assert reason in refusal(in_sqlite(), columns=columns)


def test_names_are_quoted_whatever_they_hold(made: Made) -> None:
    quoted = ODD_NAMES.replace('"', '""')
    columns = f'"{quoted}" int, {COLUMNS}'
    url = made(
        [dict(zip(FIELDS, row(number).values(), strict=True)) for number in range(3)],
        columns=columns,
    )
    assert ids(url, 1, columns=f"id={ODD_NAMES}") == [0, 1, 2]


def test_sql_in_names_is_no_more_than_a_name_that_there_is_not(made: Made) -> None:
    url = made([row(1)])
    assert "There is no table" in refusal(url, 'AuditLog"; DROP TABLE "AuditLog"; --')
    assert "has no column" in refusal(url, columns='userId="userId" FROM "AuditLog"; DELETE FROM "AuditLog"; --')
    assert ids(url) == [1]


# Databases -------------------------------------------------------------------------------------------------


def test_nothing_can_be_written(made: Made) -> None:
    with source.opened(made([row(1)]), "AuditLog", "") as opened:
        with (
            pytest.raises(SqlUnusable, match=r"readonly|read-only"),
            opened._database.query('DELETE FROM "AuditLog"') as found,
        ):
            list(found)
        assert [one["id"] for one in opened.rows(5)] == [1]


def test_others_can_write_while_rows_are_read(in_sqlite: Made, tmp_path: Path) -> None:
    with source.opened(in_sqlite([row(1), row(2), row(4)]), "AuditLog", "") as opened:
        found = opened.rows(2)
        assert next(found)["id"] == 1
        with closing(sqlite3.connect(tmp_path / "app.sqlite3", timeout=0)) as connection, connection:
            connection.execute('DELETE FROM "AuditLog" WHERE id <= 2')
            connection.execute('INSERT INTO "AuditLog" (id) VALUES (3)')
        assert [one["id"] for one in found] == [2, 3, 4]


def test_a_file_with_a_write_ahead_log_is_read(in_sqlite: Made, tmp_path: Path) -> None:
    url = in_sqlite([row(1)])
    with closing(sqlite3.connect(tmp_path / "app.sqlite3")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        assert ids(url) == [1]
    assert ids(url) == [1]


@pytest.mark.django_db
def test_an_alias_of_the_settings_is_a_database() -> None:
    message = refusal("default")
    assert "There is no table “AuditLog”. There are: " in message
    assert "auth_user" in message


def test_an_unknown_alias_is_told_with_those_that_there_are() -> None:
    assert "no database “other” in the settings, which have default." in refusal("other")


@pytest.mark.parametrize(
    "url", ["mysql://u:s3cret@h/n", "nonsense://s3cret", "postgres://u:s3cret@h:port/n", "://s3cret"]
)
def test_a_url_that_cannot_be_used_is_refused_without_its_password(url: str) -> None:
    message = refusal(url)
    assert "postgres://user:password@host" in message
    assert "s3cret" not in message


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert refusal(f"sqlite:///{tmp_path}/none.db") == f"There is no file {tmp_path}/none.db."
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "a b?c#d.db").write_text("no database at all" * 100)
    assert refusal(f"sqlite:///{tmp_path}/a b%3Fc%23d.db") == "SQLite cannot read this: file is not a database."


def test_a_postgres_that_is_away_is_told() -> None:
    message = refusal("postgres://u:s3cret@127.0.0.1:1/n")
    assert message.startswith("Postgres cannot read this: ")
    assert "s3cret" not in message


def test_connections_of_the_site_are_left_alone(in_sqlite: Made) -> None:
    rows(in_sqlite())
    assert list(connections) == ["default"]
