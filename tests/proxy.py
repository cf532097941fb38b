"""A TCP proxy before MongoDB that fails on demand, in the ways a network does."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self

from pymongo.uri_parser import parse_uri

from mongo import client

ABORT = struct.pack("ii", 1, 0)
PIECE = 65_536


class Proxy:
    """Passes bytes on, `latency` seconds late; `fail` makes it refuse, reset or swallow them (blackhole).

    `lose_answer = n` cuts the connection instead of passing on the n-th answer from now, counted from 0;
    `cuts_long_messages` cuts it at a message to MongoDB that is longer than one piece; messages to MongoDB with the
    bytes of `swallowed` in them get no answer; one with those of `hangs_after` in it is the last that is passed on.
    """

    def __init__(self, uri: str) -> None:
        self._target = parse_uri(uri)["nodelist"][0]
        self._mode = "pass"
        self._flows = threading.Event()
        self._never = threading.Event()
        self._sockets: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self._port = 0
        self.latency = 0.0
        self.lose_answer: int | None = None
        self.cuts_long_messages = False
        self.swallowed: bytes | None = None
        self.hangs_after: bytes | None = None
        self.connections = 0

    def __enter__(self) -> Self:
        self.heal()
        return self

    def __exit__(self, *_: object) -> None:
        self.fail("refuse")

    @property
    def uri(self) -> str:
        return f"mongodb://127.0.0.1:{self._port}/?directConnection=true&retryWrites=false"

    def fail(self, mode: str) -> None:
        """From now on `refuse` connections, `reset` them at the first byte, or let them hang (`blackhole`)."""
        self._mode = mode
        if mode == "blackhole":
            self._flows.clear()
            return
        if mode == "refuse" and self._listener is not None:
            _abort(self._listener)
            self._listener = None
        while self._sockets:
            _abort(self._sockets.pop())
        self._flows.set()

    def heal(self) -> None:
        self._mode = "pass"
        self._flows.set()
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self._port))
            self._port = self._listener.getsockname()[1]
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                self.connections += 1
                far = socket.create_connection(self._target)
                self._sockets += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(source, sink, source is far), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while data := source.recv(PIECE):
                self._flows.wait()
                if self._mode == "reset" or (is_answer and self._loses()):
                    break
                if self.cuts_long_messages and not is_answer and len(data) == PIECE:
                    break
                if self.swallowed and not is_answer and self.swallowed in data:
                    continue
                if self.hangs_after and not is_answer and self.hangs_after in data:
                    self.fail("blackhole")
                self._never.wait(self.latency)
                sink.sendall(data)
        _abort(source)
        _abort(sink)

    def _loses(self) -> bool:
        """Whether it is this answer's turn to be lost, with its connection."""
        if self.lose_answer is None:
            return False
        self.lose_answer -= 1
        if self.lose_answer >= 0:
            return False
        self.lose_answer = None
        return True


@contextmanager
def through(proxy: Proxy, settings: Any) -> Iterator[None]:
    """A block in which this process reaches MongoDB through a proxy."""
    here, settings.MONGODB_URI = settings.MONGODB_URI, proxy.uri
    client.close()
    try:
        yield
    finally:
        settings.MONGODB_URI = here
        client.close()


def _abort(end: socket.socket) -> None:
    """Close at once; a peer sees a reset, and a thread that waits on it wakes."""
    with suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
