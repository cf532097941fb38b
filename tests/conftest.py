"""What every test may ask for: an empty MongoDB, users of each role, and browsers signed in as them."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.apps import apps
from django.conf import settings as project
from django.contrib.auth.models import AbstractBaseUser, Group, User
from django.db.models.signals import post_migrate
from django.test import Client
from pymongo import monitoring
from pymongo.database import Database
from pytest_django import Settings

from logs import viewing
from mongo import client, indexes, ratelimit
from mongo.client import Document
from mongo.embedded import EmbeddedServer
from tests.factories import MAYA
from tests.machines import Machine
from users import tokens
from users.access import ACCOUNT_MANAGER, ADMINISTRATOR, VIEWER
from users.roles import make_roles

PASSWORD = "a long phrase for the tests"
NO_CHROMIUM = "No Chromium is installed, so no page was tried in a browser."
NO_NODE = "No Node is installed, so the example in JavaScript was not tried."
REMEDIES = {NO_CHROMIUM: "apt-get install chromium", NO_NODE: "apt-get install nodejs"}


def pytest_configure() -> None:
    """Nothing of the developer's environment reaches a test, and nothing needs a collected static file."""
    project.MONGODB_URI = ""
    # Entries of a fixed day in these tests must not expire while they run, in whichever year that is.
    project.AUDIT_RETENTION_DAYS = 3650
    project.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    project.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    project.STATIC_ROOT = None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason, remedy in REMEDIES.items():
        skipped = [entry for entry in terminalreporter.getreports("skipped") if reason in str(entry.longrepr)]
        if skipped:
            terminalreporter.section("tests were skipped", sep="!", red=True, bold=True)
            terminalreporter.line(f"{reason} {len(skipped)} tests wait for it: {remedy}")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> None:
    """SQLite in a file, as in production: threads of a live server get connections of their own."""
    database = project.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("sql") / f"{worker_id}.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """A test that commits empties every table in the end, and others may follow it where workers share the work.

    The roles, which the migration has made, come back each time.
    """
    post_migrate.connect(_roles_are_back, sender=apps.get_app_config("users"))


def _roles_are_back(using: str, plan: object = None, **_: object) -> None:
    # A migration has a plan and sees to the roles itself.
    if plan is None:
        make_roles(apps, using)


@pytest.fixture(scope="session")
def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for this session: MONGODB_TEST_URI, or an embedded one."""
    if uri := os.environ.get("MONGODB_TEST_URI"):
        yield uri
        return
    with EmbeddedServer(tmp_path_factory.mktemp("mongo")) as server:
        yield server.uri


@pytest.fixture(scope="session")
def mongo_name(worker_id: str) -> str:
    """A database name that no other worker and no other run uses."""
    return f"counterpart_test_{os.getpid()}_{worker_id}"


@pytest.fixture(scope="session")
def mongo_indexed(mongo_uri: str, mongo_name: str) -> Iterator[None]:
    """The session's database with every declared index; dropped at the end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(project, "MONGODB_URI", mongo_uri)
        patch.setattr(project, "MONGODB_DB_NAME", mongo_name)
        for drift in indexes.drifts(indexes.declared()):
            indexes.mend(drift)
    yield
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(project, "MONGODB_URI", mongo_uri)
        client.client().drop_database(mongo_name)
        client.close()


@pytest.fixture
def mongo(mongo_uri: str, mongo_name: str, mongo_indexed: None, settings: Settings) -> Iterator[Database[Document]]:
    """MongoDB is configured and every collection is empty; yields the database."""
    settings.MONGODB_URI = mongo_uri
    settings.MONGODB_DB_NAME = mongo_name
    database = client.database()
    for name in database.list_collection_names():
        database[name].delete_many({})
    ratelimit.forget()
    viewing.forget()
    yield database
    client.breaker.succeeded()


@pytest.fixture
def away(settings: Settings) -> Callable[[], AbstractContextManager[None]]:
    """A block during which nothing answers at MongoDB's address."""

    @contextmanager
    def block() -> Iterator[None]:
        here = settings.MONGODB_URI
        settings.MONGODB_URI = "mongodb://127.0.0.1:1/?directConnection=true"
        client.close()
        try:
            yield
        finally:
            settings.MONGODB_URI = here
            client.close()

    return block


class _Commands(monitoring.CommandListener):
    """Names of the commands that went to MongoDB while listening."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name != "endSessions":
            self.names.append(event.command_name)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Counted when it started."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Counted when it started."""


@pytest.fixture
def counted() -> Callable[[], AbstractContextManager[list[str]]]:
    """A block that gathers the commands sent to MongoDB."""
    listener = _Commands()

    @contextmanager
    def block() -> Iterator[list[str]]:
        monitoring.register(listener)
        client.close()
        client.client().admin.command("ping")
        listener.names.clear()
        yield listener.names
        monitoring._LISTENERS.command_listeners.remove(listener)
        client.close()

    return block


@pytest.fixture
def viewer(db: None) -> AbstractBaseUser:
    return _user("viewer", VIEWER)


@pytest.fixture
def manager(db: None) -> AbstractBaseUser:
    return _user("manager", ACCOUNT_MANAGER)


@pytest.fixture
def admin_user(db: None) -> AbstractBaseUser:
    return _user("admin", ADMINISTRATOR)


@pytest.fixture
def viewer_client(viewer: AbstractBaseUser) -> Client:
    return client_for(viewer)


@pytest.fixture
def manager_client(manager: AbstractBaseUser) -> Client:
    return client_for(manager)


@pytest.fixture
def admin_client(admin_user: AbstractBaseUser) -> Client:
    return client_for(admin_user)


@pytest.fixture
def machine_with(db: None) -> Callable[..., Machine]:
    """Give scopes, get a machine whose token has them."""

    def made(*scopes: str, name: str = "billing") -> Machine:
        return Machine(tokens.issue(name, scopes, MAYA)[1])

    return made


@pytest.fixture
def machine(machine_with: Callable[..., Machine]) -> Machine:
    """A machine whose token has every scope."""
    return machine_with(*tokens.SCOPES)


def client_for(user: AbstractBaseUser) -> Client:
    """A browser in which the user is signed in."""
    browser = Client()
    browser.force_login(user)
    return browser


def _user(name: str, role: str) -> User:
    user = User.objects.create_user(name, password=PASSWORD, is_staff=role == ADMINISTRATOR)
    user.groups.add(Group.objects.get(name=role))
    return user
