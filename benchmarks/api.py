"""What an answer of the API costs beyond the read that it is made of, in milliseconds of CPU a request.

Two things take turns in every round, in process and in one thread:
answer: through the WSGI application with its whole middleware, to a token in SQLite that is counted by the limiter;
(a) the read alone, through a plain PyMongo client without our codec.
"""

from collections.abc import Mapping
from functools import partial

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test.utils import override_settings
from pymongo import MongoClient

from benchmarks.pages import ROUNDS, WARM_UP, get, in_turns
from benchmarks.stage import FIRST, MAYA, stage
from users import tokens

# Reading one contract may cost this much more than (a).
ALLOWED_MS = 3.0
# What clients in Node and Python send.
CLIENT = {"HTTP_HOST": "localhost", "HTTP_ACCEPT_ENCODING": "gzip, deflate", "HTTP_ACCEPT": "*/*"}
TOKENS = 4


def main() -> None:
    """Measure reading a contract and a page of fifty, and print the table."""
    # The limiter holds as many requests of a token as it may, not one for every request that is measured.
    with stage() as (_, uri), MongoClient(uri) as plain, override_settings(API_REQUESTS_PER_MINUTE=1_000):
        application = get_wsgi_application()
        contracts = plain[settings.MONGODB_DB_NAME].contracts
        cases = {
            "one contract": (f"/api/v1/contracts/{FIRST}", partial(contracts.find_one, {"contract_id": FIRST})),
            "50 contracts": ("/api/v1/contracts", lambda: list(contracts.find().sort("_id").limit(51))),
        }
        print(f"CPU a request in ms, medians of {ROUNDS} rounds in turns; allowed for one: a + {ALLOWED_MS:g}\n")
        print("| answer | answer | (a) read | answer − a | bytes |\n|---|---|---|---|---|")
        for name, (address, read) in cases.items():
            headers = _of_a_client(name)
            size = len(get(application, address, headers))
            answer, raw = in_turns(partial(get, application, address, headers), read)
            verdict = " too much" if name == "one contract" and answer - raw > ALLOWED_MS else ""
            print(f"| {name} | {answer:.2f} | {raw:.2f} | {answer - raw:.2f}{verdict} | {size:,} |")


def _of_a_client(name: str) -> Mapping[str, str]:
    """What a client sends whose token no other case uses up."""
    assert WARM_UP + ROUNDS < 1_000
    _, secret = tokens.issue(name, ["contracts:read"], MAYA)
    return CLIENT | {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
