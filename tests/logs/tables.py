"""Audit tables in SQL, as applications elsewhere have them."""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

FIELDS = ("id", "userId", "action", "details", "ipAddress", "userAgent", "timestamp")
USUAL = {
    "userId": "maya",
    "action": "user.signed_in",
    "details": '{"ok": true}',
    "ipAddress": "203.0.113.7",
    "userAgent": "Firefox",
    "timestamp": "2026-11-20T12:00:00.123Z",
}
COLUMNS = '"userId" TEXT, action TEXT, details TEXT, "ipAddress" TEXT, "userAgent" TEXT, "timestamp" TEXT'
IN_POSTGRES = (
    '"userId" text, action text, details jsonb, "ipAddress" inet, "userAgent" text, "timestamp" timestamp(3)'
)


def row(id: Any, **more: Any) -> dict[str, Any]:
    return {"id": id, **USUAL, **more}


def sqlite_table(
    path: Path,
    rows: Iterable[Mapping[str, Any]],
    *,
    table: str = "AuditLog",
    columns: str = f"id INTEGER PRIMARY KEY, {COLUMNS}",
) -> str:
    """A table in a file of SQLite; returns the URL of its database."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f'CREATE TABLE "{table}" ({columns})')
        connection.executemany(f'INSERT INTO "{table}" VALUES (?, ?, ?, ?, ?, ?, ?)', map(_values, rows))
    return f"sqlite:///{path}"


def postgres_table(
    url: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    table: str = '"AuditLog"',
    columns: str = f"id serial PRIMARY KEY, {IN_POSTGRES}",
) -> str:
    """A table in Postgres in place of one of that name; returns the URL."""
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TABLE {table} ({columns})")
        cursor.executemany(f"INSERT INTO {table} VALUES (%s, %s, %s, %s, %s, %s, %s)", map(_values, rows))
    return url


def _values(one: Mapping[str, Any]) -> list[Any]:
    return [one[field] for field in FIELDS]
