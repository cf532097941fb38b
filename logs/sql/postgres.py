"""A Postgres database, asked in transactions that may only read."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, cast

import psycopg
from psycopg.adapt import Loader
from psycopg.types.string import StrDumperUnknown

from logs.sql.database import SOURCE, SqlUnusable, Table, short

CONNECT_SECONDS = 10
READ_ONLY = "SET TRANSACTION READ ONLY; SET LOCAL TimeZone TO 'UTC'; SET LOCAL DateStyle TO 'ISO'"
TABLES = """
    SELECT nspname, relname, pg_catalog.pg_table_is_visible(c.oid)
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
    AND nspname <> 'information_schema' AND NOT starts_with(nspname::text, 'pg_')
    ORDER BY nspname, relname
"""
COLUMNS = """
    SELECT attname, typname
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE nspname = %s AND relname = %s AND attnum > 0 AND NOT attisdropped
    ORDER BY attnum
"""
# All else is asked for as texts, for there are dates beyond Python's, and JSON that no float can tell.
# An address, which a cast would give a mask, is one as it comes.
AS_THEY_ARE = {"int2", "int4", "int8", "bytea", "inet"}


class _Text(Loader):
    """Texts of a database that does not check its encoding may hold anything."""

    def load(self, data: Any) -> str:
        return bytes(data).decode("utf-8", "surrogateescape")


class _AsRead(StrDumperUnknown):
    """A text as `_Text` read it, which Postgres takes for whatever it is compared with."""

    def dump(self, obj: str) -> bytes:
        return obj.encode("utf-8", "surrogateescape")


class Postgres:
    """Integers and bytes come as such, everything else as Postgres writes it, times in UTC."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._connection = connection

    def tables(self) -> list[Table]:
        with self.query(TABLES) as found:
            return [Table(*row) for row in found]

    def columns(self, table: Table) -> dict[str, str]:
        with self.query(COLUMNS, [table.schema, table.name]) as found:
            kinds = dict(found)
        return {name: self._column(name, kind) for name, kind in kinds.items()}

    def _column(self, name: str, kind: str) -> str:
        return f"{SOURCE}.{self.quoted(name)}" + ("" if kind in AS_THEY_ARE else "::text")

    def quoted(self, name: str) -> str:
        # A percent sign would be taken for the mark of a parameter.
        return '"' + name.replace('"', '""').replace("%", "%%") + '"'

    def ordered(self, column: str) -> str:
        return f"{SOURCE}.{self.quoted(column)}"

    def sent(self, value: Any) -> tuple[str, Any]:
        return "%s", value

    @contextmanager
    def query(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Iterator[tuple[Any, ...]]]:
        with _told(), self._connection.transaction(force_rollback=True), self._connection.cursor() as cursor:
            cursor.execute(READ_ONLY)
            # Other than a cursor of the usual kind, this holds one row at a time.
            rows = cast(Generator[tuple[Any, ...], None, None], cursor.stream(sql, values))
            with closing(rows):
                yield rows


@contextmanager
def opened(config: Mapping[str, Any]) -> Iterator[Postgres]:
    """The database that a Django configuration names. Raises SqlUnusable."""
    place = {
        "dbname": config["NAME"],
        "user": config["USER"],
        "password": config["PASSWORD"],
        "host": config["HOST"],
        "port": config["PORT"],
        "connect_timeout": CONNECT_SECONDS,
        **config.get("OPTIONS", {}),
    }
    given = {name: value for name, value in place.items() if value != ""}
    with _told():
        # Nothing is prepared, and nothing set for longer than a transaction, so that poolers do no harm.
        connection = psycopg.connect(**given, autocommit=True, client_encoding="utf8", prepare_threshold=None)
    for kind in ("text", "inet"):
        connection.adapters.register_loader(kind, _Text)
    connection.adapters.register_dumper(str, _AsRead)
    with closing(connection):
        yield Postgres(connection)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise SqlUnusable(f"Postgres cannot read this: {short(error)}.") from error
