"""A database in a file of SQLite, opened for reading alone."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from logs.sql.database import SOURCE, SqlUnusable, Table, short

BUSY_SECONDS = 10.0
TABLES = """
    SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    ORDER BY name
"""
# Hidden columns of 1 are those of virtual tables that no SELECT * shows; generated ones have other numbers.
COLUMNS = "SELECT name FROM pragma_table_xinfo(?) WHERE hidden <> 1"


class Sqlite:
    """Values come as they are stored, whatever the column is declared as; bytes that are no UTF-8 as surrogates."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def tables(self) -> list[Table]:
        with self.query(TABLES) as found:
            return [Table("main", name) for (name,) in found]

    def columns(self, table: Table) -> dict[str, str]:
        with self.query(COLUMNS, [table.name]) as found:
            return {name: f"{SOURCE}.{self.quoted(name)}" for (name,) in found}

    def quoted(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def ordered(self, column: str) -> str:
        # By another collation, ids that differ would count as one.
        return f"{SOURCE}.{self.quoted(column)} COLLATE BINARY"

    def sent(self, value: Any) -> tuple[str, Any]:
        if isinstance(value, str) and not value.isascii():
            # The plus takes away what a CAST would otherwise do to the other side of a comparison.
            return "+CAST(? AS TEXT)", value.encode("utf-8", "surrogateescape")
        return "?", value

    @contextmanager
    def query(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Iterator[tuple[Any, ...]]]:
        with _told(), closing(self._connection.execute(sql, values)) as cursor:
            yield cursor


@contextmanager
def opened(name: str) -> Iterator[Sqlite]:
    """The database in a file. Raises SqlUnusable."""
    path = Path(name).absolute()
    if not path.is_file():
        raise SqlUnusable(f"There is no file {path}.")
    with _told():
        # What each statement sees is over with it, so nobody who writes to the file waits for long.
        connection = sqlite3.connect(
            f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS, isolation_level=None, detect_types=0
        )
    connection.text_factory = _text
    with closing(connection):
        yield Sqlite(connection)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise SqlUnusable(f"SQLite cannot read this: {short(error)}.") from error
