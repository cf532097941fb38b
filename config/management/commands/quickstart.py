"""Everything that `make run` does: prepares what is missing, says how to sign in, and serves."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config import environment as env
from config.demo import loading
from config.management.commands.load_demo import add_scale
from config.quickstart import assets, filling, ports, processes
from config.quickstart.password import demo_password, weakness
from config.quickstart.people import People, make_people
from mongo.embedded import EmbeddedServer
from mongo.errors import MongoError

CUT_SHORT = (
    "The demo data is not complete. `python manage.py load_demo --force` deletes all contracts and logs of the "
    "database and loads it anew."
)


class Command(BaseCommand):
    help = "Prepare a local installation with demo data and serve it."
    _has_told = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_scale(parser)

    def handle(self, *, scale: float, **_: Any) -> None:
        self._scale = scale
        port = env.whole("PORT", 8000, least=1, most=65535)
        if refusal := ports.refusal(port):
            raise CommandError(refusal)
        try:
            with processes.ended_in_order(), self._database() as server:
                greeting = self._prepare(server)
                self._serve(port, greeting, server)
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

    def _prepare(self, server: EmbeddedServer | None) -> str:
        """Make all that a first start lacks; return how to sign in, in a sentence."""
        call_command("migrate", verbosity=0, interactive=False)
        if assets.collect(settings.DATA_DIR):
            self.stdout.write("Collected the static files.")
        password = demo_password(settings.DATA_DIR)
        if complaint := weakness(password):
            self.stderr.write(complaint, self.style.WARNING)
        people = make_people(password)
        if people.left:
            left = ", ".join(people.left)
            self.stdout.write(f"The database that DATABASE_URL names has users that are left as they are: {left}.")
        self._fill_database(server)
        return _how_to_sign_in(people, password)

    def _fill_database(self, server: EmbeddedServer | None) -> None:
        try:
            is_free = not loading.occupied()
        except MongoError as error:
            raise CommandError(f"{error} Run `python manage.py check_mongo` to see why.") from error
        self._try("ensure_indexes", verbosity=0)
        if server is not None and filling.was_cut_short(server.folder):
            self.stdout.write("Loading the demo data was interrupted the last time, so it is loaded anew.")
            self._load_demo(server, force=True)
        elif is_free:
            self._load_demo(server)

    def _load_demo(self, server: EmbeddedServer | None, *, force: bool = False) -> None:
        if server is not None:
            # The pages are served after the mark is gone, so nobody's work is emptied with a half-loaded demo.
            with filling.marked(server.folder):
                self._try("load_demo", force=force, scale=self._scale)
            return
        try:
            self._try("load_demo", scale=self._scale)
        except KeyboardInterrupt:
            self.stderr.write(CUT_SHORT, self.style.WARNING)
            raise

    def _try(self, command: str, **options: Any) -> None:
        try:
            call_command(command, **options)
        except CommandError as error:
            # Pages work without an index and without demo data; the sentence says what to mend.
            self.stderr.write(str(error), self.style.WARNING)

    def _serve(self, port: int, greeting: str, server: EmbeddedServer | None) -> None:
        with processes.web_server(port, settings.MONGODB_URI) as web:
            if processes.opens(web, port):
                self._greet(port, greeting, server)
            code = processes.watch(web, partial(self._look_after, server))
        self.stderr.write(f"The web server has ended with code {code}.")
        sys.exit(code if code >= 0 else 128 - code)

    def _greet(self, port: int, greeting: str, server: EmbeddedServer | None) -> None:
        self.stdout.write(f"\nCounterpart runs at {self.style.SUCCESS(f'http://{ports.HOST}:{port}')}")
        self.stdout.write(greeting)
        if server is not None:
            self.stdout.write(f"For other commands, meanwhile: export PORT={port} MONGODB_URI='{server.uri}'")
        self.stdout.write("Stop it with Ctrl-C.\n")

    def _look_after(self, server: EmbeddedServer | None) -> None:
        if server is not None and not server.is_running and not self._has_told:
            self._has_told = True
            self.stderr.write(f"The embedded server has ended; see {server.log}. Stop and start again to go on.")


def _how_to_sign_in(people: People, password: str) -> str:
    if not people.welcome:
        return "Sign in as a user of your own."
    *others, last = people.welcome
    names = f"{', '.join(others)} or {last}" if others else last
    return f"Sign in as {names} with the password {password}"
