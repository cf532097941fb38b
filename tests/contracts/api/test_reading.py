"""Contracts read over HTTP, whatever other services made of them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from bson import ObjectId

from contracts import services
from mongo import paging
from mongo.middleware import PAGE_SECONDS
from tests.factories import MAYA, NOW, make_contract
from tests.machines import errors_of
from tests.proxy import Proxy, through

pytestmark = pytest.mark.usefixtures("mongo")


def many(number, **terms):
    for n in range(number):
        services.create(make_contract(account_id=f"acct-{n:02}", **terms), actor=MAYA, now=NOW)


def walked(machine, query):
    """The account ids of all pages."""
    found, after = [], ""
    while True:
        answer = machine.get(f"/contracts?{query}{after}").json()
        found.append([item["account_id"] for item in answer["items"]])
        if answer["next"] is None:
            return found
        after = f"&after={answer['next']}"


def test_a_contract_reads_as_it_is_stored(machine, path):
    answer = machine.get(path)
    found = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert found["base_monthly_fee"] == "299.00"
    assert found["start_date"] == "2026-01-01"
    assert found["created_at"] == "2026-11-21T12:00:00.123Z"
    assert found["usage_based_pricing"]["trade_volume_tiers"][1] == {
        "min_trades": 1001,
        "max_trades": None,
        "price_per_trade": "0.08",
    }
    assert found["oddities"] == []


def test_a_contract_that_is_known_already_is_not_sent_again(machine, path, etag):
    answer = machine.get(path, If_None_Match=etag)
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)
    assert answer["Cache-Control"] == "private, no-cache"
    # A cache would take it for that of the contract.
    assert "Content-Type" not in answer


@pytest.mark.parametrize("tags", ["W/{0}", '"x", {0}', "*"])
def test_tags_are_compared_weakly_for_reading(machine, path, etag, tags):
    assert machine.get(path, If_None_Match=tags.format(etag)).status_code == 304


def test_an_older_tag_gets_the_contract(machine, path, etag, mongo):
    mongo.contracts.update_one({}, {"$set": {"something": "of another service"}})
    answer = machine.get(path, If_None_Match=etag)
    assert answer.status_code == 200
    assert answer["ETag"] != etag


def test_what_another_service_wrote_in_another_kind_is_shown_and_named(machine, path, mongo):
    mongo.contracts.update_one(
        {}, {"$set": {"base_monthly_fee": 12.5, "end_date": "soon", "features": 7, "version": "two"}}
    )
    found = machine.get(path).json()
    assert (found["base_monthly_fee"], found["end_date"], found["features"]) == ("12.5", None, [])
    odd = {one["path"]: one["is_understood"] for one in found["oddities"]}
    assert odd == {"base_monthly_fee": True, "end_date": False, "features": False, "version": False}


def test_a_contract_without_a_usable_id_is_read_by_its_own(machine, mongo):
    own = ObjectId()
    mongo.contracts.insert_one({"_id": own, "contract_id": None, "account_id": "acct-7"})
    assert machine.get(f"/contracts/~{own}").json()["account_id"] == "acct-7"


@pytest.mark.parametrize("name", ["contract_none", "~zzz", "%00", "%ff%fe", "..%2F..%2Fetc%2Fpasswd", "x" * 500])
def test_an_id_that_leads_nowhere_is_not_found(machine, name):
    answer = machine.get(f"/contracts/{name}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_the_list_is_walked_page_by_page(machine):
    many(7)
    assert walked(machine, "limit=3") == [
        ["acct-00", "acct-01", "acct-02"],
        ["acct-03", "acct-04", "acct-05"],
        ["acct-06"],
    ]


def test_a_page_that_is_just_full_is_the_last(machine):
    many(2)
    assert machine.get("/contracts?limit=2").json()["next"] is None


def test_no_document_is_missed_whatever_its_id_is(machine, mongo):
    own = [ObjectId(), "text", "ab\ufffd", 5, 7.5, Decimal("1.5"), True, {"a": 1}, datetime(2026, 1, 1, tzinfo=UTC)]
    for number, value in enumerate(own):
        mongo.contracts.insert_one({"_id": value, "contract_id": f"c-{number}", "account_id": str(number)})
    found = [account for page in walked(machine, "limit=1") for account in page]
    assert sorted(found) == [str(number) for number in range(len(own))]


@pytest.mark.parametrize("own", ["i" * 1_500, "i" * 9_000])
def test_a_very_long_id_keeps_nobody_from_walking_on(machine, mongo, own):
    for number, value in enumerate(("a", own, "z")):
        mongo.contracts.insert_one({"_id": value, "contract_id": f"c-{number}", "account_id": str(number)})
    assert [account for page in walked(machine, "limit=2") for account in page] == ["0", "1", "2"]


def test_where_an_id_is_too_long_to_go_on_after_it_that_is_said(machine, mongo):
    for value in ("i" * 9_000, "z"):
        mongo.contracts.insert_one({"_id": value, "contract_id": value[0], "account_id": value[0]})
    answer = machine.get("/contracts?limit=1")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:problem-type:counterpart:refused")
    assert "more at once" in answer.json()["detail"]


def test_contracts_that_come_while_one_walks_are_at_the_end(machine):
    many(2)
    first = machine.get("/contracts?limit=1").json()
    services.create(make_contract(account_id="late"), actor=MAYA, now=NOW)
    rest = machine.get(f"/contracts?after={first['next']}").json()
    assert [item["account_id"] for item in rest["items"]] == ["acct-01", "late"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=draft", ["b"]),
        ("contract_type=basic", ["b"]),
        ("tag=vip", ["a"]),
        ("q=b-name", ["b"]),
        ("q=%28a%2B%29%2B%24", []),
        ("expiring_within=10", ["a"]),
        ("expiring_within=0", []),
        ("status=active&tag=emea", ["a"]),
    ],
)
def test_the_list_is_filtered_by_field(machine, query, found):
    soon = datetime.now(UTC).date() + timedelta(days=9)
    services.create(make_contract(account_id="a", end_date=soon, tags=("vip", "emea")))
    services.create(
        make_contract(
            account_id="b",
            account_name="B-Name",
            status="draft",
            contract_type="basic",
            end_date=None,
            tags=(),
            auto_renewal=False,
        )
    )
    assert [item["account_id"] for item in machine.get(f"/contracts?{query}").json()["items"]] == found


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=-5", "limit"),
        ("limit=2147483648", "limit"),
        ("limit=99999999999999999999999", "limit"),
        ("limit=abc", "limit"),
        ("expiring_within=-1", "expiring_within"),
        ("expiring_within=3651", "expiring_within"),
        (f"q={'x' * 201}", "q"),
        ("q=%00", "q"),
        ("q=", "q"),
        ("q=%20", "q"),
        ("tag=", "tag"),
        ("status=", "status"),
        ("status=pendng", "status"),
        ("status=$ne", "status"),
        ("contract_type=Basic", "contract_type"),
        ("after=nonsense", "after"),
        ("after=%C3%A9", "after"),
        ("after=", "after"),
        (f"after={'A' * 4000}", "after"),
        ("statsu=active", "statsu"),
        ("status[$ne]=x", "status[$ne]"),
        ("page=1", "page"),
        ("limit=1&limit=2", "limit"),
    ],
)
def test_a_parameter_that_cannot_be_taken_is_named(machine, query, path):
    answer = machine.get(f"/contracts?{query}")
    assert answer.status_code == 422
    assert list(errors_of(answer)) == [path]


def test_a_cursor_is_for_the_filter_that_it_came_with(machine):
    many(2)
    cursor = machine.get("/contracts?limit=1&status=active").json()["next"]
    answer = machine.get(f"/contracts?limit=1&status=draft&after={cursor}")
    assert "another filter" in errors_of(answer)["after"]


def test_the_statistics_count_statuses_types_ends_and_fees(machine):
    today = datetime.now(UTC).date()
    for number, days in enumerate((5, 45, 80, 400)):
        end = today + timedelta(days=days)
        services.create(make_contract(account_id=str(number), start_date=today, end_date=end))
    services.create(make_contract(account_id="yen", status="draft", currency="JPY", contract_type="basic"))
    found = machine.get("/contracts/stats").json()
    assert found["total"] == 5
    assert found["by_status"] == {"active": 4, "draft": 1}
    assert found["by_type"] == {"professional": 4, "basic": 1}
    assert found["expiring"] == {"within_30_days": 1, "within_60_days": 2, "within_90_days": 3}
    assert found["recurring_fees"] == [{"currency": "USD", "amount": "1394.00", "contracts": 4, "unreadable": 0}]


def test_the_statistics_count_what_other_services_left_out(machine, mongo):
    mongo.contracts.insert_one({"contract_id": "c-1", "account_id": "a"})
    mongo.contracts.insert_one({"contract_id": "c-2", "account_id": "b", "status": 7, "contract_type": ["x"]})
    found = machine.get("/contracts/stats").json()
    assert found["by_status"] == {"": 1, "7": 1}


def test_statistics_of_nothing_are_zero(machine):
    found = machine.get("/contracts/stats").json()
    assert (found["total"], found["recurring_fees"]) == (0, [])


def test_the_statistics_count_no_end_that_the_list_does_not_show(machine, mongo):
    soon = datetime.now(UTC) + timedelta(days=5)
    for number, end in enumerate((soon, [soon], soon.isoformat())):
        ids = {"contract_id": f"c{number}", "account_id": f"a{number}"}
        mongo.contracts.insert_one({**ids, "status": "active", "end_date": end})
    listed = machine.get("/contracts?expiring_within=30").json()["items"]
    assert [one["contract_id"] for one in listed] == ["c0"]
    assert machine.get("/contracts/stats").json()["expiring"]["within_30_days"] == 1


def test_statistics_that_take_too_long_are_no_outage_and_not_worth_another_try(
    machine, mongo_uri, settings, contract
):
    with Proxy(mongo_uri) as proxy, through(proxy, settings):
        proxy.swallowed = b"$base_monthly_fee"
        answer = machine.get("/contracts/stats")
        assert machine.get("/contracts").status_code == 200
    assert (answer.status_code, "Retry-After" in answer) == (503, False)
    assert answer.json()["type"] == "urn:problem-type:counterpart:too-much"


def test_a_page_of_large_contracts_is_a_short_one(machine, mongo):
    each = {"status": "draft", "notes": "x" * (paging.MOST_BYTES // 3)}
    mongo.contracts.insert_many({"contract_id": f"c{n}", "account_id": f"a{n}", **each} for n in range(4))
    first = machine.get("/contracts?limit=4").json()
    rest = machine.get(f"/contracts?limit=4&after={first['next']}").json()
    found = [[one["contract_id"] for one in page["items"]] for page in (first, rest)]
    assert (found, rest["next"]) == ([["c0", "c1"], ["c2", "c3"]], None)


def test_a_search_that_takes_too_long_is_no_outage_and_not_worth_another_try(
    machine, mongo_uri, settings, contract
):
    with Proxy(mongo_uri) as proxy, through(proxy, settings):
        proxy.swallowed = b"$indexOfBytes"
        answer = machine.get("/contracts?q=Northwind")
    assert (answer.status_code, "Retry-After" in answer) == (503, False)
    assert answer.json()["type"] == "urn:problem-type:counterpart:too-much"


def test_statistics_may_take_longer_than_a_page(machine, mongo_uri, settings, contract):
    with Proxy(mongo_uri) as proxy, through(proxy, settings):
        machine.get("/contracts/stats")
        # The limit of the token is asked as well, so four questions take longer than a page may.
        proxy.latency = PAGE_SECONDS / 6
        assert machine.get("/contracts/stats").status_code == 200
