"""What a table is read through, whichever database it lies in."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

# What every query calls the table by, so that a column is never mistaken for a name that the query makes.
SOURCE = "source"


class SqlUnusable(Exception):
    """A database, table or column cannot be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view; `is_usual` where its name alone is enough to find it."""

    schema: str
    name: str
    is_usual: bool = True

    def __str__(self) -> str:
        return self.name if self.is_usual else f"{self.schema}.{self.name}"


class Database(Protocol):
    """An open database. Its methods raise SqlUnusable."""

    def tables(self) -> Sequence[Table]:
        """All tables and views but the database's own."""

    def columns(self, table: Table) -> Mapping[str, str]:
        """The table's columns, and the SQL that gives the value of each as it is to be read."""

    def quoted(self, name: str) -> str:
        """A name as it stands in SQL, whatever it holds."""

    def ordered(self, column: str) -> str:
        """The SQL that rows are put in order by, for a column of the table."""

    def sent(self, value: Any) -> tuple[str, Any]:
        """The SQL that stands for a value that was read, and the parameter that it takes."""

    def query(self, sql: str, values: Sequence[Any] = ()) -> AbstractContextManager[Iterator[tuple[Any, ...]]]:
        """The rows of a query one by one, as long as the context lasts; no more are fetched than are taken."""


def short(error: Exception) -> str:
    """What a driver says, in one line."""
    return (str(error).strip().split("\n", 1)[0][:300] or type(error).__name__).rstrip(".")
