"""The logs read page by page over HTTP, whatever other services have put into them."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from bson import Binary, Code, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp, decode, encode
from bson.datetime_ms import DatetimeMS

from logs.api.shown import shown
from mongo.codec import CODEC_OPTIONS
from tests.machines import errors_of

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def walked(machine, path):
    """All items of a list, page by page."""
    items, after = [], ""
    while after is not None:
        page = machine.get(f"{path}{'&' if '?' in path else '?'}limit=7{after}").json()
        items += page["items"]
        after = f"&after={page['next']}" if page["next"] else None
    return items


def test_an_entry_is_shown_under_its_own_names(mongo, machine, trade):
    own = machine.post("/logs/transactions", trade(metadata={"channel": "api"}, entryId="e-1")).json()["ids"][0]
    items = machine.get("/logs/transactions").json()["items"]
    assert [item.pop("createdAt")[-1] for item in items] == ["Z"]
    assert items == [
        trade(metadata={"channel": "api"}, entryId="e-1", timestamp="2026-11-21T12:00:00.000Z") | {"_id": own}
    ]


def test_pages_hold_every_entry_once_though_all_share_a_time(mongo, machine, trade):
    machine.post("/logs/transactions", [trade(number) for number in range(30)])
    found = [item["transactionId"] for item in walked(machine, "/logs/transactions")]
    assert found == [f"tx-{number}" for number in reversed(range(30))]


def test_what_comes_meanwhile_moves_no_page(mongo, machine, trade):
    machine.post("/logs/transactions", [trade(number) for number in range(4)])
    first = machine.get("/logs/transactions?limit=2").json()
    machine.post("/logs/transactions", [trade(9, timestamp=None)])
    second = machine.get(f"/logs/transactions?limit=2&after={first['next']}").json()
    assert [item["transactionId"] for item in second["items"]] == ["tx-1", "tx-0"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("userId=acct-1", {"tx-0", "tx-1"}),
        ("userId=acct-1&status=failed", {"tx-1"}),
        ("status=failed&userId=acct-2", {"tx-3"}),
        ("currency=EUR", {"tx-3"}),
        ("transactionId=tx-2", {"tx-2"}),
        ("entryId=e-2", {"tx-2"}),
        ("type=deposit&userId=nobody", set()),
        ("userId=$ne", set()),
        ("from=2026-11-20", {"tx-2", "tx-3"}),
        ("to=2026-11-19", {"tx-0", "tx-1"}),
        ("from=2026-11-19&to=2026-11-20", {"tx-1", "tx-2"}),
        ("from=2026-11-19T12:00:00Z&to=2026-11-20T12:00:00Z", {"tx-1"}),
        ("from=2026-11-20T14:00:00%2B02:00&userId=acct-2", {"tx-2", "tx-3"}),
        ("from=9999-12-30", set()),
        ("from=0001-01-01", {"tx-0", "tx-1", "tx-2", "tx-3"}),
    ],
)
def test_a_list_is_filtered_by_fields_and_time(mongo, machine, trade, query, found):
    machine.post(
        "/logs/transactions",
        [
            trade(0, timestamp="2026-11-18T12:00:00Z"),
            trade(1, timestamp="2026-11-19T12:00:00Z", status="failed"),
            trade(2, timestamp="2026-11-20T12:00:00Z", userId="acct-2", entryId="e-2"),
            trade(3, timestamp="2026-11-21T12:00:00Z", userId="acct-2", status="failed", currency="EUR"),
        ],
    )
    items = machine.get(f"/logs/transactions?{query}").json()["items"]
    assert {item["transactionId"] for item in items} == found


def test_fields_inside_others_are_filters_too(mongo, machine):
    entries = [{"userId": "ada", "action": "a.b", "entity": {"type": "user", "id": name}} for name in ("x", "y")]
    machine.post("/logs/audit", entries)
    items = machine.get("/logs/audit?entity.id=x&entity.type=user").json()["items"]
    assert [item["entity"]["id"] for item in items] == ["x"]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("user=a", "user"),
        ("userId[$ne]=a", "userId[$ne]"),
        ("userId=a&userId=b", "userId"),
        ("userId=", "userId"),
        ("userId=%00", "userId"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("undated=perhaps", "undated"),
        ("from=yesterday", "from"),
        ("from=2026-02-30", "from"),
        ("to=2026-11-21T12:00:00", "to"),
        ("to=9999-12-31", "to"),
        ("undated=true&from=2030-01-01", "from"),
        ("undated=true&to=2030-01-01", "to"),
        ("after=garbage", "after"),
        ("after=", "after"),
        ("after=%E2%82%AC", "after"),
        ("after=" + "A" * 4_001, "after"),
        ("after=" + "A" * 48, "after"),
    ],
)
def test_a_parameter_that_cannot_be_taken_is_named(mongo, machine, query, path):
    response = machine.get(f"/logs/transactions?{query}")
    assert (response.status_code, list(errors_of(response))) == (422, [path])


def test_a_cursor_that_was_changed_is_refused(mongo, machine, trade):
    machine.post("/logs/transactions", [trade(1), trade(2)])
    cursor = machine.get("/logs/transactions?limit=1").json()["next"]
    changed = cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1]
    assert list(errors_of(machine.get(f"/logs/transactions?after={changed}"))) == ["after"]


@pytest.mark.parametrize(
    "path", ["/logs/transactions?status=failed", "/logs/transactions?undated=true", "/logs/agents?"]
)
def test_a_cursor_of_another_list_is_refused(mongo, machine, trade, path):
    machine.post("/logs/transactions", [trade(1), trade(2)])
    cursor = machine.get("/logs/transactions?limit=1").json()["next"]
    assert errors_of(machine.get(f"{path}&after={cursor}"))["after"].startswith(
        "This cursor belongs to another filter."
    )


def test_entries_without_a_usable_date_are_a_list_of_their_own(mongo, machine):
    odd = [{"timestamp": value} for value in ("2026-11-21", 5, None, [AT], [], {"$": 1}, True)]
    mongo.transaction_logs.insert_many([*odd, {}, {"timestamp": AT}])
    assert len(walked(machine, "/logs/transactions?undated=true")) == 8
    assert len(walked(machine, "/logs/transactions")) == 1


def test_a_number_as_id_is_told_exactly(mongo, machine):
    mongo.transaction_logs.insert_one({"_id": Int64(2**53 + 1), "timestamp": AT})
    assert machine.get("/logs/transactions").json()["items"][0]["_id"] == "9007199254740993"


@pytest.mark.parametrize("limit", [1, 2, 5])
@pytest.mark.parametrize("length", [1_500, 2_900])
def test_an_id_of_some_length_ends_no_list(mongo, machine, limit, length):
    mongo.transaction_logs.insert_many([{"_id": f"{n}" + "x" * length, "timestamp": AT} for n in range(5)])
    found, after = [], ""
    while after is not None:
        page = machine.get(f"/logs/transactions?limit={limit}{after}").json()
        found += [item["_id"][0] for item in page["items"]]
        after = f"&after={page['next']}" if page["next"] else None
    assert found == ["4", "3", "2", "1", "0"]


def test_a_page_ends_before_an_id_that_no_cursor_can_tell(mongo, machine):
    ids = [f"{n}" + "x" * (10_000 if n == 1 else 0) for n in range(4)]
    mongo.transaction_logs.insert_many([{"_id": own, "timestamp": AT} for own in ids])
    first = machine.get("/logs/transactions?limit=3").json()
    rest = machine.get(f"/logs/transactions?limit=3&after={first['next']}").json()
    assert [item["_id"][0] for item in first["items"] + rest["items"]] == ["3", "2", "1", "0"]


def test_where_no_page_can_go_on_that_is_said(mongo, machine):
    mongo.transaction_logs.insert_many([{"_id": f"{n}" + "x" * 10_000, "timestamp": AT} for n in range(2)])
    response = machine.get("/logs/transactions?limit=1")
    assert (response.status_code, "too long to go on" in response.json()["detail"]) == (503, True)


def deep(levels):
    value = {}
    for _ in range(levels):
        value = {"in": [value]}
    return value


FOREIGN = {
    "nothing else": ({}, {}),
    "numbers": (
        {"amount": 1.5, "d": Decimal128("1E+6000"), "nan": Decimal128("NaN")},
        {"amount": "1.5", "d": "1E+6000", "nan": "NaN"},
    ),
    "whole numbers that a double holds": (
        {"n": [Int64(2**53), Int64(-(2**53)), 7, True]},
        {"n": [2**53, -(2**53), 7, True]},
    ),
    "whole numbers that a double would round": (
        {"n": Int64(2**53 + 1), "m": {"n": [Int64(-(2**63))]}},
        {"n": str(2**53 + 1), "m": {"n": [str(-(2**63))]}},
    ),
    "floats that are no numbers": (
        {"f": [float("nan"), float("-inf")]},
        {"f": [{"$numberDouble": "NaN"}, {"$numberDouble": "-Infinity"}]},
    ),
    "odd money": ({"amount": {"value": Decimal128("1.10")}}, {"amount": {"value": 1.1}}),
    "money as text": ({"amount": "12,30"}, {"amount": "12,30"}),
    "ids": (
        {"userId": ObjectId("6b0000000000000000000000"), "u": UUID(int=1)},
        {"userId": "6b" + "0" * 22, "u": str(UUID(int=1))},
    ),
    "binary": ({"b": Binary(b"\x00", 128)}, {"b": {"$binary": {"base64": "AA==", "subType": "80"}}}),
    "odd kinds": (
        {"r": Regex("^a"), "t": Timestamp(1, 2), "min": MinKey(), "max": MaxKey()},
        {
            "r": {"$regularExpression": {"pattern": "^a", "options": ""}},
            "t": {"$timestamp": {"t": 1, "i": 2}},
            "min": {"$minKey": 1},
            "max": {"$maxKey": 1},
        },
    ),
    "code": ({"c": Code("1")}, {"c": "1"}),
    "a date of year 1": ({"d": datetime(1, 1, 1, tzinfo=UTC)}, {"d": "0001-01-01T00:00:00.000Z"}),
    "odd names": ({"m": {"$where": 1, "": 2, "a.b": 3}}, {"m": {"$where": 1, "": 2, "a.b": 3}}),
    "90 levels": ({"input": deep(45)}, {"input": deep(45)}),
}


@pytest.mark.parametrize(("stored", "shown"), FOREIGN.values(), ids=FOREIGN)
def test_whatever_another_service_stored_is_shown(mongo, machine, stored, shown):
    mongo.transaction_logs.insert_one({"_id": "own", "timestamp": AT, **stored})
    response = machine.get("/logs/transactions")
    assert response.json()["items"] == [{"_id": "own", "timestamp": "2026-11-21T12:00:00.000Z", **shown}]


def test_what_no_server_here_stores_is_shown_too():
    far = encode({"text": "AAAA", "date": DatetimeMS(2**62)}).replace(b"AAAA", b"A\xff\xffA")
    assert shown(decode(far, CODEC_OPTIONS)) == {
        "text": "A\ufffd\ufffdA",
        "date": {"$date": {"$numberLong": str(2**62)}},
    }


def test_a_page_of_large_entries_ends_early(mongo, machine):
    mongo.ai_agent_logs.insert_many([{"timestamp": AT, "output": "x" * 3_000_000} for _ in range(5)])
    sizes = [len(machine.get("/logs/agents").json()["items"]), len(walked(machine, "/logs/agents"))]
    assert sizes == [2, 5]


def test_looking_at_the_audit_trail_is_audited_once_an_hour(mongo, machine_with):
    machine = machine_with("logs:read", name="siem")
    for path in ("/logs/audit", "/logs/audit?userId=ada", "/logs/audit/stats"):
        assert machine.get(path).status_code == 200
    viewed = list(mongo.audit_trails.find({"action": "audit.viewed"}))
    assert [(entry["userId"], entry["via"]) for entry in viewed] == [("token:siem", "api")]


def test_each_token_that_looks_at_the_audit_trail_is_told(mongo, machine_with):
    for name in ("one", "two"):
        machine_with("logs:read", name=name).get("/logs/audit")
    assert mongo.audit_trails.count_documents({"action": "audit.viewed"}) == 2


def test_looking_at_other_logs_is_not_audited(mongo, machine_with):
    machine_with("logs:read").get("/logs/transactions")
    assert mongo.audit_trails.count_documents({"action": "audit.viewed"}) == 0


def test_logs_need_their_scope(mongo, machine_with):
    writer = machine_with("logs:write")
    paths = [f"/logs/{log}{rest}" for log in ("transactions", "agents", "audit") for rest in ("", "/stats")]
    assert {writer.get(path).status_code for path in paths} == {403}


def test_an_unknown_log_is_not_there(mongo, machine):
    assert machine.get("/logs/nothing").status_code == 404
