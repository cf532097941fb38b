"""What lies between a client and the application: it passes requests on, and once does something of its own."""

from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic
from typing import NamedTuple, Self
from urllib.parse import urlsplit

PASSED_BACK = ("Content-Type", "Content-Encoding", "ETag", "Retry-After")


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Passed(NamedTuple):
    """A request: "POST /path", its Idempotency-Key, and when it came in seconds of a steady clock."""

    what: str
    key: str | None
    at: float


# Gets what passes the request on, and says what the client is to get; None is no answer at all.
Plan = Callable[[Callable[[], Answer]], Answer | None]


def lost(pass_on: Callable[[], Answer]) -> None:
    """The request is done, and nobody learns of it."""
    pass_on()


def busy(pass_on: Callable[[], Answer]) -> Answer:
    """The request is not done, and there is room in a second."""
    return Answer(503, {"Retry-After": "1"}, b"")


def too_much(pass_on: Callable[[], Answer]) -> Answer:
    """The request asks for too much, and will another time."""
    return Answer(503, {}, b'{"type": "urn:problem-type:counterpart:too-much"}')


def nobody(pass_on: Callable[[], Answer]) -> Answer:
    """A proxy reaches nobody."""
    return Answer(502, {}, b"")


def after(work: Callable[[], object]) -> Plan:
    """Somebody else does some work right before the request."""

    def plan(pass_on: Callable[[], Answer]) -> Answer:
        work()
        return pass_on()

    return plan


class Between:
    """`plans` says what becomes of the next requests of a method, in turn; `passed` are all that came."""

    def __init__(self, target: str) -> None:
        self.target = urlsplit(target)
        self.plans: dict[str, list[Plan]] = {}
        self.passed: list[Passed] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        between = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                between._answer(self)

            def log_message(self, *_: object) -> None:
                """Nothing: `passed` has it."""

            do_GET = do_POST = do_PATCH = answer

        return Handler

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        what = f"{request.command} {urlsplit(request.path).path}"
        self.passed.append(Passed(what, request.headers["Idempotency-Key"], monotonic()))
        body = request.rfile.read(int(request.headers["Content-Length"] or 0))

        def pass_on() -> Answer:
            return self._asked(request, body)

        plans = self.plans.get(request.command)
        answer = plans.pop(0)(pass_on) if plans else pass_on()
        if answer is None:
            return
        request.send_response(answer.status)
        for name, value in (answer.headers | {"Content-Length": str(len(answer.body))}).items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(answer.body)

    def _asked(self, request: BaseHTTPRequestHandler, body: bytes) -> Answer:
        connection = HTTPConnection(self.target.hostname, self.target.port, timeout=30)
        own = {"host", "connection", "content-length"}
        headers = {name: value for name, value in request.headers.items() if name.lower() not in own}
        connection.request(request.command, request.path, body or None, headers)
        found = connection.getresponse()
        passed_back = {name: found.headers[name] for name in PASSED_BACK if name in found.headers}
        answer = Answer(found.status, passed_back, found.read())
        connection.close()
        return answer
