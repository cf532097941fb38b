"""What a live tail is answered: what has come since, from where to go on, and what cannot be gone on from."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from pymongo.database import Database

from contracts import services
from mongo.client import Document
from tests.factories import MAYA, NOW, make_contract
from tests.logs.entries import agent_run, stored, transaction

LIST = "/logs/transactions/"
HTMX = {"HX-Request": "true"}
SECOND = timedelta(seconds=1)


def put(mongo: Database[Document], *seconds: float, **fields: object) -> None:
    """Entries of so many seconds ago."""
    now = datetime.now(UTC)
    mongo.transaction_logs.insert_many([transaction(timestamp=now - one * SECOND, **fields) for one in seconds])


class Tail:
    """A tail over a list, as a page asks for it."""

    def __init__(self, client: Client, address: str = LIST, query: str = "") -> None:
        self.client = client
        page = client.get(f"{address}?tail=1&{query}").content.decode()
        self.news = unescape(re.search(r'data-live="([^"]*)"', page)[1])
        self.since, self.on = re.search(r'data-cursor="([^"]*)"', page)[1], ""

    def asked(self) -> str:
        address = f"{self.news}&{urlencode({'since': self.since, 'on': self.on})}"
        response = self.client.get(address, headers=HTMX)
        assert response.status_code == 200
        answer = response.content.decode()
        self.since, self.on = (re.search(rf'data-{name}="([^"]*)"', answer)[1] for name in ("cursor", "on"))
        return answer

    def ids(self) -> list[str]:
        return re.findall(r'<tr data-id="([^"]*)"', self.asked())


def newest_last(mongo: Database[Document]) -> list[str]:
    return [str(entry["_id"]) for entry in mongo.transaction_logs.find().sort([("timestamp", 1), ("_id", 1)])]


def test_what_has_come_comes_oldest_first(admin_client: Client, mongo: Database[Document]) -> None:
    tail = Tail(admin_client)
    put(mongo, 0, 1, 2)
    assert tail.ids() == newest_last(mongo)


def test_the_last_seconds_come_again(admin_client: Client, mongo: Database[Document]) -> None:
    put(mongo, 60, 3)
    tail = Tail(admin_client)
    assert tail.ids() == newest_last(mongo)[1:]
    assert tail.ids() == newest_last(mongo)[1:]


def test_what_does_not_fit_into_one_answer_comes_in_the_next(
    admin_client: Client, mongo: Database[Document]
) -> None:
    tail = Tail(admin_client)
    put(mongo, *(number // 7 / 100 for number in range(450)))
    found = [tail.ids()]
    while tail.on:
        found.append(tail.ids())
    assert [len(answer) for answer in found] == [200, 200, 50]
    assert [one for answer in found for one in answer] == newest_last(mongo)


def test_what_is_far_ahead_is_no_news_yet(admin_client: Client, mongo: Database[Document]) -> None:
    tail = Tail(admin_client)
    put(mongo, -3600, -5)
    assert tail.ids() == newest_last(mongo)[:1]


def test_a_list_that_begins_with_the_future_goes_on_from_now(
    admin_client: Client, mongo: Database[Document]
) -> None:
    put(mongo, -3600)
    tail = Tail(admin_client)
    put(mongo, 0)
    assert tail.ids() == newest_last(mongo)[:1]


def test_filters_and_columns_hold_for_what_comes(admin_client: Client, mongo: Database[Document]) -> None:
    tail = Tail(admin_client, query="status=completed&columns=currency")
    put(mongo, 0, status="failed")
    put(mongo, 0, status="completed")
    answer = tail.asked()
    assert answer.count("<tr ") == 1
    assert 'data-label="Currency"' in answer and 'data-label="Status"' not in answer


def test_only_the_newest_entries_have_a_tail(admin_client: Client, mongo: Database[Document]) -> None:
    put(mongo, 60)
    for query in ("order=oldest", "from=2020-01-01", "to=2030-01-01"):
        assert "data-live" not in admin_client.get(f"{LIST}?tail=1&{query}").content.decode()


@pytest.mark.parametrize(
    "query", ["", "since=", "since=nowhere", "since=%00", "since=" + "A" * 5_000, "colour=red"]
)
def test_a_cursor_or_a_filter_that_is_none_is_refused_in_words(
    admin_client: Client, mongo: Database[Document], query: str
) -> None:
    response = admin_client.get(f"{LIST}tail/?{query}", headers=HTMX)
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")


def test_the_cursor_of_another_list_is_refused(admin_client: Client, mongo: Database[Document]) -> None:
    own, other = Tail(admin_client), Tail(admin_client, query="status=failed")
    for query in ({"since": other.since}, {"since": own.since, "on": other.since}):
        assert admin_client.get(f"{LIST}tail/?{urlencode(query)}", headers=HTMX).status_code == 400


def test_below_a_contract_only_its_accounts_entries_come(manager_client: Client, mongo: Database[Document]) -> None:
    contract = services.create(make_contract(), actor=MAYA, now=NOW).contract
    base = f"/contracts/{contract.contract_id}/log/agents/"
    tail = Tail(manager_client, base)
    own, other = (
        stored(mongo, "agents", agent_run(input={"account": account}, timestamp=datetime.now(UTC)))
        for account in ("acct-1", "acct-2")
    )
    assert tail.ids() == [str(own["_id"])]
    assert other["_id"] != own["_id"]


def test_the_cursor_of_one_account_opens_no_other(manager_client: Client, mongo: Database[Document]) -> None:
    first, second = (
        services.create(make_contract(account_id=account), actor=MAYA, now=NOW).contract.contract_id
        for account in ("acct-1", "acct-2")
    )
    tail = Tail(manager_client, f"/contracts/{first}/log/transactions/")
    address = f"/contracts/{second}/log/transactions/tail/?{urlencode({'since': tail.since})}"
    assert manager_client.get(address, headers=HTMX).status_code == 400


def test_looking_at_the_audit_trail_is_noted_once_for_a_list_and_its_tail(
    admin_client: Client, mongo: Database[Document]
) -> None:
    tail = Tail(admin_client, "/logs/audit/")
    tail.asked()
    tail.asked()
    assert mongo.audit_trails.count_documents({"action": "audit.viewed"}) == 1
