"""What somebody else does between two commands of ours, at exactly that moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pymongo import monitoring

from mongo import client


class _After(monitoring.CommandListener):
    """Does some work once, as soon as a command on a collection is answered."""

    def __init__(self, command: str, collection: str, work: Callable[[], object]) -> None:
        self._wanted, self._work = (command, collection), work
        self._request: int | None = None
        self.is_done = False

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if (event.command_name, event.command.get(event.command_name)) == self._wanted and self._request is None:
            self._request = event.request_id

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        if event.request_id == self._request and not self.is_done:
            self.is_done = True
            self._work()

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """What failed was not done, so nothing comes after it."""


@contextmanager
def after(command: str, collection: str, work: Callable[[], object]) -> Iterator[None]:
    """A block in which the work is done once, after the first command of this name on the collection."""
    listener = _After(command, collection, work)
    monitoring.register(listener)
    client.close()
    try:
        yield
    finally:
        monitoring._LISTENERS.command_listeners.remove(listener)
        client.close()
    assert listener.is_done
