"""What transactions come to: each counted once, currencies apart, and nothing that others wrote breaks it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from bson import Regex
from bson.datetime_ms import DatetimeMS

from logs import analytics as questions
from logs import days
from logs.asking import Complaints
from logs.domain.analytics import DAY, InCurrency, Part, Piece, Sum, day_bounds
from logs.domain.filters import LogFilter
from logs.kinds import LOGS
from mongo.errors import MongoSlow
from tests.logs.entries import numbered

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
LOG = LOGS["transactions"]
ODD = [None, 5, 1.5, True, ["x"], {"a": 1}, "W" * 5000, b"\0\xff", Regex("x"), Decimal("NaN"), "a\0b", " ", ""]


def entry(number=0, **fields):
    return numbered(number, **{"timestamp": NOW - DAY, **fields})


def found(account=None, *, start=NOW - 7 * DAY, end=None, zone=UTC_ZONE):
    fields = {} if account is None else {"userId": (account,)}
    wanted = LogFilter(fields=fields, start=start, end=end)
    return questions.analytics(LOG, wanted, zone, by_account=account is None, now=NOW)


def test_a_transaction_counts_once_with_its_latest_entry_of_the_time(mongo):
    mongo.transaction_logs.insert_many(
        [
            entry(1, status="pending", amount=Decimal(1), timestamp=NOW - 3 * DAY),
            entry(1, status="failed", amount=Decimal(7), timestamp=NOW - 2 * DAY),
            entry(2, timestamp=NOW - 30 * DAY),
        ]
    )
    one = found()
    assert (one.count, one.failed, one.statuses) == (1, 1, (Part("failed", 1, 1),))
    assert one.sums == (Sum("deposit", "USD", 1, 1, Decimal(7), 0),)
    assert [piece.start.day for piece in one.pieces if piece.count] == [19]


def test_the_same_id_of_two_accounts_is_two_transactions(mongo):
    mongo.transaction_logs.insert_many([entry(1), entry(1, userId="acct-2"), entry(2, userId="acct-2")])
    assert found().accounts == (Part("acct-2", 2, 0), Part("acct-1", 1, 0))
    assert (found("acct-2").count, found("acct-2").accounts) == (2, ())


def test_amounts_of_different_currencies_are_never_added(mongo):
    mongo.transaction_logs.insert_many(
        [
            entry(1),
            entry(2, type="transfer"),
            entry(3, currency="EUR"),
            entry(4, currency=5),
            entry(5, amount="ten"),
        ]
    )
    usd, eur, none = found().currencies
    assert (usd.currency, usd.whole.count, usd.whole.total, usd.whole.odd) == ("USD", 3, Decimal("20.20"), 1)
    assert (eur.currency, eur.whole.total, none.currency) == ("EUR", Decimal("10.10"), "")
    assert usd.whole.average == Decimal("10.1")


def test_types_of_all_currencies_are_counted_together(mongo):
    mongo.transaction_logs.insert_many([entry(1), entry(2, currency="EUR", status="rejected"), entry(3, type="t")])
    assert found().types == (Part("deposit", 2, 1), Part("t", 1, 0))


def test_whatever_others_wrote_is_counted_and_breaks_nothing(mongo):
    fields = ("userId", "type", "status", "currency", "amount", "transactionId")
    mongo.transaction_logs.insert_many([{**entry(), field: value} for field in fields for value in ODD])
    one = found()
    assert one.count == sum(part.count for part in one.statuses) == sum(one.count for one in one.sums)
    assert {part.name: part.can_be_listed for part in one.accounts}[""] is False
    assert {part.name: part.can_be_listed for part in one.accounts}["5"] is False


def test_entries_without_a_usable_date_are_not_counted(mongo):
    mongo.transaction_logs.insert_many([entry(n, timestamp=at) for n, at in enumerate([None, "now", [NOW], 5])])
    assert found().count == 0


def test_what_lies_ahead_is_counted_apart(mongo):
    mongo.transaction_logs.insert_many(
        [entry(1, timestamp=NOW + 3 * DAY), entry(2, timestamp=DatetimeMS(2**60), status="error"), entry(3)]
    )
    one = found()
    assert (one.later, one.failed_later, one.count, one.failed) == (2, 1, 3, 1)


def test_more_types_than_are_summed_up_are_cut_and_all_the_same_counted(mongo):
    mongo.transaction_logs.insert_many([entry(n, type=f"type-{n}") for n in range(1_005)])
    one = found()
    assert (one.is_cut, len(one.sums), one.count) == (True, 1_000, 1_005)


def test_days_are_those_of_the_zone(mongo):
    mongo.transaction_logs.insert_one(entry(timestamp=datetime(2026, 11, 19, 23, 30, tzinfo=UTC)))
    berlin = found(zone=ZoneInfo("Europe/Berlin"))
    assert [piece for piece in berlin.pieces if piece.count] == [
        Piece(datetime(2026, 11, 19, 23, tzinfo=UTC), datetime(2026, 11, 20, 23, tzinfo=UTC), 1, 0)
    ]


def test_pieces_keep_within_the_time_asked_for(mongo):
    one = found(start=NOW - DAY, end=NOW - timedelta(hours=1))
    assert (one.pieces[0].start, one.pieces[-1].end) == (NOW - DAY, NOW - timedelta(hours=1))


def test_the_latest_failures_come_first_and_are_few(mongo):
    mongo.transaction_logs.insert_many(
        [entry(n, status="error", timestamp=NOW - timedelta(hours=n)) for n in range(12)] + [entry(20)]
    )
    failed = questions.failures(LOG, LogFilter(start=NOW - DAY), now=NOW)
    assert [one["transactionId"] for one in failed] == [f"tx-{n}" for n in range(10)]


def test_what_takes_too_long_is_told_as_nothing():
    def slow():
        raise MongoSlow("This took too long.")

    assert questions.in_time(slow) is None


def test_days_of_a_long_time_are_put_together_to_weeks():
    bounds = day_bounds(NOW - 200 * DAY, NOW, UTC_ZONE)
    assert bounds[0].weekday() == 0
    assert {high - low for low, high in pairwise(bounds)} == {7 * DAY}
    assert (bounds[0] <= NOW - 200 * DAY, bounds[-1] >= NOW) == (True, True)


def test_a_day_is_as_long_as_the_clock_makes_it():
    berlin = ZoneInfo("Europe/Berlin")
    low, high = day_bounds(datetime(2026, 10, 25, 2, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC), berlin)
    assert high - low == timedelta(hours=25)


def test_sums_of_a_currency_keep_all_their_digits():
    sums = tuple(Sum("t", "USD", 1, 0, total, 0) for total in (Decimal("9" * 34), Decimal("0.01")))
    assert InCurrency("USD", sums).whole.total == Decimal("9" * 34 + ".01")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"last": ["all"]}, "at most 366 days"),
        ({"last": ["banana"]}, "is none"),
        ({"to": ["2026-11-20"]}, "the first day"),
        ({"from": ["2025-01-01"]}, "at most 366 days"),
        ({"from": ["2026-11-20"], "to": ["2026-11-01"]}, "earlier"),
        ({"userId": ["a", "b"]}, "one account"),
        ({"userId": ["W" * 501]}, "500 characters"),
        ({"status": ["failed"]}, "cannot be asked for here"),
        ({"zone": ["Mars"]}, "no time zone"),
        ({"-userId": ["a"]}, "cannot be asked for here"),
    ],
)
def test_what_cannot_be_asked_is_told(query, words):
    with pytest.raises(Complaints, match=words):
        days.read(query, LOG, now=NOW)


def test_the_last_30_days_are_asked_for_unless_told_and_links_say_so():
    asked = days.read({"userId": ["acct-1"], "from": [""], "zone": ["Asia/Tokyo"]}, LOG, now=NOW)
    assert asked.wanted.start == NOW - 30 * DAY
    assert set(asked.parameters) == {("userId", "acct-1"), ("zone", "Asia/Tokyo"), ("last", "30d")}


def test_a_whole_year_can_be_asked_for_in_any_zone():
    asked = days.read({"from": ["2025-11-21"], "to": ["2026-11-21"], "zone": ["Europe/Berlin"]}, LOG, now=NOW)
    assert asked.wanted.start == datetime(2025, 11, 20, 23, tzinfo=UTC)
