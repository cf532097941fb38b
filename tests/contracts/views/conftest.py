"""Forms as a browser sends them."""

from contextlib import contextmanager
from html.parser import HTMLParser

import pytest
from pymongo import monitoring

from mongo import client


class _Fields(HTMLParser):
    """Collects what a browser would send of the first form with this id."""

    def __init__(self, form_id):
        super().__init__()
        self.form_id, self.inside, self.skip = form_id, False, 0
        self.data, self.area, self.select = {}, None, None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.inside = given.get("id") == self.form_id
        if tag == "template":
            self.skip += 1
        if not self.inside or self.skip or "disabled" in given:
            return
        name = given.get("name")
        if tag == "input" and name and given.get("type") not in ("checkbox", "radio", "submit"):
            self.data.setdefault(name, []).append(given.get("value", ""))
        elif tag == "input" and name and "checked" in given:
            self.data.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "textarea":
            self.area = name
            self.data[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given and self.select:
            self.data[self.select] = [given.get("value", "")]

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        if tag == "template":
            self.skip -= 1
        if tag == "textarea":
            self.area = None
        if tag == "select":
            self.select = None

    def handle_data(self, text):
        if self.area:
            self.data[self.area][0] += text.removeprefix("\n")


@pytest.fixture
def form_data():
    """Give a response, get what its contract form would send if nothing were touched."""

    def read(response):
        reader = _Fields("contract-form")
        reader.feed(response.content.decode())
        assert reader.data, "the page holds no contract form"
        return reader.data

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
