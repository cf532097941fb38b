"""Who may see what of the logs: for every address that there is, fragments and files as well as pages."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId
from django.contrib.auth.models import AbstractBaseUser
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pymongo.database import Database

from contracts import services
from logs import ids
from logs.kinds import LOGS
from mongo.client import Document
from tests.conftest import client_for
from tests.factories import MAYA, NOW, make_contract
from tests.logs.entries import MADE, stored

HTMX = {"HX-Request": "true"}
OTHERS = "nobody-elses-value"
MINUTE = timedelta(minutes=1)
OF_ACCOUNT = [name for name, log in LOGS.items() if log.of_account]
# What stands for the parts of an address.
PARTS = {
    "<str:contract_id>": "{contract}",
    "<str:entry_id>": "{entry}",
    "<str:name>": "{facet}",
    "<slug:view_id>": "some-view",
}
# What changes something, asks for more than an address, or knows no such view.
PARTICULAR = ("/delete/", "/put-back/", "/rename/", "/save/", "/tail/", "/of/")


def addresses(prefix: str, below: str) -> Iterator[str]:
    """Every address of the site map that begins so."""
    for pattern in get_resolver().url_patterns:
        yield from (found for found in _addresses(pattern, "/") if found.startswith(prefix) and below in found)


def _addresses(pattern: URLPattern | URLResolver, before: str) -> Iterator[str]:
    whole = before + str(pattern.pattern)
    if isinstance(pattern, URLPattern):
        for part, example in PARTS.items():
            whole = whole.replace(part, example)
        yield whole
    else:
        for inner in pattern.url_patterns:
            yield from _addresses(inner, whole)


WHOLE = sorted(set(addresses("/logs/", "/logs/")))
OF_CONTRACT = sorted(set(addresses("/contracts/", "/log/")))


@pytest.fixture
def names(mongo: Database[Document]) -> dict[str, str]:
    """What fills the addresses: a contract, and an entry of its account in every log."""
    contract = services.create(make_contract(), actor=MAYA, now=NOW).contract
    entry = MADE["transactions"]()
    for name, made in MADE.items():
        stored(mongo, name, made(_id=entry["_id"]))
    return {"contract": contract.contract_id, "entry": ids.written(entry["_id"]) or ""}


def statuses(user: AbstractBaseUser | None, names: dict[str, str], *addresses: str) -> dict[str, tuple[int, int]]:
    """How a page and a fragment are answered at each address."""
    browser = client_for(user) if user else Client()
    answers = {}
    for address in addresses:
        log = next((log for name, log in LOGS.items() if f"/{name}/" in address), LOGS["audit"])
        path = address.format(**names, facet=log.facets[0])
        answers[address] = tuple(browser.get(path, headers=headers).status_code for headers in ({}, HTMX))
    return answers


def test_the_site_map_was_found() -> None:
    assert {f"/logs/{log}/" for log in LOGS} <= set(WHOLE)
    assert {f"/contracts/{{contract}}/log/{log}/tail/" for log in OF_ACCOUNT} <= set(OF_CONTRACT)
    assert [address for address in [*WHOLE, *OF_CONTRACT] if "<" in address] == []


def test_who_is_not_signed_in_is_sent_to_sign_in(db: None, names: dict[str, str]) -> None:
    # The menu of one's views says in its own place that the session is over.
    expected = {address: (302, 200 if address.endswith("/views/") else 401) for address in [*WHOLE, *OF_CONTRACT]}
    assert statuses(None, names, *expected) == expected


def test_a_viewer_sees_nothing_of_any_log(viewer: AbstractBaseUser, names: dict[str, str]) -> None:
    expected = dict.fromkeys([*WHOLE, *OF_CONTRACT], (403, 403))
    assert statuses(viewer, names, *expected) == expected


def test_an_account_manager_sees_no_log_as_a_whole(manager: AbstractBaseUser, names: dict[str, str]) -> None:
    expected = dict.fromkeys(WHOLE, (403, 403))
    assert statuses(manager, names, *expected) == expected


def test_an_account_manager_sees_the_entries_of_an_account(
    manager: AbstractBaseUser, names: dict[str, str]
) -> None:
    # A tail goes on from a place in the list.
    expected = {address: (400, 400) if address.endswith("/tail/") else (200, 200) for address in OF_CONTRACT}
    assert statuses(manager, names, *expected) == expected


def test_an_administrator_sees_everything(admin_user: AbstractBaseUser, names: dict[str, str]) -> None:
    pages = [address for address in [*WHOLE, *OF_CONTRACT] if not address.endswith(PARTICULAR)]
    # More files a minute are refused for another reason.
    files = [address for address in pages if "export." in address]
    expected = dict.fromkeys([*(page for page in pages if page not in files), *files[:5]], (200, 200))
    expected["/logs/"] = (302, 302)
    assert statuses(admin_user, names, *expected) == expected


def test_entries_of_an_account_are_not_taken_away(admin_user: AbstractBaseUser, names: dict[str, str]) -> None:
    pages = ("export.csv/", "export.ndjson/", "views/", "undated/export.csv", "analytics/")
    base = "/contracts/{contract}/log/"
    expected = {f"{base}{log}/{page}": (404, 404) for log in OF_ACCOUNT for page in pages}
    assert statuses(admin_user, names, *expected) == expected


def test_no_audit_trail_lies_below_a_contract(admin_user: AbstractBaseUser, names: dict[str, str]) -> None:
    address = "/contracts/{contract}/log/audit/"
    assert statuses(admin_user, names, address) == {address: (404, 404)}


def test_the_entries_of_other_accounts_are_out_of_reach(
    manager_client: Client, mongo: Database[Document], names: dict[str, str]
) -> None:
    other = stored(mongo, "transactions", MADE["transactions"](userId="acct-2"))
    base = f"/contracts/{names['contract']}/log/transactions/"
    assert manager_client.get(f"{base}{ids.written(other['_id'])}/").status_code == 404
    assert "No entries match" in manager_client.get(f"{base}?last=all&userId=acct-2").content.decode()


@pytest.fixture
def crowded(mongo: Database[Document], names: dict[str, str]) -> dict[str, str]:
    """Beside the one entry of the account many of another, dated and undated, whose values are all the same."""
    now = datetime.now(UTC)
    for log in OF_ACCOUNT:
        values = {**dict.fromkeys(LOGS[log].facets, OTHERS), "userId": "acct-2", "input": {"account": "acct-2"}}
        for moment in (*(now - number * MINUTE for number in range(7)), "soon", None):
            stored(mongo, log, MADE[log](_id=ObjectId(), **{**values, "timestamp": moment}))
    return names


@pytest.mark.parametrize("address", OF_CONTRACT)
def test_no_answer_below_a_contract_holds_a_value_of_another_account(
    manager_client: Client, crowded: dict[str, str], address: str
) -> None:
    log = next(log for name, log in LOGS.items() if f"/{name}/" in address)
    for facet in log.facets:
        path = address.format(**crowded, facet=facet)
        for query in ("", "?last=all", "?q=a&order=oldest"):
            assert OTHERS not in manager_client.get(path + query, headers=HTMX).content.decode()


@pytest.mark.parametrize(
    ("part", "told"), [("count/", "of 1"), ("undated/count/", ""), ("histogram/", "<b>1 entry</b>")]
)
@pytest.mark.parametrize("log", OF_ACCOUNT)
def test_no_number_below_a_contract_counts_another_account(
    manager_client: Client, crowded: dict[str, str], log: str, part: str, told: str
) -> None:
    address = f"/contracts/{crowded['contract']}/log/{log}/{part}?last=all"
    answer = manager_client.get(address, headers=HTMX).content.decode()
    assert (told in answer) if told else not answer.strip(), answer
