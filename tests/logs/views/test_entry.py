"""One entry on its own page, in the panel and as a file: what it tells, where it leads, and who may see it."""

import json
import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from bson import Decimal128, ObjectId
from django.test import Client
from pymongo.database import Database

from contracts import services
from logs import viewing
from mongo.client import Document
from tests.factories import MAYA, NOW, make_contract
from tests.logs.entries import (
    AT,
    MADE,
    address,
    agent_run,
    audit_entry,
    stored,
    stored_in_a_row,
    transaction,
)

PART = {"HX-Request": "true"}
FIELDS = '<section class="card" aria-label="Fields">'
EVERY_LOG = pytest.mark.parametrize("log", MADE)


def page(client: Client, log: str, entry: Document, query: str = "", headers: dict[str, str] | None = None) -> str:
    response = client.get(address(log, entry["_id"], query), headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def links(text: str, label: str) -> list[str]:
    """The addresses of the links whose words or name begin with a text."""
    found = re.findall(r'<a [^>]*?href="([^"]*)"([^>]*)>(.*?)</a>', text, re.DOTALL)
    return [
        unescape(href)
        for href, rest, words in found
        if f'aria-label="{label}' in rest or re.sub("<[^>]+>", "", words).strip().startswith(label)
    ]


def rows(text: str) -> list[str]:
    """The ids of the table's rows."""
    return re.findall(r'<tr data-id="([^"]*)"', text)


@pytest.mark.parametrize(
    ("log", "changes", "title"),
    [
        ("transactions", {}, "Withdrawal of 29.33 USD"),
        ("transactions", {"type": "crypto_order", "status": "settled"}, "Crypto order of 29.33 USD"),
        ("transactions", {"amount": "a lot"}, "Withdrawal"),
        ("transactions", {"amount": Decimal128("1234567.5"), "currency": 7}, "Withdrawal of 1,234,567.5"),
        ("transactions", {"type": None, "status": ["x"]}, "Transaction of 29.33 USD"),
        ("agents", {}, "Contract reader: extract terms"),
        ("agents", {"agentName": None}, "agent_reader: extract terms"),
        ("audit", {}, "Contract edited by maya"),
        ("audit", {"action": "user.sign_in_failed"}, "User sign in failed by maya"),
    ],
)
def test_the_title_says_what_it_is(
    admin_client: Client, mongo: Database[Document], log: str, changes: Document, title: str
) -> None:
    entry = stored(mongo, log, MADE[log](**changes))
    assert f"<h1>{title}</h1>" in page(admin_client, log, entry)


@EVERY_LOG
def test_an_entry_that_tells_nothing_is_called_by_its_id(
    admin_client: Client, mongo: Database[Document], log: str
) -> None:
    entry = stored(mongo, log, {"_id": ObjectId()})
    text = page(admin_client, log, entry)
    assert f"<h1>Entry {entry['_id']}</h1>" in text
    assert "without a usable date" in text


def test_a_long_title_is_cut(admin_client: Client, mongo: Database[Document]) -> None:
    entry = stored(mongo, "audit", audit_entry(action="x" * 5_000))
    assert len(re.search("<title>(.*?)</title>", page(admin_client, "audit", entry))[1]) < 250


def test_the_time_stands_in_the_zone_asked_for_and_in_utc(admin_client: Client, mongo: Database[Document]) -> None:
    entry = stored(mongo, "transactions", transaction())
    text = page(admin_client, "transactions", entry, "?zone=Asia/Tokyo")
    assert f"{AT:%Y-%m-%d} 18:30:15.123 <small>Asia/Tokyo</small>" in text
    assert f"{AT:%Y-%m-%d} 09:30:15.123 UTC" in text


def test_fields_of_another_type_are_marked(admin_client: Client, mongo: Database[Document]) -> None:
    entry = stored(mongo, "transactions", transaction(amount="a lot", timestamp="yesterday"))
    text = page(admin_client, "transactions", entry)
    assert 'title="This is text, not an amount"><bdi>a lot</bdi>' in text
    assert "without a usable date" in text


def test_fields_that_the_log_does_not_know_are_shown(admin_client: Client, mongo: Database[Document]) -> None:
    entry = stored(mongo, "transactions", transaction(shard={"of": "eu-1"}))
    text = page(admin_client, "transactions", entry)
    assert "Other fields" in text
    assert "<bdi>eu-1</bdi>" in text


def test_the_error_of_a_failure_comes_first_and_line_by_line(
    admin_client: Client, mongo: Database[Document]
) -> None:
    text = page(admin_client, "agents", stored(mongo, "agents", agent_run()))
    assert "<bdi>Line one.\n  Line two.</bdi>" in text
    assert text.index(">Error</h2>") < text.index(FIELDS) < text.index(">Input</h2>")


def test_the_error_of_what_has_not_failed_stands_below_its_fields(
    admin_client: Client, mongo: Database[Document]
) -> None:
    text = page(admin_client, "agents", stored(mongo, "agents", agent_run(status="completed")))
    assert text.index(FIELDS) < text.index(">Error</h2>") < text.index(">Input</h2>")


def test_what_changed_comes_before_the_fields(admin_client: Client, mongo: Database[Document]) -> None:
    text = page(admin_client, "audit", stored(mongo, "audit", audit_entry()))
    assert text.index(">What changed in version 4</h2>") < text.index(FIELDS) < text.index(">Details</h2>")


@EVERY_LOG
def test_what_tells_of_the_writer_is_folded_at_the_end(
    admin_client: Client, mongo: Database[Document], log: str
) -> None:
    text = page(admin_client, log, stored(mongo, log, MADE[log](entryId="e1", auditLogId="a1")))
    first, _, last = text.partition("<summary>More fields</summary>")
    names = ["Stored", "Entry id", "Id", *(["Browser", "Id before migration"] if log == "audit" else [])]
    assert [name for name in names if f"<dt>{name}</dt>" in first] == []
    assert [name for name in names if f"<dt>{name}</dt>" not in last] == []


def test_a_huge_entry_opens_with_little_of_it_unfolded(admin_client: Client, mongo: Database[Document]) -> None:
    small = {"value": 1, "flag": True, "text": "words", "list": list(range(6))}
    output = {f"field_{number}": small for number in range(100)}
    entry = stored(mongo, "agents", agent_run(input={"items": [small] * 50}, output=output))
    text = page(admin_client, "agents", entry, headers=PART)
    assert text.count("<details open>") < 15
    assert "<summary>40 more</summary>" in text
    assert text.count("data-unfold") == 2
    assert len(text) < 1_000_000


# Where it leads -------------------------------------------------------------------------------------------


def asked(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def test_a_value_leads_to_entries_with_it_and_without(admin_client: Client, mongo: Database[Document]) -> None:
    entry = stored(mongo, "transactions", transaction())
    text = page(admin_client, "transactions", entry, "?last=all&status=failed&userId=other")
    assert [asked(url) for url in links(text, "Filter for this Account")] == [
        {"last": ["all"], "status": ["failed"], "userId": ["acct-1"]}
    ]
    assert [asked(url) for url in links(text, "Filter out this Account")] == [
        {"last": ["all"], "status": ["failed"], "-userId": ["acct-1"]}
    ]


def test_a_value_deep_inside_is_asked_for_by_its_path(admin_client: Client, mongo: Database[Document]) -> None:
    text = page(admin_client, "transactions", stored(mongo, "transactions", transaction()))
    assert [asked(url) for url in links(text, "Filter for this step")] == [
        {"last": ["all"], "metadata.path.step": ["one"]}
    ]


@pytest.mark.parametrize("query", ["", "?last=all"])
def test_every_filter_of_an_entry_finds_it(admin_client: Client, mongo: Database[Document], query: str) -> None:
    part = {
        "text": "a & b",
        "number": 7,
        "fraction": 0.1,
        "exact": Decimal128("1.10"),
        "yes": True,
        "list": ["one", 2],
        "inside": [{"deep": "x"}],
    }
    entry = stored(mongo, "transactions", transaction(metadata=part))
    urls = links(page(admin_client, "transactions", entry, query), "Filter for this")
    assert len(urls) > 12
    assert [url for url in urls if rows(admin_client.get(url).content.decode()) != [str(entry["_id"])]] == []


def test_every_filter_out_of_an_entry_loses_it(admin_client: Client, mongo: Database[Document]) -> None:
    entry = stored(mongo, "agents", agent_run())
    urls = links(page(admin_client, "agents", entry), "Filter out this")
    assert len(urls) > 5
    assert [url for url in urls if rows(admin_client.get(url).content.decode())] == []


@pytest.mark.parametrize(
    ("log", "label", "query"),
    [
        ("transactions", "Everything of this account", {"userId": ["acct-1"], "last": ["all"]}),
        ("transactions", "All entries of this transaction", {"transactionId": ["tx_1"]}),
        ("agents", "All of this run", {"runId": ["run_1"], "last": ["all"]}),
        ("agents", "Everything of this account", {"input.account": ["acct-1"], "last": ["all"]}),
        ("audit", "All that this person did", {"userId": ["maya"], "last": ["all"]}),
        ("audit", "All of this request", {"requestId": ["r1"], "last": ["all"]}),
    ],
)
def test_an_entry_leads_to_those_that_belong_to_it(
    admin_client: Client, mongo: Database[Document], log: str, label: str, query: dict[str, list[str]]
) -> None:
    text = page(admin_client, log, stored(mongo, log, MADE[log]()))
    assert [asked(url) for url in links(text, label)] == [query]


@pytest.mark.parametrize("own", ["a  b ", "x" * 200, "a/b?c=d&e"])
def test_a_transaction_is_asked_for_by_its_whole_id(
    admin_client: Client, mongo: Database[Document], own: str
) -> None:
    text = page(admin_client, "transactions", stored(mongo, "transactions", transaction(transactionId=own)))
    (url,) = links(text, "All entries of this transaction")
    assert asked(url) == {"transactionId": [own]}


# What was changed -----------------------------------------------------------------------------------------


def test_the_changes_of_a_contract_are_told_field_by_field(admin_client: Client, mongo: Database[Document]) -> None:
    text = page(admin_client, "audit", stored(mongo, "audit", audit_entry()))
    assert "What changed in version 4" in text
    assert "New volume agreed." in text
    found = re.findall(r'data-change="(\w+)"><th scope="row"><bdi>(.*?)</bdi>', text)
    assert found == [("changed", "Base fee a month"), ("added", "Notes"), ("removed", "Features")]
    assert "<del><bdi>99.00</bdi></del>" in text
    assert "<ins><bdi>120.00</bdi></ins>" in text


def test_the_changes_of_a_user_are_told_too(admin_client: Client, mongo: Database[Document]) -> None:
    changes = [{"path": "is_superuser", "before": False, "after": True}]
    entry = audit_entry(action="user.changed", entity={"type": "user", "id": "maya"}, details={"changes": changes})
    found = page(admin_client, "audit", stored(mongo, "audit", entry))
    told = found[found.index("is_superuser") :]
    assert told.index("false") < told.index("true")
    assert 'href="/contracts/maya/' not in found


def test_a_change_leads_to_the_contract_and_its_version(admin_client: Client, mongo: Database[Document]) -> None:
    text = page(admin_client, "audit", stored(mongo, "audit", audit_entry()))
    own = "/contracts/contract_20260101_000000_abcdef/"
    assert links(text, "The contract") == [own]
    assert links(text, "This version") == [f"{own}history/4/"]


def test_what_a_real_edit_has_noted_can_be_read(admin_client: Client, mongo: Database[Document]) -> None:
    services.create(make_contract(), actor=MAYA, now=NOW)
    entry = mongo.audit_trails.find_one({"action": "contract.created"})
    text = page(admin_client, "audit", entry)
    assert "cannot be read" not in text
    assert '<th scope="row"><bdi>Start</bdi>' in text
    assert admin_client.get(links(text, "This version")[0]).status_code == 200


@pytest.mark.parametrize("own", ["..", ".", "", "a/b", 7, None, {"a": 1}])
def test_a_contract_of_an_odd_id_has_no_links(admin_client: Client, mongo: Database[Document], own: object) -> None:
    entry = stored(mongo, "audit", audit_entry(entity={"type": "contract", "id": own}))
    text = page(admin_client, "audit", entry)
    assert "What changed" in text
    assert links(text, "The contract") + links(text, "This version") == []


@pytest.mark.parametrize("found", ["none", 7, [1, {"path": 2}, {"before": 1}], {"path": "a"}, None])
def test_odd_changes_break_nothing(admin_client: Client, mongo: Database[Document], found: object) -> None:
    page(admin_client, "audit", stored(mongo, "audit", audit_entry(details={"changes": found, "version": "x"})))


# Before and after -----------------------------------------------------------------------------------------


@EVERY_LOG
def test_a_page_shows_five_entries_before_and_five_after(
    admin_client: Client, mongo: Database[Document], log: str
) -> None:
    made = stored_in_a_row(mongo, log, 15)
    shown = rows(page(admin_client, log, made[7]))
    assert shown == [str(entry["_id"]) for entry in reversed(made[2:13])]


def test_the_oldest_first_are_turned_round(admin_client: Client, mongo: Database[Document]) -> None:
    made = stored_in_a_row(mongo, "transactions", 3)
    shown = rows(page(admin_client, "transactions", made[1], "?order=oldest"))
    assert shown == [str(entry["_id"]) for entry in made]


def test_neighbours_match_what_is_asked_for(admin_client: Client, mongo: Database[Document]) -> None:
    made = stored_in_a_row(mongo, "transactions", 5)
    mongo.transaction_logs.update_one({"_id": made[1]["_id"]}, {"$set": {"status": "settled"}})
    shown = rows(page(admin_client, "transactions", made[2], "?last=all&status=failed"))
    assert shown == [str(made[number]["_id"]) for number in (4, 3, 2, 0)]


def test_neighbours_of_long_ago_are_found(admin_client: Client, mongo: Database[Document]) -> None:
    old = [stored(mongo, "transactions", transaction(timestamp=AT - timedelta(days=days))) for days in (900, 400)]
    assert rows(page(admin_client, "transactions", old[1])) == [str(entry["_id"]) for entry in reversed(old)]


def test_an_undated_entry_stands_among_undated_ones(admin_client: Client, mongo: Database[Document]) -> None:
    made = [stored(mongo, "transactions", transaction(timestamp="?")) for _ in range(3)]
    stored(mongo, "transactions", transaction())
    text = page(admin_client, "transactions", made[1])
    assert sorted(rows(text)) == sorted(str(entry["_id"]) for entry in made)
    [url] = links(text, "See it in the list")
    assert urlsplit(url).path == "/logs/transactions/undated/"
    assert "aria-sort" not in admin_client.get(url).content.decode()


@EVERY_LOG
def test_headings_stand_as_their_cells_do(admin_client: Client, mongo: Database[Document], log: str) -> None:
    made = stored_in_a_row(mongo, log, 2)
    text = page(admin_client, log, made[0])
    heads = re.findall(r'<th scope="col"([^>]*)><bdi>', text)
    cells = re.findall(
        r'<td((?: class="[^"]*")?) data-label', text.partition("<tr data-id")[2].partition("</tr>")[0]
    )
    assert len(heads) > 4
    assert heads == cells


@pytest.mark.parametrize("at", [0, 3, 60, 117, 119])
@pytest.mark.parametrize(
    "query", ["?last=all", "?order=oldest", "", f"?status=failed&from={AT:%Y-%m-%d}&to={AT:%Y-%m-%d}"]
)
def test_the_list_around_an_entry_has_it(
    admin_client: Client, mongo: Database[Document], at: int, query: str
) -> None:
    made = stored_in_a_row(mongo, "transactions", 120)
    [url] = links(page(admin_client, "transactions", made[at], query), "See it in the list")
    shown = rows(admin_client.get(url).content.decode())
    assert str(made[at]["_id"]) in shown[:6]


# The panel, the file, and who sees them -------------------------------------------------------------------


def test_the_panel_leads_to_the_entries_beside_it_and_back(admin_client: Client, mongo: Database[Document]) -> None:
    made = stored_in_a_row(mongo, "transactions", 3)
    query = "?last=all&status=failed"
    text = page(admin_client, "transactions", made[1], query, PART)
    assert "<html" not in text
    assert links(text, "Previous entry") == [address("transactions", made[2]["_id"], query)]
    assert links(text, "Next entry") == [address("transactions", made[0]["_id"], query)]
    assert links(text, "Close the entry") == [f"/logs/transactions/{query}"]


def test_a_page_and_its_panel_are_kept_apart(admin_client: Client, mongo: Database[Document]) -> None:
    entry = stored(mongo, "transactions", transaction())
    assert "HX-Request" in admin_client.get(address("transactions", entry["_id"]))["Vary"]


@EVERY_LOG
def test_the_file_has_all_of_the_entry(admin_client: Client, mongo: Database[Document], log: str) -> None:
    entry = stored(mongo, log, MADE[log]())
    answer = admin_client.get(address(log, entry["_id"], "?as=json"))
    assert answer["Content-Disposition"] == 'attachment; filename="entry.json"'
    assert json.loads(answer.content).keys() == entry.keys()
    assert json.loads(answer.content)["_id"] == {"$oid": str(entry["_id"])}


def test_a_filter_that_cannot_be_used_is_told_beside_the_entry(
    admin_client: Client, mongo: Database[Document]
) -> None:
    entry = stored(mongo, "transactions", transaction())
    text = page(admin_client, "transactions", entry, "?nonsense=1")
    assert "The filter of this address cannot be used" in text
    assert "nonsense" in text


@pytest.mark.parametrize("own", ["none", "~", "5f0000000000000000000000", "~" + "A" * 3_000, "%00", "~BQAAAAA"])
def test_what_is_no_entry_is_not_found(admin_client: Client, mongo: Database[Document], own: str) -> None:
    assert admin_client.get(f"/logs/transactions/{own}/").status_code == 404


@pytest.mark.parametrize(("log", "is_kept"), [("audit", True), ("transactions", False), ("agents", False)])
def test_the_panel_says_that_an_entry_is_gone(
    admin_client: Client, mongo: Database[Document], log: str, is_kept: bool
) -> None:
    answer = admin_client.get(address(log, ObjectId()), headers=PART)
    text = answer.content.decode()
    assert (answer.status_code, "<html" in text) == (404, False)
    assert "There is no such entry." in text
    assert ("Entries of the audit trail are kept for a limited time." in text) == is_kept
    assert links(text, "Close") == [f"/logs/{log}/"] * 2


def test_the_page_says_that_an_entry_is_gone(admin_client: Client, mongo: Database[Document]) -> None:
    answer = admin_client.get(address("audit", ObjectId()))
    assert answer.status_code == 404
    assert "<html" in answer.content.decode()
    assert "Entries of the audit trail are kept for a limited time." in answer.content.decode()


def test_an_entry_of_another_log_is_not_found(admin_client: Client, mongo: Database[Document]) -> None:
    entry = stored(mongo, "transactions", transaction())
    assert admin_client.get(address("agents", entry["_id"])).status_code == 404


@pytest.fixture
def contract(mongo: Database[Document]) -> str:
    """The id of the contract of acct-1."""
    return services.create(make_contract(account_id="acct-1"), actor=MAYA, now=NOW).contract.contract_id


def below(contract: str, log: str, entry: Document) -> str:
    return f"/contracts/{contract}/log/{log}/{entry['_id']}/"


@pytest.mark.parametrize("log", ["transactions", "agents"])
def test_a_manager_sees_entries_of_an_account_below_its_contract(
    manager_client: Client, mongo: Database[Document], contract: str, log: str
) -> None:
    entry = stored(mongo, log, MADE[log]())
    answer = manager_client.get(below(contract, log, entry))
    assert answer.status_code == 200
    assert "/logs/" not in answer.content.decode().partition("<main")[2]


def test_entries_of_another_account_are_not_below_a_contract(
    manager_client: Client, mongo: Database[Document], contract: str
) -> None:
    entry = stored(mongo, "transactions", transaction(userId="acct-2"))
    assert manager_client.get(below(contract, "transactions", entry)).status_code == 404


@pytest.mark.parametrize(("query", "is_shown"), [("", False), ("?columns=userId,amount", True)])
def test_below_a_contract_its_account_fills_no_column_unless_asked_for(
    manager_client: Client, mongo: Database[Document], contract: str, query: str, is_shown: bool
) -> None:
    stored(mongo, "transactions", transaction())
    text = manager_client.get(f"/contracts/{contract}/log/transactions/{query}").content.decode()
    assert ('data-label="Account"' in text) == is_shown
    assert bool(re.search(r'value="userId"[^>]* checked', text)) == is_shown
    assert 'data-label="Amount"' in text


def test_neighbours_below_a_contract_are_of_its_account(
    manager_client: Client, mongo: Database[Document], contract: str
) -> None:
    made = stored_in_a_row(mongo, "transactions", 3)
    stored(mongo, "transactions", transaction(userId="acct-2"))
    text = manager_client.get(below(contract, "transactions", made[1])).content.decode()
    assert rows(text) == [str(entry["_id"]) for entry in reversed(made)]


@EVERY_LOG
def test_only_administrators_see_an_entry_of_all(
    manager_client: Client, viewer_client: Client, mongo: Database[Document], log: str
) -> None:
    entry = stored(mongo, log, MADE[log]())
    for client in (manager_client, viewer_client):
        assert client.get(address(log, entry["_id"])).status_code == 403
        assert client.get(address(log, entry["_id"], "?as=json"), headers=PART).status_code == 403


def test_looking_at_an_entry_of_the_trail_is_in_it(admin_client: Client, mongo: Database[Document]) -> None:
    viewing.forget()
    entry = stored(mongo, "audit", audit_entry())
    page(admin_client, "audit", entry, headers=PART)
    assert mongo.audit_trails.count_documents({"action": "audit.viewed", "userId": "admin"}) == 1


def test_looking_at_a_transaction_is_not(admin_client: Client, mongo: Database[Document]) -> None:
    page(admin_client, "transactions", stored(mongo, "transactions", transaction()))
    assert mongo.audit_trails.count_documents({"action": "audit.viewed"}) == 0
