"""The catalogue of bad JSON, sent where entries belong: each is refused with a reason, and none stores anything."""

import pytest

from mongo.strict_json import MOST_LEVELS

ENTRY = (
    '{"transactionId":"t","userId":"a","type":"deposit","amount":"1","currency":"USD","status":"completed",'
    '"metadata":{"x":%s}}'
)
# What stands as the value of metadata.x, and what is answered.
VALUES = {
    "NaN": ("NaN", 400),
    "Infinity": ("-Infinity", 400),
    "a number beyond a double": ("1e400", 400),
    "2 to the 63": ("9223372036854775808", 400),
    "half a character": ('"\\ud800"', 400),
    "NUL": ('"\\u0000"', 400),
    "NUL in a name": ('{"a\\u0000":1}', 400),
    "a name twice": ('{"a":1,"a":2}', 400),
    "a raw line break": ('"\n"', 400),
    "too many levels": ("[" * MOST_LEVELS + "]" * MOST_LEVELS, 400),
    "35 digits": ("1.2345678901234567890123456789012345", 422),
    "a number near zero": ("1e-7000", 422),
    "an operator": ('{"$where":"sleep(1)"}', 422),
    "an operator in a list": ('[[{"$expr":1}]]', 422),
    "a name with a dot": ('{"a.b":1}', 422),
    "a name of nothing": ('{"":1}', 422),
}


@pytest.mark.parametrize(("value", "status"), VALUES.values(), ids=VALUES)
def test_a_value_that_cannot_be_stored_as_it_was_sent_is_refused(mongo, machine, value, status):
    response = machine.post("/logs/transactions", (ENTRY % value).encode())
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert mongo.transaction_logs.count_documents({}) == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b"\xef\xbb\xbf" + (ENTRY % 1).encode(), 400),
        ((ENTRY % 1).encode("utf-16"), 400),
        ((ENTRY % 1).encode() + b"\xff", 400),
        (f"[{ENTRY % 1},]".encode(), 400),
    ],
)
def test_what_is_no_json_is_refused(mongo, machine, body, status):
    assert machine.post("/logs/transactions", body).status_code == status
    assert mongo.transaction_logs.count_documents({}) == 0


def test_other_kinds_of_content_are_refused(mongo, machine):
    assert machine.send("POST", "/logs/audit", b"userId=a", kind="text/plain").status_code == 415


def test_odd_values_that_can_be_stored_come_back_as_they_were(mongo, machine):
    value = '{"__proto__":1,"é‮😀":["\\u0001",-9223372036854775808,0.1,12345678901234567890.12345,1e3]}'
    assert machine.post("/logs/transactions", (ENTRY % value).encode()).status_code == 201
    item = machine.get("/logs/transactions").json()["items"][0]
    # What a double would round comes as text.
    odd = ["\x01", str(-(2**63)), 0.1, "12345678901234567890.12345", 1000.0]
    assert item["metadata"]["x"] == {"__proto__": 1, "é‮😀": odd}
