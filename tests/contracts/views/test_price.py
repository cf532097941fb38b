"""What the month costs by the terms as typed, asked for by an open form in the background."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from bson import ObjectId
from django.test import Client

from contracts import repository, services
from contracts.domain.model import Pricing, ValueTier, VolumeTier
from contracts.views import price
from tests.factories import MAYA, make_contract
from users import kept

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

NEW = "/contracts/new/"
TIERS = Pricing(
    trade_volume_tiers=(
        VolumeTier(min_trades=0, max_trades=10, price_per_trade=Decimal("0.10")),
        VolumeTier(min_trades=11, price_per_trade=Decimal("0.08")),
    ),
    trade_value_tiers=(
        ValueTier(min_value=Decimal(0), max_value=Decimal(500), percentage_fee=Decimal("0.25")),
        ValueTier(min_value=Decimal(500), percentage_fee=Decimal("0.15")),
    ),
)


def make(**terms):
    """A contract in force for the whole month, whichever that is."""
    always = {"start_date": date(2020, 1, 1), "end_date": None, "auto_renewal": False}
    return services.create(make_contract(**{**always, "usage_based_pricing": TIERS, **terms}), actor=MAYA).contract


@pytest.fixture
def trade(mongo):
    """Stores trades of this month: so many, each of an amount."""

    def store(count, amount, account="acct-1", currency="USD"):
        now = datetime.now(UTC)
        common = {"userId": account, "type": "deposit", "status": "completed", "timestamp": now}
        mongo.transaction_logs.insert_many(
            {"transactionId": str(ObjectId()), "amount": Decimal(amount), "currency": currency, **common}
            for _ in range(count)
        )

    return store


@pytest.fixture
def ask(manager_client, form_data):
    """Opens a contract's form, and gives what is said of it with some fields typed."""

    def answer(contract, **typed):
        response = manager_client.post(address(contract), opened(manager_client, form_data, contract) | typed)
        assert response.status_code == 200
        return words(response)

    return answer


def address(contract):
    return f"/contracts/{contract.contract_id}/price/"


def opened(client, form_data, contract):
    return form_data(client.get(f"/contracts/{contract.contract_id}/edit/"))


def words(response):
    """The text of an answer on one line."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text.replace("&nbsp;", " ")).strip()


# What it costs --------------------------------------------------------------------------------------------


def test_the_month_is_priced_to_the_cent(ask, trade):
    trade(12, "100.05")
    # 299.00 + 49.50 + 10 × 0.10 + 2 × 0.08 + 0.25 % of 500 + 0.15 % of 700.60
    said = ask(make())
    assert "so far 351.96 USD as by the saved terms" in said
    assert "Based on 12 trades and 1,200.60 USD traded by Northwind Logistics" in said


@pytest.mark.parametrize(
    ("typed", "total", "difference"),
    [
        ({"volume-0-price_per_trade": "0.255"}, "353.51", "+ 1.55"),
        ({"volume-1-price_per_trade": "0"}, "351.80", "− 0.16"),
        ({"add_ons-0-DELETE": "on"}, "302.46", "− 49.50"),
        ({"add_ons-0-active": []}, "302.46", "− 49.50"),
        ({"base_monthly_fee": "310"}, "362.96", "+ 11.00"),
        ({"value-0-max_value": "1000", "value-1-min_value": "1000"}, "352.46", "+ 0.50"),
    ],
)
def test_what_is_typed_is_compared_with_the_saved_terms(ask, trade, typed, total, difference):
    trade(12, "100.05")
    assert f"so far {total} USD saved terms 351.96 USD , {difference} USD" in ask(make(), **typed)


def test_an_added_row_counts(ask, trade):
    trade(12, "100.05")
    added = {"add_ons-TOTAL_FORMS": "2", "add_ons-1-name": "Reports", "add_ons-1-monthly_fee": "20"}
    assert "+ 20.00 USD" in ask(make(), **added, **{"add_ons-1-active": "on"})


def test_yen_have_no_digits_after_the_point(ask, trade):
    trade(12, "1000", currency="JPY")
    # 300 + 50 + 1 + 0.16 + 0.25 % of 500 + 0.15 % of 11,500, each rounded to a whole yen
    assert "so far 369 JPY" in ask(make(currency="JPY", base_monthly_fee=Decimal(300)))


def test_another_currency_is_priced_and_not_compared(ask, trade):
    trade(12, "100.05")
    said = ask(make(), currency="eur")
    assert "so far 349.66 EUR" in said
    assert "The saved terms are in USD, so there is nothing to compare." in said
    assert "Amounts in USD are not part of the traded value." in said


def test_it_says_when_the_contract_is_not_in_force_this_month(ask, trade):
    trade(12, "100.05")
    said = ask(make(), end_date="2021-01-01")
    assert "The contract’s last day was 1 Jan 2021 , so it is in force on no day of" in said
    assert "10 trades 349.50 USD" in said


def test_without_trades_a_month_is_worked_out_at_the_ends_of_the_tiers(ask):
    said = ask(make(), **{"volume-0-max_trades": "50", "volume-1-min_trades": "51"})
    assert "No trades of Northwind Logistics" in said
    assert "no trades 348.50 USD 348.50 USD 50 trades 353.50 USD 352.70 USD 100 trades 357.50 USD" in said
    assert "500.00 USD traded 349.75 USD" in said


def test_a_hostile_name_is_shown_as_text(manager_client, form_data, trade):
    trade(1, "1")
    contract = make(account_name="<script>alert(1)</script>", add_ons=())
    page = manager_client.post(address(contract), opened(manager_client, form_data, contract)).content.decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_hostile_row_is_shown_as_text(manager_client, form_data, trade):
    trade(1, "1")
    contract = make()
    typed = opened(manager_client, form_data, contract) | {"add_ons-0-name": '"><img src=x>'}
    assert "<img" not in manager_client.post(address(contract), typed).content.decode()


# What keeps it from being told ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("base_monthly_fee", "29o", "Base fee a month : Enter a number."),
        ("base_monthly_fee", "", "Base fee a month : Give the base fee a month."),
        ("base_monthly_fee", "1e999999999", "Base fee a month : Use 34 digits at most."),
        ("currency", "XXX", "Currency : Give an ISO 4217 code"),
        ("end_date", "2019-01-01", "Last day : The last day lies before the start."),
        ("volume-0-price_per_trade", "0.1o", "Volume tier 1, Price per trade : Enter a number."),
        (
            "volume-1-min_trades",
            "13",
            "Volume tier 2, From trade : This leaves a gap after the tier above.",
        ),
        ("volume-0-max_trades", "", "Volume tier 1, To trade : Only the last tier may be open."),
        ("value-1-percentage_fee", "", "Value tier 2, Fee in percent : Give the price; 0 if it is free."),
        ("add_ons-0-monthly_fee", "NaN", "Add-on 1, Fee a month : Enter a number."),
    ],
)
def test_what_is_in_the_way_is_named_and_no_price_shown(ask, trade, field, value, said):
    trade(12, "100.05")
    answer = ask(make(), **{field: value})
    assert said in answer
    assert "USD" not in answer.replace("such as USD", "")


def test_what_is_wrong_elsewhere_does_not_matter(ask, trade):
    trade(12, "100.05")
    typed = {"primary_contact__email": "nobody", "notice_days": "soon", "status": "cancelled", "tags": "a\na"}
    assert "so far 351.96 USD" in ask(make(), **typed)


def test_a_long_list_of_what_is_in_the_way_is_cut_short(ask):
    rows = {f"volume-{number}-min_trades": "x" for number in range(20)}
    said = ask(make(), **rows, **{"volume-TOTAL_FORMS": "20"})
    assert (said.count("Volume tier"), "and 51 more" in said) == (5, True)


def test_saved_terms_that_another_service_left_broken_are_not_compared(ask, trade, mongo):
    trade(12, "100.05")
    contract = make()
    mongo.contracts.update_one({}, {"$set": {"base_monthly_fee": "a lot"}})
    said = ask(contract, base_monthly_fee="299")
    assert "so far 351.96 USD" in said
    assert "saved terms" not in said


def test_with_mongodb_away_one_line_says_so(manager_client, form_data, away):
    contract = make()
    typed = opened(manager_client, form_data, contract)
    with away():
        response = manager_client.post(address(contract), typed)
    assert (response.status_code, words(response)) == (200, price.AWAY)


@pytest.mark.parametrize("seen", ["", "forged"])
def test_a_form_that_cannot_be_verified_has_no_price(ask, seen):
    assert ask(make(), seen=seen) == price.UNREADABLE


def test_a_form_of_another_contract_has_no_price(manager_client, form_data):
    contract, other = make(), make(account_id="acct-2")
    response = manager_client.post(address(other), opened(manager_client, form_data, contract))
    assert words(response) == price.UNREADABLE


# How it is asked ------------------------------------------------------------------------------------------


def test_asking_saves_nothing_and_is_no_event(ask, mongo):
    contract = make()
    before = mongo.audit_logs.count_documents({})
    ask(contract, base_monthly_fee="310")
    assert repository.get(contract.contract_id) == contract
    assert mongo.audit_logs.count_documents({}) == before


def test_it_takes_two_operations(manager_client, form_data, trade, counted):
    trade(12, "100.05")
    contract = make()
    typed = opened(manager_client, form_data, contract)
    with counted() as names:
        manager_client.post(address(contract), typed)
    assert names == ["aggregate", "aggregate"]


def test_the_answer_holds_no_fields(manager_client, form_data, trade):
    trade(12, "100.05")
    contract = make()
    page = manager_client.post(address(contract), opened(manager_client, form_data, contract)).content.decode()
    assert not re.search(r"<(input|select|textarea|button|form)\b", page)


def test_once_the_session_has_ended_it_says_so_and_leads_nowhere(manager_client, form_data, client):
    contract = make()
    typed = opened(manager_client, form_data, contract) | {"notes": "typed"}
    response = client.post(address(contract), typed, headers={"HX-Request": "true"})
    assert (response.status_code, words(response)) == (200, price.SIGNED_OUT)
    assert "HX-Redirect" not in response
    assert kept.SESSION_KEY not in client.session


def test_an_answer_after_the_session_has_ended_leaves_the_cookie_of_a_newer_one_alone(manager_client):
    contract = make()
    manager_client.session.delete()
    response = manager_client.post(address(contract), headers={"HX-Request": "true"})
    assert words(response) == price.SIGNED_OUT
    assert not response.cookies


def test_a_token_from_before_a_new_sign_in_is_refused_and_nothing_kept(manager, manager_client, form_data):
    contract = make()
    typed = opened(manager_client, form_data, contract) | {"csrfmiddlewaretoken": "stale"}
    browser = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    browser.force_login(manager)
    assert browser.post(address(contract), typed).status_code == 403
    assert kept.SESSION_KEY not in browser.session


def test_a_viewer_may_not_ask(viewer_client):
    assert viewer_client.post(address(make())).status_code == 403
    assert viewer_client.post(f"{NEW}price/").status_code == 403


def test_it_cannot_be_opened_as_a_page(manager_client):
    assert manager_client.get(address(make())).status_code == 405


# A new contract -------------------------------------------------------------------------------------------


@pytest.fixture
def ask_new(manager_client, form_data):
    def answer(plan="professional", **typed):
        sent = form_data(manager_client.get(f"{NEW}?plan={plan}"))
        return words(manager_client.post(f"{NEW}price/", sent | {"start_date": "2020-01-01", **typed}))

    return answer


def test_a_new_contract_is_priced_by_example(ask_new):
    said = ask_new()
    assert "No account is given yet." in said
    assert "any number of trades 299.00 USD" in said


def test_a_contract_that_begins_later_is_said_to(ask_new):
    said = ask_new(start_date="2999-01-01")
    assert "The contract begins on 1 Jan 2999 , so it is in force on no day of" in said


def test_a_tier_without_an_end_is_worked_out_with_round_numbers(ask_new):
    tier = {"volume-TOTAL_FORMS": "1", "volume-0-min_trades": "1", "volume-0-price_per_trade": "0.1"}
    assert "100 trades 309.00 USD 1,000 trades 399.00 USD 10,000 trades 1,299.00 USD" in ask_new(**tier)


def test_the_account_that_is_typed_gives_the_usage(ask_new, trade):
    trade(12, "100.05", account="acct-7")
    tier = {"volume-TOTAL_FORMS": "1", "volume-0-min_trades": "1", "volume-0-price_per_trade": "0.1"}
    said = ask_new(account_id=" acct-7 ", **tier)
    assert "so far 300.20 USD" in said
    assert "saved" not in said


@pytest.mark.parametrize("account", ["", " ", "a" * 101, "a\x00b"])
def test_what_can_be_no_account_gives_an_example(ask_new, account):
    assert "No account is given yet." in ask_new(account_id=account)


def test_a_form_with_nothing_in_it_is_answered(manager_client):
    response = manager_client.post(f"{NEW}price/", {})
    assert response.status_code == 200
    assert "These terms have no price yet" in words(response)
