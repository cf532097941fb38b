"""Everything that `make run` does: prepares what is missing, says how to sign in, and serves."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config import environment as env
from config.quickstart import assets, ports, processes
from config.quickstart.password import demo_password, weakness
from contracts import repository
from mongo.embedded import EmbeddedServer
from mongo.errors import MongoError
from users.demo import DEMO_USERS, make_demo_users


class Command(BaseCommand):
    help = "Prepare a local installation with demo data and serve it."
    _has_told = False

    def handle(self, **_: Any) -> None:
        port = env.whole("PORT", 8000, least=1, most=65535)
        if refusal := ports.refusal(port):
            raise CommandError(refusal)
        try:
            with processes.ended_in_order(), self._database() as server:
                password = self._prepare()
                self._serve(port, password, server)
        except KeyboardInterrupt:
            self.stdout.write("\nStopped.")

    @contextmanager
    def _database(self) -> Iterator[EmbeddedServer | None]:
        """The server that MONGODB_URI names, or an embedded one, which ends with the block."""
        if settings.MONGODB_URI:
            self.stdout.write("Using the MongoDB that MONGODB_URI names.")
            yield None
            return
        server = EmbeddedServer(settings.DATA_DIR / "mongo")
        try:
            settings.MONGODB_URI = server.start()
        except MongoError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Using an embedded MongoDB-compatible server; its data is in {server.folder}.")
        try:
            yield server
        finally:
            server.stop()

    def _prepare(self) -> str:
        """Make all that a first start lacks; return the demo users' password."""
        call_command("migrate", verbosity=0, interactive=False)
        if assets.collect(settings.DATA_DIR):
            self.stdout.write("Collected the static files.")
        password = demo_password(settings.DATA_DIR)
        if complaint := weakness(password):
            self.stderr.write(complaint, self.style.WARNING)
        make_demo_users(password, even_weak=True)
        self._fill_database()
        return password

    def _fill_database(self) -> None:
        try:
            is_empty = repository.count() == 0
        except MongoError as error:
            raise CommandError(f"{error} Run `python manage.py check_mongo` to see why.") from error
        self._try("ensure_indexes", verbosity=0)
        if is_empty:
            self._try("load_demo")

    def _try(self, command: str, **options: Any) -> None:
        try:
            call_command(command, **options)
        except CommandError as error:
            # Pages work without an index and without demo data; the sentence says what to mend.
            self.stderr.write(str(error), self.style.WARNING)

    def _serve(self, port: int, password: str, server: EmbeddedServer | None) -> None:
        with processes.web_server(port, settings.MONGODB_URI) as web:
            if processes.opens(web, port):
                self._greet(port, password)
            code = processes.watch(web, partial(self._look_after, server))
        self.stderr.write(f"The web server has ended with code {code}.")
        sys.exit(code if code >= 0 else 128 - code)

    def _greet(self, port: int, password: str) -> None:
        self.stdout.write(f"\nCounterpart runs at {self.style.SUCCESS(f'http://{ports.HOST}:{port}')}")
        *others, last = DEMO_USERS
        self.stdout.write(f"Sign in as {', '.join(others)} or {last} with the password {password}")
        self.stdout.write("Stop it with Ctrl-C.\n")

    def _look_after(self, server: EmbeddedServer | None) -> None:
        if server is not None and not server.is_running and not self._has_told:
            self._has_told = True
            self.stderr.write(f"The embedded server has ended; see {server.log}. Stop and start again to go on.")
