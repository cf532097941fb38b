"""A table's rows in the order of their ids, page by page: nothing is held open or held in memory for long."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import takewhile
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from environ import Env

from logs.sql import postgres, sqlite
from logs.sql.database import SOURCE, Database, SqlUnusable, Table
from logs.sql.naming import check_columns, columns_of, table_of

Row = dict[str, Any]

# The first is what rows are told apart by.
FIELDS = ("id", "userId", "action", "details", "ipAddress", "userAgent", "timestamp")
OPTIONAL = frozenset({"details", "ipAddress", "userAgent"})
PAGE_BYTES = 8_000_000


class Source:
    """Rows with what the columns hold by the names of fields; None where a field has no column.

    `total` is how many rows there are at first, and `nameless` how many of them have no id, which nobody can read.
    """

    def __init__(self, database: Database, table: Table, columns: Mapping[str, str | None]) -> None:
        self.table = str(table)
        expressions = database.columns(table)
        check_columns(table, columns, expressions, OPTIONAL)
        selected = [expressions[column] if column else "NULL" for column in columns.values()]
        self._database, self._fields = database, tuple(columns)
        self._id = database.ordered(str(columns["id"]))
        self._from = f"FROM {database.quoted(table.schema)}.{database.quoted(table.name)} AS {SOURCE}"
        self._select = f"SELECT {', '.join(selected)} {self._from} WHERE {self._id} IS NOT NULL"
        with database.query(f"SELECT count(*), count(*) - count({self._id}) {self._from}") as found:
            [(self.total, self.nameless)] = found

    def rows(self, size: int) -> Iterator[Row]:
        """All rows that have an id, read `size` at a time or fewer where they are large. Raises SqlUnusable.

        A page begins with the id that the last one ended with, which others may share, and leaves out as many rows
        of it as were read already.
        """
        last, read = None, 0
        while page := self._page(last, read, size):
            yield from (dict(zip(self._fields, values, strict=True)) for values in page)
            again = sum(1 for _ in takewhile(lambda values: values[0] == page[-1][0], reversed(page)))
            read = again + read if again == len(page) and page[-1][0] == last else again
            last = page[-1][0]

    def _page(self, last: Any, read: int, size: int) -> list[tuple[Any, ...]]:
        slot, sent = self._database.sent(last)
        after = f"AND {self._id} >= {slot}" if read else ""
        sql = f"{self._select} {after} ORDER BY {self._id} LIMIT {size + read}"
        page: list[tuple[Any, ...]] = []
        skipped = room = 0
        with self._database.query(sql, [sent] if read else []) as found:
            for values in found:
                if skipped < read and values[0] == last:
                    skipped += 1
                    continue
                page.append(values)
                room += size_of(values)
                if room >= PAGE_BYTES:
                    break
        return page


def size_of(values: Sequence[Any]) -> int:
    """About how many bytes a row takes."""
    return 100 + sum(len(value) for value in values if isinstance(value, str | bytes))


@contextmanager
def opened(place: str, table: str, columns: str) -> Iterator[Source]:
    """A table of the database that an alias of the settings or a URL names. Raises SqlUnusable."""
    wanted = columns_of(columns, FIELDS, OPTIONAL)
    with _database(_config(place)) as database:
        yield Source(database, table_of(table, database.tables()), wanted)


def _config(place: str) -> Mapping[str, Any]:
    if "://" not in place:
        if place in connections.settings:
            return connections[place].settings_dict
        raise SqlUnusable(
            f"There is no database “{place}” in the settings, which have {', '.join(connections.settings)}. "
            "A URL does as well: postgres://user:password@host:5432/name or sqlite:////path."
        )
    try:
        # Of other schemes it would warn, and tell the password.
        return dict(Env.db_url_config(place)) if place.partition("://")[0] in Env.DB_SCHEMES else {}
    except (ValueError, ImproperlyConfigured):
        return {}


def _database(config: Mapping[str, Any]) -> AbstractContextManager[Database]:
    match config.get("ENGINE"):
        case "django.db.backends.sqlite3":
            return sqlite.opened(str(config["NAME"]))
        case "django.db.backends.postgresql":
            return postgres.opened(config)
    # The URL is not repeated, since it may hold a password.
    raise SqlUnusable(
        "This database cannot be read. Give postgres://user:password@host:5432/name or sqlite:////path."
    )
