"""Forms as a browser sends them."""

from contextlib import contextmanager

import pytest
from pymongo import monitoring

from mongo import client
from tests.html import fields_of


@pytest.fixture
def form_data():
    """Give a response, get what its form would send if nothing were touched; the contract's, if not told which."""

    def read(response, form_id="contract-form"):
        return fields_of(response.content.decode(), form_id)

    return read


@pytest.fixture
def away(settings):
    """A block during which nothing answers at MongoDB's address."""

    @contextmanager
    def block():
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

    def __init__(self):
        self.names = []

    def started(self, event):
        if event.command_name != "endSessions":
            self.names.append(event.command_name)

    def succeeded(self, event):
        """Counted when it started."""

    def failed(self, event):
        """Counted when it started."""


@pytest.fixture
def counted():
    """A block that gathers the commands sent to MongoDB."""
    listener = _Commands()

    @contextmanager
    def block():
        monitoring.register(listener)
        client.close()
        client.client().admin.command("ping")
        listener.names.clear()
        yield listener.names
        monitoring._LISTENERS.command_listeners.remove(listener)
        client.close()

    return block
