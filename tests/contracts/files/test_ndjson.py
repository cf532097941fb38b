"""Lines of JSON become rows; a line that cannot be read is a row with a problem, and the others are read on."""

import io
import json
from datetime import date
from decimal import Decimal

import pytest

from contracts.files import ndjson
from mongo.lines import LONGEST_LINE

GOOD = b'{"account_id": "a", "start_date": "2026-01-01", "base_monthly_fee": "0.10"}'


def rows(*lines, end=b"\n"):
    return list(ndjson.rows(io.BytesIO(end.join(lines))))


def row(**document):
    return rows(json.dumps(document).encode())[0]


def told(found):
    return [f"{problem.path}: {problem.message}" for problem in found.problems]


def test_a_line_is_a_contract():
    found = rows(GOOD)[0]
    assert (found.line, found.problems, found.ignored) == (1, (), ())
    assert (found.contract.account_id, found.contract.start_date) == ("a", date(2026, 1, 1))
    assert found.given == {"account_id", "start_date", "base_monthly_fee"}


def test_a_number_becomes_exact_money():
    assert row(base_monthly_fee=0.1).contract.base_monthly_fee == Decimal("0.1")


def test_extended_json_is_read():
    found = row(
        start_date={"$date": "2026-01-01T00:00:00Z"},
        base_monthly_fee={"$numberDecimal": "99.00"},
        usage_limits={"max_monthly_trades": {"$numberLong": "500"}},
        sla_terms={"uptime_guarantee": {"$numberDouble": "99.5"}},
    )
    assert found.problems == ()
    assert found.contract.usage_limits.max_monthly_trades == 500
    assert found.contract.sla_terms.uptime_guarantee == Decimal("99.5")


def test_a_mark_of_encoding_carriage_returns_and_blank_lines_do_no_harm():
    found = rows(b"\xef\xbb\xbf" + GOOD, b"", b"  ", GOOD, b"", end=b"\r\n")
    assert [(each.line, each.problems) for each in found] == [(1, ()), (4, ())]


@pytest.mark.parametrize(
    "line",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"notes": "caf\xff"}',
        b'{"notes": "' + b"x" * LONGEST_LINE + b'"}',
        b'{"account_id": "a", "account_id": "b"}',
        b'{"base_monthly_fee": NaN}',
        b"[1, 2]",
        b'"text"',
        b"{",
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_the_next_is_read(line):
    bad, good = rows(line, GOOD)
    assert (bad.line, len(bad.problems), bad.problems[0].path) == (1, 1, "")
    assert (good.line, good.problems) == (2, ())


def test_an_endless_line_is_not_held_in_memory():
    class Endless(io.RawIOBase):
        longest, left = 0, 50

        def readline(self, size=-1):
            self.longest, self.left = max(self.longest, size), self.left - 1
            return b"x" * size if self.left > 0 else b""

    stream = Endless()
    assert len(list(ndjson.rows(stream))) == 1
    assert 0 < stream.longest <= LONGEST_LINE + 1


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"start_date": "31.12.2026"}, "start_date"),
        ({"start_date": 20261231}, "start_date"),
        ({"created_at": "0001-01-01T00:00:00+14:00"}, "created_at"),
        ({"base_monthly_fee": "1,000.00"}, "base_monthly_fee"),
        ({"base_monthly_fee": {"$numberDecimal": "Infinity"}}, "base_monthly_fee"),
        ({"base_monthly_fee": True}, "base_monthly_fee"),
        ({"auto_renewal": "perhaps"}, "auto_renewal"),
        ({"notice_days": 30.5}, "notice_days"),
        ({"account_name": ["x"]}, "account_name"),
        ({"notes": {"$code": "x"}}, "notes"),
        ({"tags": ["a", 5]}, "tags"),
        ({"features": {"a": 1}}, "features"),
        ({"usage_limits": "none"}, "usage_limits"),
        ({"add_ons": "none"}, "add_ons"),
        ({"add_ons": ["Sandbox"]}, "add_ons.0"),
        ({"add_ons": [{"name": "Sandbox", "monthly_fee": "free"}]}, "add_ons.0.monthly_fee"),
        ({"currency": None}, "currency"),
        ({"renewal_term_months": None}, "renewal_term_months"),
        ({"notes": "a", "primary_contact.name": "b", "primary_contact": {"name": "c"}}, "primary_contact.name"),
    ],
)
def test_a_value_that_is_not_understood_is_a_problem_of_its_field(document, path):
    assert [problem.path for problem in row(**document).problems] == [path]


@pytest.mark.parametrize(
    ("document", "path", "value"),
    [
        ({"account_id": 371138}, "account_id", "371138"),
        ({"start_date": "2026-01-01T23:00:00-02:00"}, "start_date", date(2026, 1, 2)),
        ({"end_date": None}, "end_date", None),
        ({"usage_limits": None}, "usage_limits.max_monthly_trades", None),
        ({"auto_renewal": "true"}, "auto_renewal", True),
        ({"notice_days": "45"}, "notice_days", 45),
        ({"usage_limits": {"sla_threshold_seconds": "1.5"}}, "usage_limits.sla_threshold_seconds", Decimal("1.5")),
        ({"tags": "vip"}, "tags", ("vip",)),
        ({"usage_limits.max_monthly_trades": 5}, "usage_limits.max_monthly_trades", 5),
    ],
)
def test_a_value_that_is_understood_is_taken(document, path, value):
    found = row(**document)
    assert found.problems == ()
    assert found.contract.at(path) == value
    assert path in found.given


def test_seconds_in_a_text_become_a_whole_number():
    found = row(usage_limits={"sla_threshold_seconds": "20"}).contract.usage_limits.sla_threshold_seconds
    assert (found, type(found)) == (20, int)


def test_fields_of_other_services_are_named_and_their_values_not_looked_at():
    found = row(_id={"$oid": "x"}, crm={"$code": "x"}, usage_limits={"burst": 3, "max_monthly_trades": 5})
    assert (found.ignored, found.problems) == (("crm", "usage_limits.burst"), ())


def test_what_others_keep_in_a_row_of_a_table_is_kept():
    found = row(add_ons=[{"name": "Sandbox", "monthly_fee": "1", "since": {"$date": "2026-01-01T00:00:00Z"}}])
    assert found.problems == ()
    assert found.contract.add_ons[0].extra["since"].year == 2026
