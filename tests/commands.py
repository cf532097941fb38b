"""Management commands as tests run them."""

import io

from django.core.management import call_command

from tests.proxy import Proxy


class Command:
    """Runs a management command and keeps what it says."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.out, self.err = io.StringIO(), io.StringIO()

    def __call__(self, *arguments: object) -> None:
        call_command(self.name, *map(str, arguments), stdout=self.out, stderr=self.err)

    @property
    def said(self) -> list[str]:
        return self.out.getvalue().splitlines()

    @property
    def warned(self) -> list[str]:
        return self.err.getvalue().splitlines()


class Cut(io.StringIO):
    """A stream whose first line cuts the connection to MongoDB."""

    def __init__(self, proxy: Proxy) -> None:
        super().__init__()
        self._proxy = proxy

    def write(self, text: str) -> int:
        self._proxy.fail("refuse")
        return super().write(text)
