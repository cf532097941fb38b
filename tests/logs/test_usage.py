"""Usage as MongoDB counts it, against trades counted a second time in Python."""

import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from bson import ObjectId, json_util
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from logs import rollup
from logs.marks import mark_touched
from logs.usage import usage_for, year_of_usage
from mongo import client, codec
from mongo.errors import MongoSlow
from tests.logs.trades import expected, of_month, shown
from tests.strategies import served

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
REAL = Path(__file__).parents[2].parent / "shared" / "data" / "transaction_logs.ndjson"
AS_STORED = json_util.JSONOptions(tz_aware=True, tzinfo=UTC)


def entry(name="t1", status="completed", at=datetime(2026, 11, 5, 9, tzinfo=UTC), **more):
    return {
        "_id": ObjectId(),
        "transactionId": name,
        "userId": "a1",
        "type": "deposit",
        "amount": Decimal("10.00"),
        "currency": "USD",
        "status": status,
        "timestamp": at,
        **more,
    }


def store(mongo, *entries, now=NOW - timedelta(minutes=10)):
    """As our writers do it: marks first. Ten minutes later a mark is settled."""
    mark_touched(mongo, entries, now=now)
    mongo.transaction_logs.insert_many(entries)
    return entries


def roll(days=rollup.touched_days, now=NOW):
    return list(rollup.roll_up(days(now), now))


def trades(month=NOVEMBER, now=NOW):
    return usage_for("a1", month, now=now).trades


# What a trade is ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["completed", "succeeded", "settled", "COMPLETED", "Settled"])
def test_a_transaction_that_came_to_its_end_is_a_trade(mongo, status):
    store(mongo, entry(status=status))
    assert trades() == 1


@pytest.mark.parametrize("status", ["pending", "failed", "reversed", "complete", "", None, 3, ["completed"]])
def test_any_other_is_none_but_is_seen(mongo, status):
    store(mongo, entry(status=status))
    usage = usage_for("a1", NOVEMBER, now=NOW)
    assert (usage.trades, usage.by_currency["USD"].transactions) == (0, 1)


def test_the_latest_entry_decides(mongo):
    store(mongo, entry(), entry(status="reversed", at=datetime(2026, 11, 9, tzinfo=UTC)))
    assert trades() == 0


def test_of_entries_at_the_same_moment_the_greater_id_is_the_latest(mongo):
    store(mongo, entry(status="pending"), entry(status="completed"))
    assert trades() == 1


def test_a_trade_counts_in_the_month_of_its_first_entry_with_its_latest_amount(mongo):
    began, ended = datetime(2026, 10, 31, 23, 59, 59, 999_000, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    store(mongo, entry(status="pending", at=began, amount=Decimal(9)), entry(at=ended, amount=Decimal(7)))
    usage = usage_for("a1", OCTOBER, now=NOW)
    assert (trades(NOVEMBER), trades(OCTOBER), usage.by_currency["USD"].value) == (0, 1, 7)


def test_only_the_types_that_the_settings_name_are_trades(mongo, settings):
    settings.TRADE_TYPES = ["transfer"]
    store(mongo, entry("t1"), entry("t2", type="transfer"), entry("t3", type="fee"))
    usage = usage_for("a1", NOVEMBER, now=NOW)
    assert (usage.trades, usage.by_type) == (1, {"transfer": 1})


def test_currencies_are_kept_apart(mongo):
    store(mongo, entry("t1"), entry("t2", currency="EUR"), entry("t3", currency=None))
    assert set(usage_for("a1", NOVEMBER, now=NOW).by_currency) == {"USD", "EUR", ""}


@pytest.mark.parametrize("amount", ["ten", "NaN", float("inf"), True, datetime(2026, 1, 1, tzinfo=UTC), None, {}])
def test_an_amount_that_is_no_number_is_counted_as_odd_and_the_trade_all_the_same(mongo, amount):
    store(mongo, entry("t1"), entry("t2", amount=amount))
    totals = usage_for("a1", NOVEMBER, now=NOW).by_currency["USD"]
    assert (totals.trades, totals.odd, totals.value, totals.largest) == (2, 1, 10, 10)


@pytest.mark.parametrize("amount", ["12.5", 12.5, Decimal("12.5"), "1.25E+1"])
def test_an_amount_of_another_kind_is_understood(mongo, amount):
    store(mongo, entry(amount=amount))
    assert usage_for("a1", NOVEMBER, now=NOW).by_currency["USD"].value == Decimal("12.5")


@pytest.mark.parametrize("name", [None, "", [], ["t1"], {"id": 1}, True])
def test_entries_without_a_usable_id_stand_for_themselves(mongo, name):
    store(mongo, entry("t1"), *(entry(name) for _ in range(3)))
    assert trades() == 4


def test_the_same_id_of_another_account_is_another_transaction(mongo):
    store(mongo, entry(), entry(status="failed", userId="a2", at=datetime(2026, 11, 6, tzinfo=UTC)))
    assert trades() == 1


def test_an_id_that_hundreds_of_entries_share_is_one_transaction(mongo):
    store(mongo, *(entry("n/a") for _ in range(300)))
    assert (trades(), len(roll()), trades()) == (1, 2, 1)


# Computed ahead, marked, live -----------------------------------------------------------------------------


def test_it_is_counted_out_of_the_log_before_anything_is_computed(mongo):
    store(mongo, entry(at=datetime(2026, 3, 1, tzinfo=UTC)), entry("t2"))
    assert (trades(date(2026, 3, 31)), trades()) == (1, 1)


def test_computed_days_are_not_counted_again(mongo):
    store(mongo, entry())
    roll()
    # As no writer of ours does it, so nobody knows before the night.
    mongo.transaction_logs.insert_one(entry("t2"))
    assert trades() == 1
    roll(rollup.recent_days)
    assert trades() == 2


def test_today_is_always_live(mongo):
    roll()
    mongo.transaction_logs.insert_one(entry(at=NOW - timedelta(hours=1)))
    assert trades() == 1


def test_a_late_entry_makes_its_day_live_until_it_is_computed_again(mongo):
    store(mongo, entry())
    roll()
    store(mongo, entry("t2"))
    assert trades() == 2
    later = NOW + timedelta(minutes=10)
    roll(now=later)
    assert (mongo.usage_dirty.count_documents({}), trades(now=later)) == (0, 2)


def test_a_mark_outlives_a_run_that_began_before_its_entry_was_stored(mongo):
    store(mongo, entry())
    roll()
    mark_touched(mongo, [late := entry("t2")], now=NOW)
    roll()
    mongo.transaction_logs.insert_one(late)
    assert trades() == 2


def test_a_late_entry_that_began_before_takes_the_trade_to_the_earlier_day(mongo):
    store(mongo, entry(at=datetime(2026, 11, 2, tzinfo=UTC)))
    roll()
    store(mongo, entry(status="pending", at=datetime(2026, 10, 30, tzinfo=UTC)))
    assert (trades(NOVEMBER), trades(OCTOBER)) == (0, 1)


def test_an_entry_of_today_that_reverses_a_trade_of_last_month_is_seen_at_once(mongo):
    store(mongo, entry(at=datetime(2026, 10, 30, tzinfo=UTC)))
    roll()
    store(mongo, entry(status="reversed", at=NOW))
    assert (trades(OCTOBER), trades(NOVEMBER)) == (0, 0)


def test_a_day_that_has_nothing_left_loses_its_figures(mongo):
    store(mongo, entry())
    roll()
    mongo.transaction_logs.delete_many({})
    later = NOW + timedelta(seconds=1)
    roll(rollup.recent_days, later)
    counts = [mongo[name].count_documents({}) for name in ("usage_daily", "usage_monthly", "usage_totals")]
    assert (counts, trades(now=later)) == ([0, 0, 0], 0)


def test_a_run_that_started_earlier_does_not_undo_a_later_one(mongo):
    store(mongo, entry())
    late = rollup.roll_up(rollup.touched_days(NOW), NOW + timedelta(seconds=5))
    list(late)
    mongo.transaction_logs.delete_many({})
    mongo.transaction_logs.insert_one(entry(status="failed"))
    roll(rollup.all_days)
    assert mongo.usage_daily.find_one({})["trades"] == 1


def test_what_is_stored_a_little_after_midnight_is_not_missed(mongo):
    just_after = datetime(2026, 11, 21, 0, 2, tzinfo=UTC)
    roll(now=just_after)
    mongo.transaction_logs.insert_one(entry(at=datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)))
    assert trades(now=just_after) == 1


def test_months_and_days_are_summed_up_for_lists(mongo):
    store(mongo, entry("t1"), entry("t2", currency="EUR"), entry("t3", userId="a2", status="failed"))
    roll()
    month = mongo.usage_monthly.find_one({"_id": "2026-11 a1"})
    day = mongo.usage_totals.find_one({"_id": datetime(2026, 11, 5)})
    assert (month["trades"], len(month["currencies"]), day["trades"], day["transactions"]) == (2, 2, 2, 3)


def test_a_year_is_told_month_by_month_with_its_days(mongo):
    store(mongo, entry("t1", at=datetime(2026, 2, 3, tzinfo=UTC)), entry("t2", at=datetime(2026, 2, 3, tzinfo=UTC)))
    roll()
    store(mongo, entry("t3", at=datetime(2026, 2, 28, tzinfo=UTC)), entry("t4"))
    usage, months = year_of_usage("a1", NOVEMBER, now=NOW)
    assert [month.month.trades for month in months] == [0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert (dict(months[2].by_day), usage.trades) == ({3: 2, 28: 1}, 1)


def test_the_command_computes_what_changed_the_last_days_or_all(mongo, capsys):
    store(mongo, entry(at=datetime(2019, 2, 3, tzinfo=UTC)))
    call_command("roll_up_usage", "--all")
    call_command("roll_up_usage", "--touched")
    call_command("roll_up_usage")
    said = capsys.readouterr().out.splitlines()
    assert "from 2019-02-03 to" in said[0]
    whole, touched, recent = (int(line.split()[1]) for line in said)
    # Shortly after midnight the day before is still written to.
    assert (whole, touched in {1, 2}, recent) == (2, True, 36)


# Against a second count -----------------------------------------------------------------------------------


@pytest.mark.skipif(not REAL.is_file(), reason=f"{REAL} is not there")
def test_real_transactions_are_counted_as_by_hand_for_every_account_and_month(mongo):
    lines = REAL.read_text().splitlines()
    entries = [{"_id": ObjectId(), **json_util.loads(line, json_options=AS_STORED)} for line in lines]
    counted = expected([entry | {"amount": entry["amount"].to_decimal()} for entry in entries])
    mongo.transaction_logs.insert_many(entries)
    roll()
    months = sorted({(account, day.replace(day=1)) for account, day, _ in counted})
    wrong = [
        (account, month)
        for account, month in months
        if shown(usage_for(account, month, now=NOW)) != of_month(counted, account, month)
    ]
    assert (len(months) > 3000, wrong) == (True, [])


AMOUNTS = st.one_of(
    st.decimals(min_value="-1000", max_value="100000", places=2),
    st.floats(min_value=-1000, max_value=1000, width=32),
    st.integers(-5, 10**6),
    st.sampled_from(["12.50", "1e3", "x", "", True, None, float("nan"), Decimal("NaN"), {"a": 1}, [5]]),
)
MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 9, 28), datetime(2026, 11, 23), timezones=st.just(UTC)).map(codec.truncated),
    st.sampled_from(
        [
            datetime(2026, 10, 1, tzinfo=UTC),
            datetime(2026, 10, 31, 23, 59, 59, 999_000, tzinfo=UTC),
            datetime(1899, 12, 31, tzinfo=UTC),
            "2026-11-05T00:00:00Z",
            None,
            20261105,
        ]
    ),
)
ENTRIES = st.fixed_dictionaries(
    {
        "transactionId": st.sampled_from(["t1", "t2", "t3", "t4", "", None, 7, 7.0, ["t1"]]),
        "userId": st.sampled_from(["a1", "a1", "a1", "a2", 5, None]),
        "type": st.sampled_from(["deposit", "withdrawal", "transfer", "crypto_order", "fee", None, ["deposit"]]),
        "amount": AMOUNTS,
        "currency": st.sampled_from(["USD", "USD", "EUR", "usd", "", None, 5]),
        "status": st.sampled_from(["pending", "completed", "SETTLED", "succeeded", "failed", "reversed", None, 1]),
        "timestamp": MOMENTS,
    }
)


@served
@given(
    batches=st.lists(st.tuples(st.lists(ENTRIES, max_size=6), st.booleans()), min_size=1, max_size=4),
    data=st.data(),
)
def test_whatever_comes_in_whatever_order_is_counted_as_by_hand(mongo, batches, data):
    for name in ("transaction_logs", "usage_daily", "usage_monthly", "usage_totals", "usage_dirty", "usage_state"):
        mongo[name].delete_many({})
    stored, now = [], NOW
    for batch, is_rolled in batches:
        entries = [{"_id": ObjectId(), **fields} for fields in batch]
        if entries:
            stored += store(mongo, *entries, now=now)
        if is_rolled:
            roll(now=now)
        now += timedelta(minutes=data.draw(st.sampled_from([0, 6, 60, 26 * 60])))
    counted = expected(stored)
    for month in (date(2026, 9, 1), OCTOBER, NOVEMBER):
        assert shown(usage_for("a1", month, now=now)) == of_month(counted, "a1", month, until=now.date())


# What other services write where nobody expects it ------------------------------------------------------------


def test_a_date_within_a_list_is_no_date(mongo):
    moments = [datetime(2026, 11, 5, tzinfo=UTC), datetime(2026, 11, 6, tzinfo=UTC)]
    mongo.transaction_logs.insert_one(entry("t1", timestamp=moments))
    store(mongo, entry("t1", at=datetime(2026, 11, 6, tzinfo=UTC)), entry("t2"))
    before = trades()
    roll(rollup.recent_days)
    roll(rollup.all_days)
    assert (before, trades()) == (2, 2)


@pytest.mark.parametrize("account", ["$x", "$$ROOT", "$at", "a.b", "{}"])
def test_an_account_is_a_text_and_nothing_else(mongo, account):
    store(mongo, entry(userId=account))
    before = usage_for(account, NOVEMBER, now=NOW).trades
    roll()
    assert (before, usage_for(account, NOVEMBER, now=NOW).trades) == (1, 1)


def test_entries_without_an_account_count_for_nobody(mongo):
    store(mongo, entry(userId=""))
    assert usage_for("", NOVEMBER, now=NOW).trades == 0
    roll()
    assert mongo.usage_daily.count_documents({}) == 0


def test_a_status_in_bytes_is_no_status(mongo):
    store(mongo, entry(status=b"completed"))
    roll()
    assert mongo.usage_daily.find_one({})["trades"] == 0


def test_another_service_that_reverses_an_old_trade_is_seen_after_the_night(mongo):
    store(mongo, entry(at=datetime(2026, 3, 1, tzinfo=UTC)))
    roll()
    mongo.transaction_logs.insert_one(entry(status="reversed", at=NOW))
    roll(rollup.recent_days)
    assert trades(date(2026, 3, 1)) == 0


def test_what_a_clock_ahead_of_time_computed_is_undone_by_computing_all(mongo):
    store(mongo, entry())
    ahead = NOW + timedelta(days=400)
    roll(now=ahead)
    mongo.transaction_logs.delete_many({})
    mongo.transaction_logs.insert_one(entry(status="failed"))
    list(rollup.roll_up(rollup.all_days(NOW), NOW, afresh=True))
    assert (trades(), mongo.usage_state.find_one({})["at"]) == (0, NOW)


def test_what_is_dated_after_today_waits_for_its_day(mongo):
    store(mongo, entry(at=NOW + timedelta(days=3)))
    roll(rollup.all_days)
    later = NOW + timedelta(days=3)
    assert (trades(), trades(now=later), mongo.usage_daily.count_documents({})) == (0, 1, 0)
    roll(now=later)
    assert trades(now=later + timedelta(days=2)) == 1


def test_the_command_says_how_many_entries_count_nowhere(mongo, capsys):
    entries = [entry("t1", timestamp="2026-11-05"), entry("t2", userId=7), entry("t3", userId=""), entry("t4")]
    mongo.transaction_logs.insert_many(entries)
    call_command("roll_up_usage")
    assert "for want of a usable date or account: 3." in capsys.readouterr().out


def test_the_first_day_that_there_is_counts_too(mongo):
    store(mongo, entry(at=datetime(1900, 1, 1, tzinfo=UTC)))
    assert trades(date(1900, 1, 1)) == 1


def test_what_takes_too_long_is_told_from_a_server_that_is_away(mongo):
    for _ in range(10):
        with pytest.raises(MongoSlow, match="could not be counted in time"):
            year_of_usage("a1", NOVEMBER, now=NOW, seconds=1e-6)
    assert not client.breaker.is_open


def test_years_of_days_and_marks_are_read_in_time(mongo):
    days = [datetime(2019, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in range(2_800)]
    figures = {"transactions": 1, "trades": 1, "value": Decimal(1), "largest": Decimal(1), "odd": 0, "by_type": {}}
    keys = [{"account": "a1", "day": day, "currency": "USD"} for day in days]
    mongo.usage_daily.insert_many({"_id": key, **key, **figures} for key in keys)
    mongo.usage_dirty.insert_many({"account": "a1", "day": day, "at": NOW} for day in days[::2])
    mongo.usage_state.insert_one({"_id": "rolled", "through": days[-1], "at": NOW})
    started = time.monotonic()
    usage, months = year_of_usage("a1", date(2026, 8, 1), now=NOW)
    assert (usage.trades, len(months), time.monotonic() - started < 1) == (16, 12, True)
