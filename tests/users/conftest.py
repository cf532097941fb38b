"""What the tests of sign-in share."""

from collections.abc import Callable, Iterator

import pytest
from django.http import HttpResponse
from django.test import Client

from mongo import ratelimit
from tests.conftest import PASSWORD

SignIn = Callable[..., HttpResponse]


@pytest.fixture(autouse=True)
def no_tries_so_far() -> Iterator[None]:
    """Without MongoDB the limits count per process, so each test starts from zero."""
    ratelimit.forget()
    yield
    ratelimit.forget()


@pytest.fixture
def sign_in(client: Client) -> SignIn:
    """`sign_in("admin")` sends the sign-in form; `password` and `next` may be given."""

    def send(username: str, password: str = PASSWORD, **fields: str) -> HttpResponse:
        return client.post("/sign-in/", {"login": username, "password": password, **fields})

    return send
