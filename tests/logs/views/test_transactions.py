"""The page of analytics, whose figures lead to their entries, and the page of one transaction."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from urllib.parse import parse_qs, urlencode

import pytest
from bson import Binary, ObjectId, Regex
from bson.datetime_ms import DatetimeMS

from logs import asking, repository
from logs.kinds import LOGS
from tests.logs.entries import numbered
from tests.proxy import Proxy, through

LOG = LOGS["transactions"]
BASE = "/logs/transactions/"
ANALYTICS = f"{BASE}analytics/"
NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7|add:7 }}\u202e"
ODD = [
    None,
    5,
    1.5,
    True,
    [1],
    {"$a": HOSTILE},
    HOSTILE,
    "W" * 5000,
    Binary(b"\0\xff"),
    Regex("<b>"),
    ObjectId("6b02e38147f597bf8e1251a7"),
]
STRANGE = ["a\0b", " ", "", Decimal("NaN"), Decimal("9" * 34), DatetimeMS(2**60), DatetimeMS(-(2**60))]
FIELDS = ("userId", "type", "currency", "status", "amount", "timestamp", "transactionId", "metadata")
FIGURE = re.compile(r'<a class="link" href="(/logs/transactions/\?[^"]*)">([0-9,]+)</a>')


def entry(number=0, **fields):
    return numbered(number, **{"timestamp": NOW - HOUR, **fields})


@pytest.fixture
def one_entry(mongo):
    mongo.transaction_logs.insert_one(entry(1))


@pytest.fixture
def proxy(mongo_uri, settings):
    with Proxy(mongo_uri) as between, through(between, settings):
        yield between


def text_of(response):
    return " ".join(re.sub(r"<[^>]*>", " ", unescape(response.content.decode())).split())


def of(client, own, **more):
    return client.get(f"{BASE}of/?{urlencode({'transactionId': own, **more})}")


# Analytics ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [ANALYTICS, f"{BASE}of/?transactionId=tx-1"])
def test_only_administrators_see_the_pages(mongo, viewer_client, manager_client, path):
    mongo.transaction_logs.insert_one(entry(1))
    assert [browser.get(path).status_code for browser in (viewer_client, manager_client)] == [403, 403]


def test_count_total_and_average_are_told_by_type_and_currency(mongo, admin_client):
    mongo.transaction_logs.insert_many(
        [entry(1), entry(2, amount=Decimal("0.20")), entry(3, currency="EUR", type="transfer", amount=Decimal(7))]
    )
    text = text_of(admin_client.get(ANALYTICS))
    assert "USD by type Amounts of the latest entries" in text
    assert "deposit 2 5.15 USD 10.30 USD" in text
    assert "transfer 1 7.00 EUR 7.00 EUR" in text


def test_every_figure_leads_to_as_many_entries(mongo, admin_client):
    statuses = ("completed", "failed", "rejected", "pending", "error")
    mongo.transaction_logs.insert_many(
        entry(
            n,
            userId=f"acct-{n % 3}",
            type=("deposit", "transfer")[n % 2],
            currency=("USD", "EUR", "JPY")[n % 3],
            status=statuses[n % 5],
            timestamp=NOW - n * 11 * HOUR,
        )
        for n in range(60)
    )
    page = admin_client.get(f"{ANALYTICS}?zone=Asia/Kolkata").content.decode()
    figures = FIGURE.findall(page)
    assert len(figures) > 60
    for url, number in figures:
        asked = asking.read(parse_qs(unescape(url).partition("?")[2]), LOG, now=datetime.now(UTC))
        assert str(repository.count(LOG, asked.wanted)) == number, url


def test_amounts_that_are_no_numbers_are_counted_apart(mongo, admin_client):
    mongo.transaction_logs.insert_many([entry(1), entry(2, amount="ten"), entry(3, amount=None)])
    assert "deposit 3 10.10 USD 10.10 USD 2" in text_of(admin_client.get(ANALYTICS))


def test_amounts_without_a_usable_currency_are_not_added(mongo, admin_client):
    mongo.transaction_logs.insert_many([entry(1, currency=5), entry(2, currency=None)])
    text = text_of(admin_client.get(ANALYTICS))
    assert "Without a usable currency" in text
    assert "20.20" not in text


def test_an_account_is_looked_at_by_itself(mongo, admin_client):
    mongo.transaction_logs.insert_many([entry(1), entry(2, userId="acct-2"), entry(3, userId="acct-2")])
    response = admin_client.get(f"{ANALYTICS}?userId=acct-2&last=7d")
    text = text_of(response)
    assert "Analytics of acct-2" in text
    assert "Transactions 2 in 2 entries" in text
    assert "Top accounts" not in text
    assert f'href="{BASE}?userId=acct-2&amp;last=7d&amp;currency=USD&amp;type=deposit"' in response.content.decode()


def test_entries_without_a_usable_date_are_told_of(mongo, admin_client):
    mongo.transaction_logs.insert_many([entry(1), entry(2, timestamp="soon"), entry(3, userId="x", timestamp=None)])
    response = admin_client.get(f"{ANALYTICS}?userId=acct-1")
    assert "1 entry without a usable date is not counted" in text_of(response)
    assert f'href="{BASE}undated/?userId=acct-1"' in response.content.decode()


def test_what_lies_ahead_is_told_of(mongo, admin_client):
    mongo.transaction_logs.insert_many([entry(1), entry(2, timestamp=NOW + 48 * HOUR)])
    text = text_of(admin_client.get(ANALYTICS))
    assert "Transactions 2 in 2 entries" in text
    assert "1 of a time that has not come yet stands in no bar" in text


def test_the_latest_failures_lead_to_their_pages(mongo, admin_client):
    own = mongo.transaction_logs.insert_one(entry(1, status="declined")).inserted_id
    page = admin_client.get(ANALYTICS).content.decode()
    assert f'href="{BASE}{own}/?last=30d&amp;status=failed&amp;status=error' in page
    assert "100.0 % of the transactions" in page


@pytest.mark.parametrize("query", ["", "?last=90d", "?from=2026-01-01&to=2026-11-20&zone=Europe/Berlin"])
def test_nothing_logged_is_said(mongo, admin_client, query):
    text = text_of(admin_client.get(f"{ANALYTICS}{query}"))
    assert "No transactions in this time" in text


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("last=all", "last: give at most 366 days"),
        ("status=failed", "“status” cannot be asked for here"),
        ("userId=a&userId=b", "userId: ask for one account"),
        ("from=yesterday", "from: "),
        ("from=2020-01-01&to=2026-01-01", "from: at most 366 days"),
        ("userId=a%00b", "cannot hold the character NUL"),
        ("zone=%3Cscript%3E", "is no time zone"),
    ],
)
def test_what_cannot_be_shown_is_said(mongo, admin_client, query, complaint):
    response = admin_client.get(f"{ANALYTICS}?{query}")
    assert response.status_code == 400
    assert complaint in text_of(response)


def test_whatever_others_wrote_stays_inert(mongo, admin_client):
    mongo.transaction_logs.insert_many(
        {**entry(f"{field}-{n}"), field: value} for field in FIELDS for n, value in enumerate([*ODD, *STRANGE])
    )
    for query in ("", f"?{urlencode({'userId': HOSTILE})}"):
        page = admin_client.get(f"{ANALYTICS}{query}").content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "\u202e" not in re.sub(r'value="[^"]*"|data-value="[^"]*"|<bdi>.*?</bdi>', "", page)


# What only the one question has: a name of a field, and a document that a status is to match.
@pytest.mark.parametrize(
    ("slow", "told", "stays"),
    [
        (b"is_text", "too many to be summed up in time", "Latest failures Entries that tell"),
        (b"\x03status\x00", "The failures took MongoDB too long", "deposit 1 10.10 USD 10.10 USD"),
    ],
    ids=["sums", "failures"],
)
@pytest.mark.usefixtures("one_entry")
def test_what_takes_too_long_costs_its_cards_alone(admin_client, proxy, slow, told, stays):
    proxy.swallowed = slow
    response = admin_client.get(ANALYTICS)
    text = text_of(response)
    assert (response.status_code, told in text, stays in text) == (200, True, True)


def test_where_mongodb_is_away_the_page_says_so(admin_client, proxy):
    proxy.fail("refuse")
    assert admin_client.get(ANALYTICS).status_code == 503


# A transaction --------------------------------------------------------------------------------------------


def test_entries_of_a_transaction_stand_in_the_order_of_time(mongo, admin_client):
    mongo.transaction_logs.insert_many(
        [
            entry(1, status="completed", timestamp=NOW - HOUR),
            entry(1, status="pending", timestamp=NOW - 3 * HOUR),
            entry(1, status="processing", timestamp=NOW - 3 * HOUR + timedelta(seconds=90)),
            entry(2),
        ]
    )
    text = text_of(of(admin_client, "tx-1"))
    assert "Transaction tx-1" in text
    assert "completed 3 entries, 2 h 0 min from the first to the latest" in text
    assert text.index("pending , open") < text.index("+ 1 min 30 s") < text.index("+ 1 h 58 min")


def test_each_entry_leads_to_its_page(mongo, admin_client):
    own = mongo.transaction_logs.insert_one(entry(1)).inserted_id
    page = of(admin_client, "tx-1").content.decode()
    assert f'href="{BASE}{own}/?transactionId=tx-1&amp;last=all"' in page
    assert f'href="{BASE}?transactionId=tx-1&amp;last=all"' in page


def test_what_differs_is_pointed_out(mongo, admin_client):
    mongo.transaction_logs.insert_many([entry(1), entry(1, userId="acct-2", currency="EUR", amount=5)])
    text = text_of(of(admin_client, "tx-1"))
    assert "2 accounts: acct-1 , acct-2 . Each account’s entries count as a transaction of its own" in text
    assert "2 currencies: USD , EUR" in text
    assert "types" not in text


def test_equal_amounts_do_not_differ_however_they_are_written(mongo, admin_client):
    mongo.transaction_logs.insert_many([entry(1, amount=amount) for amount in (Decimal("10.00"), 10, Decimal(10))])
    assert "differ" not in text_of(of(admin_client, "tx-1"))


def test_very_many_entries_are_cut_and_the_latest_shown(mongo, admin_client):
    mongo.transaction_logs.insert_many(
        entry(1, status="pending" if n else "completed", timestamp=NOW - n * HOUR) for n in range(130)
    )
    response = of(admin_client, "tx-1")
    assert "these are the latest 100" in text_of(response)
    assert text_of(response).count(", open this entry") == 100
    assert (
        '<span class="pill" data-tone="ok" title="completed"><bdi>completed</bdi></span>'
        in response.content.decode()
    )


def test_entries_without_a_usable_date_stand_apart(mongo, admin_client):
    mongo.transaction_logs.insert_many([entry(1), entry(1, timestamp="soon"), entry(2, timestamp=None)])
    assert "Without a usable date Their place in time is not known" in text_of(of(admin_client, "tx-1"))
    assert "No entry has a usable date" in text_of(of(admin_client, "tx-2"))


def test_an_id_that_nobody_logged_is_not_found(mongo, admin_client):
    response = of(admin_client, HOSTILE)
    assert (response.status_code, "Nobody logged this transaction" in text_of(response)) == (404, True)
    assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("own", ["a/b", "../..", "?x=1&y", "%2F", "50 %", "#", "ä€😀", "W" * 500, " x "])
def test_an_id_may_hold_anything(mongo, admin_client, own):
    mongo.transaction_logs.insert_one(entry(transactionId=own))
    assert of(admin_client, own).status_code == 200


@pytest.mark.parametrize(
    "query", ["", "transactionId=", "transactionId=a&transactionId=b", "transactionId=a%00", "transactionId=a&x=1"]
)
def test_an_address_that_names_no_transaction_is_refused(mongo, admin_client, query):
    assert admin_client.get(f"{BASE}of/?{query}").status_code == 400


@pytest.mark.parametrize("value", [*ODD, *STRANGE], ids=lambda value: repr(value)[:20])
def test_entries_of_any_kind_break_no_page(mongo, admin_client, value):
    mongo.transaction_logs.insert_many(
        [entry(1)] + [{**entry(1), field: value} for field in FIELDS if field != "transactionId"]
    )
    response = of(admin_client, "tx-1")
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_an_entry_whose_id_fits_into_no_address_is_shown_without_a_link(mongo, admin_client):
    mongo.transaction_logs.insert_one(entry(1, _id="W" * 2000))
    assert "open this entry" not in of(admin_client, "tx-1").content.decode()
