"""Tells whether MongoDB can be used, step by step, and in plain words why not."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from bson import ObjectId
from django.core.management.base import BaseCommand, CommandError
from pymongo.client_session import ClientSession
from pymongo.database import Database

from mongo import client, transaction
from mongo.client import Document
from mongo.errors import MongoError, MongoRefused, MongoUnavailable

COLLECTION = "connection_checks"
REACHABLE = (
    "Check the host and port in MONGODB_URI, that the server runs, and that it lets this machine in "
    "(on Atlas: Network Access)."
)
STANDALONE = (
    "This server is a standalone. Contracts are saved in transactions, which need a replica set: start it with "
    "--replSet, or use Atlas."
)


class Command(BaseCommand):
    help = "Connect to MongoDB; write, read and delete a test document, also in a transaction."
    requires_system_checks: list[str] = []

    def handle(self, **_: Any) -> None:
        test = {"_id": ObjectId(), "note": "check_mongo writes this and deletes it again"}
        self._step("Connecting", _connect)
        self._step("Writing", partial(_write, test))
        self._step("Reading", partial(_read, test))
        self._step("Deleting", partial(_delete, test))
        self._step("Transaction", partial(_all_in_one, test))
        self.stdout.write("MongoDB can be used.")

    def _step(self, name: str, work: Callable[[], str | None]) -> None:
        started = time.perf_counter()
        try:
            told = work()
        except MongoError as error:
            hint = f" {REACHABLE}" if isinstance(error, MongoUnavailable) else ""
            raise CommandError(f"{name} failed. {error}{hint}") from error
        passed = (time.perf_counter() - started) * 1000
        self.stdout.write(f"{name:12} {passed:7.1f} ms  {told or ''}".rstrip())


def _connect() -> str:
    with client.reading() as db:
        version = db.client.admin.command("buildInfo")["version"]
        hello = db.client.admin.command("hello")
    return f"MongoDB {version} at {hello.get('me', 'an unnamed host')}, {_kind(hello)}"


def _kind(hello: Document) -> str:
    if hello.get("msg") == "isdbgrid":
        return "a sharded cluster"
    return f"replica set {hello['setName']}" if "setName" in hello else "a standalone"


def _write(test: Document) -> None:
    with client.writing() as db:
        db[COLLECTION].insert_one(test)


def _read(test: Document) -> None:
    with client.reading() as db:
        found = db[COLLECTION].find_one({"_id": test["_id"]})
    if found != test:
        raise MongoRefused("The test document did not come back as it was written.")


def _delete(test: Document) -> None:
    with client.writing() as db:
        db[COLLECTION].delete_one({"_id": test["_id"]})


def _all_in_one(test: Document) -> None:
    with client.reading() as db:
        if _kind(db.client.admin.command("hello")) == "a standalone":
            raise MongoRefused(STANDALONE)

    def work(db: Database[Document], session: ClientSession) -> None:
        db[COLLECTION].insert_one(test, session=session)
        db[COLLECTION].delete_one({"_id": test["_id"]}, session=session)

    transaction.run(work)
