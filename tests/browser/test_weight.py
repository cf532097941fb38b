"""What a first visit costs, measured on the server and the files that production serves."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from playwright.sync_api import Page, Request
from pymongo.database import Database
from pytest_django import Settings

from config.quickstart import ports, processes
from mongo.client import Document
from tests.browser.steps import make
from tests.logs.entries import transaction

MOST_BYTES = 60_000
MOST_REQUESTS = 8
# The explorer has a style sheet and a script more, and asks for chart, values and counts after its entries.
MOST_BYTES_OF_LOGS = 80_000
MOST_REQUESTS_OF_LOGS = 16
TOWNS = "Aarhus Bergen Cardiff Delft Evora Faro Genoa Haarlem Izola Jaca".split()
TRADES = "Freight Logistics Shipping Trading Forwarding".split()


@pytest.fixture
def production(
    new_page: Callable[..., Page],
    mongo: Database[Document],
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """The address of gunicorn over this test's databases, with static files collected and compressed."""
    if connection.vendor != "sqlite":
        pytest.skip("The server is given this test's SQL database by its file, so it has to be SQLite.")
    with socket.create_server((ports.HOST, 0)) as listener:
        port = listener.getsockname()[1]
    for name, value in {
        "DJANGO_SETTINGS_MODULE": "tests.browser.served",
        "COLLECTED_STATIC_FILES": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "SECRET_KEY": project.SECRET_KEY,
        "MONGODB_DB_NAME": settings.MONGODB_DB_NAME,
    }.items():
        monkeypatch.setenv(name, value)
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0", "--ignore=admin*"]
    subprocess.run(collect, cwd=project.BASE_DIR, check=True)
    with processes.web_server(port, settings.MONGODB_URI) as web:
        assert processes.opens(web, port)
        yield f"http://localhost:{port}"


def test_fifty_contracts_cost_little_on_a_first_visit(
    new_page: Callable[..., Page], manager: AbstractBaseUser, production: str
) -> None:
    for number in range(50):
        name = f"{TOWNS[number % 10]} {TRADES[number // 10]}"
        make(account_id=f"acct-{number:04}", account_name=name, base_monthly_fee=99 + 17 * number)
    page = new_page(manager)
    weights = visit(page, f"{production}/contracts/")
    assert page.locator(".row-link").count() == 50
    assert len(weights) <= MOST_REQUESTS, weights
    assert sum(size for _, size in weights) <= MOST_BYTES, weights


def test_fifty_entries_cost_little_on_a_first_visit(
    new_page: Callable[..., Page], admin_user: AbstractBaseUser, production: str, mongo: Database[Document]
) -> None:
    start = datetime.now(UTC)
    mongo.transaction_logs.insert_many(
        [transaction(transactionId=f"tx_{n}", timestamp=start - n * timedelta(minutes=9)) for n in range(60)]
    )
    page = new_page(admin_user)
    weights = visit(page, f"{production}/logs/transactions/")
    assert page.locator(".entries tbody tr").count() == 50
    assert len(weights) <= MOST_REQUESTS_OF_LOGS, weights
    assert sum(size for _, size in weights) <= MOST_BYTES_OF_LOGS, weights


def visit(page: Page, address: str) -> list[tuple[str, int]]:
    """What is asked for until the page rests, with the bytes of each answer."""
    answered: list[Request] = []
    page.on("requestfinished", lambda request: answered.append(request))
    page.goto(address, wait_until="networkidle")
    return [(request.url, weight(request)) for request in answered]


def weight(request: Request) -> int:
    """The bytes of an answer as they came over the wire, its headers included."""
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]
