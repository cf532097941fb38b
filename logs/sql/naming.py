"""The table and the columns that somebody means; for one that there is not, those that there are."""

from collections.abc import Collection, Mapping, Sequence

from logs.sql.database import SqlUnusable, Table

MOST_NAMED = 30


def table_of(name: str, tables: Sequence[Table]) -> Table:
    """The table of a name, which may be led by its schema and a dot. Raises SqlUnusable."""
    found = [table for table in tables if table.is_usual and table.name == name]
    found += [table for table in tables if f"{table.schema}.{table.name}" == name]
    if not found:
        raise SqlUnusable(f"There is no table “{name}”. {_those(name, [str(table) for table in tables])}")
    return found[0]


def columns_of(text: str, fields: Sequence[str], optional: Collection[str]) -> dict[str, str | None]:
    """The column of each field as `field=column,field=column` says, by default of the same name.

    None is for an optional field without one, as in `field=`. Raises SqlUnusable.
    """
    named: dict[str, str | None] = {}
    for part in text.split(",") if text else ():
        field, equals, column = (piece.strip() for piece in part.partition("="))
        if not equals or field not in fields:
            raise SqlUnusable(f"“{part}” does not say which column a field is. Write {_pairs(fields)}.")
        if field in named:
            raise SqlUnusable(f"The column of {field} is said twice.")
        if not column and field not in optional:
            raise SqlUnusable(f"An entry needs its {field}, so say in which column it is.")
        named[field] = column or None
    return {field: named.get(field, field) for field in fields}


def check_columns(
    table: Table, wanted: Mapping[str, str | None], there: Collection[str], optional: Collection[str]
) -> None:
    """Raise SqlUnusable for the first column that the table does not have."""
    for field, column in wanted.items():
        if column is not None and column not in there:
            way_out = f", or say {field}= if there is none" if field in optional else ""
            raise SqlUnusable(
                f"The table “{table}” has no column “{column}” for {field}. {_those(column, there)} "
                f"Name the right one with --columns {field}=…{way_out}."
            )


def _pairs(fields: Sequence[str]) -> str:
    first, second = fields[:2]
    return f"{first}=column,{second}=column; the fields are {', '.join(fields)}"


def _those(wanted: str, there: Collection[str]) -> str:
    alike = [name for name in there if _folded(name) == _folded(wanted.rpartition(".")[2])]
    alike += [name for name in there if _folded(name.rpartition(".")[2]) == _folded(wanted) and name not in alike]
    if alike:
        return f"Do you mean {' or '.join(f'“{name}”' for name in alike)}? Write it exactly so."
    names = sorted(there)
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return f"There are: {', '.join(names[:MOST_NAMED])}{more}." if names else "There are none."


def _folded(name: str) -> str:
    """A name without what people often get wrong."""
    return name.strip("\"'`[]").replace("_", "").casefold()
