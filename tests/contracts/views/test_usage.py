"""What was agreed beside what happened: on a contract's page, and on a page for any month."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from bson import ObjectId
from django.contrib.auth.models import User
from pymongo import monitoring

from contracts import repository, services
from contracts.domain.model import UsageLimits
from contracts.seen import seen_of
from mongo import client
from tests.conftest import client_for
from tests.factories import MAYA, TOM, make_contract
from tests.logs.test_usage import entry, store
from tests.proxy import Proxy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

EVIL = '<img src=x onerror="alert(1)">'
JANUARY, MARCH = datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 3, 10, tzinfo=UTC)
IN_FEBRUARY = datetime(2026, 2, 5, 9, tzinfo=UTC)
TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def contract():
    """At most ten trades a month from January on, and two from March on."""
    made = services.create(
        make_contract(account_id="a1", end_date=None, auto_renewal=False, **_at_most(10)), actor=MAYA, now=JANUARY
    )
    seen = seen_of(repository.document(made.contract.contract_id))
    wanted = replace(made.contract, **_at_most(2))
    contract_id = made.contract.contract_id
    return services.update(wanted, contract_id=contract_id, seen=seen, actor=TOM, now=MARCH).contract


@pytest.fixture
def ended():
    """A contract whose last day was yesterday, of ten trades a month until it was edited today."""
    made = services.create(
        make_contract(account_id="a1", end_date=YESTERDAY, auto_renewal=False, **_at_most(10)),
        actor=MAYA,
        now=JANUARY,
    ).contract
    seen = seen_of(repository.document(made.contract_id))
    wanted = replace(made, **_at_most(2))
    return services.update(wanted, contract_id=made.contract_id, seen=seen, actor=TOM).contract


def _at_most(trades):
    return {"usage_limits": UsageLimits(max_monthly_trades=trades)}


def address(contract, month=""):
    return f"/contracts/{contract.contract_id}/usage/{f'?month={month}' if month else ''}"


def log(mongo, count, at, **more):
    store(mongo, *(entry(f"t{number}", at=at, **more) for number in range(count)))


class CutsOff(monitoring.CommandListener):
    """Loses MongoDB when usage is asked for: the contract and its history have been read by then."""

    def __init__(self, proxy):
        self.proxy = proxy

    def started(self, event):
        if event.command_name == "aggregate":
            self.proxy.fail("reset")

    def succeeded(self, event):
        """The server answered, which changes nothing."""

    def failed(self, event):
        """As it was meant to be."""


@pytest.fixture
def cut_off(mongo_uri, settings):
    """MongoDB goes away in the middle of each page."""
    with Proxy(mongo_uri) as proxy:
        listener = CutsOff(proxy)
        monitoring.register(listener)
        client.close()
        settings.MONGODB_URI = f"{proxy.uri}&retryReads=false"
        yield
        monitoring._LISTENERS.command_listeners.remove(listener)
        settings.MONGODB_URI = mongo_uri
        client.close()


# On the contract's page -----------------------------------------------------------------------------------


def test_the_contracts_page_tells_what_is_used_of_each_limit(viewer_client, contract, mongo):
    log(mongo, 3, datetime.now(UTC))
    page = viewer_client.get(f"/contracts/{contract.contract_id}/").content.decode()
    for words in (
        "Over the limit",
        "Over by 1",
        "not computed ahead yet",
        "so far",
        "By the terms as they are now",
    ):
        assert words in page


def test_each_of_twelve_months_leads_to_its_page(viewer_client, contract, mongo):
    log(mongo, 1, datetime.now(UTC))
    page = viewer_client.get(f"/contracts/{contract.contract_id}/").content.decode()
    assert page.count(f'href="{address(contract)}?month=') == 12


def test_an_account_without_data_is_told_so(viewer_client, contract):
    page = viewer_client.get(f"/contracts/{contract.contract_id}/").content.decode()
    assert "No transactions are logged for this account" in page
    assert "?month=" not in page


def test_other_currencies_are_told_apart_and_become_no_markup(viewer_client, contract, mongo):
    log(mongo, 1, datetime.now(UTC), currency=EVIL[:20])
    store(mongo, entry("none", at=datetime.now(UTC), currency=None, amount="ten"))
    page = viewer_client.get(f"/contracts/{contract.contract_id}/").content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror" in page
    assert "no currency given" in page
    assert "1 trade has an amount that is no number" in page


def test_where_usage_cannot_be_counted_the_contract_is_shown_all_the_same(viewer_client, contract, cut_off):
    response = viewer_client.get(f"/contracts/{contract.contract_id}/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "What was used could not be counted" in page
    assert "roll_up_usage" in page
    assert "348.50" in page
    assert "Invoice" not in page


@pytest.mark.skipif(TODAY.day == 1, reason="No contract has ended within a month that begins today.")
def test_the_running_month_of_a_contract_that_ended_in_it_has_the_terms_on_its_last_day(viewer_client, ended):
    response = viewer_client.get(f"/contracts/{ended.contract_id}/")
    assert response.context["shown"].terms.usage_limits.max_monthly_trades == 10
    page = response.content.decode()
    assert "in force on the contract’s last day. Each unit" in page
    assert f'href="/contracts/{ended.contract_id}/history/1/">version 1</a>' in page


# A month's page -------------------------------------------------------------------------------------------


def test_a_month_is_measured_by_the_terms_at_its_end(viewer_client, contract, mongo):
    log(mongo, 4, IN_FEBRUARY)
    page = viewer_client.get(address(contract, "2026-02")).content.decode()
    assert f'href="/contracts/{contract.contract_id}/history/1/">version 1</a>' in page
    assert "Within the limit" in page


def test_a_later_month_is_measured_by_later_terms(viewer_client, contract, mongo):
    log(mongo, 4, datetime(2026, 3, 30, tzinfo=UTC))
    page = viewer_client.get(address(contract, "2026-03")).content.decode()
    assert f'href="/contracts/{contract.contract_id}/history/2/">version 2</a>' in page
    assert "Over by 2; crossed the limit on <b>30 Mar</b>" in page
    assert "By the terms in force at the month’s end." in page


def test_the_month_of_a_contracts_end_is_measured_by_the_terms_on_its_last_day(viewer_client, contract, mongo):
    ended = replace(contract, end_date=date(2026, 3, 20), **_at_most(5))
    seen = seen_of(repository.document(contract.contract_id))
    later = datetime(2026, 3, 25, tzinfo=UTC)
    services.update(ended, contract_id=contract.contract_id, seen=seen, actor=TOM, now=later)
    log(mongo, 4, datetime(2026, 3, 12, tzinfo=UTC))
    page = viewer_client.get(address(contract, "2026-03")).content.decode()
    for words in ("/history/2/", "Over by 2", "Base fee, 20 of 31 days", "in force on the contract’s last day."):
        assert words in page


def test_terms_changed_after_the_last_day_do_not_count_in_its_month(viewer_client, ended):
    response = viewer_client.get(address(ended, f"{YESTERDAY:%Y-%m}"))
    assert response.context["shown"].terms.usage_limits.max_monthly_trades == 10


def test_without_older_terms_todays_are_used_and_it_says_so(viewer_client, contract, mongo):
    page = viewer_client.get(address(contract, "2025-12")).content.decode()
    assert "by today’s terms, since no older ones are recorded" in page


def test_a_revision_that_holds_no_contract_is_passed_over(viewer_client, contract, mongo):
    mongo.contract_revisions.update_many({}, {"$set": {"document": "lost"}})
    assert "no older ones are recorded" in viewer_client.get(address(contract, "2026-02")).content.decode()


def test_without_a_month_it_is_the_running_one(viewer_client, contract):
    shown = viewer_client.get(address(contract)).context["shown"]
    assert shown.first == datetime.now(UTC).date().replace(day=1)
    assert shown.following is None


def test_its_days_are_drawn_and_told(viewer_client, contract, mongo):
    log(mongo, 4, IN_FEBRUARY)
    page = viewer_client.get(address(contract, "2026-02")).content.decode()
    for words in (
        'data-text="4 trades"',
        'data-text="4 trades by"',
        "40.00",
        "Deposit",
        "January 2026",
        "March 2026",
    ):
        assert words in page


@pytest.mark.parametrize(
    "month", ["x", "", "2026-13", "2026-00", "0000-01", "0999-01", "26-01", "2026-1", "٢٠٢٦-01"]
)
def test_what_is_no_month_is_refused_by_name(viewer_client, contract, month):
    response = viewer_client.get(f"/contracts/{contract.contract_id}/usage/", {"month": month})
    assert response.status_code == 400
    assert f"month: “{month}” is no month" in response.content.decode()


@pytest.mark.parametrize(("month", "why"), [("2999-12", "has not begun"), ("1899-12", "lies before 1900")])
def test_a_month_of_another_time_is_refused_in_words(viewer_client, contract, month, why):
    response = viewer_client.get(address(contract, month))
    assert (response.status_code, why in response.content.decode()) == (400, True)


def test_the_first_month_of_all_has_none_before_it(viewer_client, contract):
    assert viewer_client.get(address(contract, "1900-01")).context["shown"].previous is None


def test_a_month_in_the_address_becomes_no_markup(viewer_client, contract):
    response = viewer_client.get(f"/contracts/{contract.contract_id}/usage/", {"month": EVIL})
    assert "<img src=x" not in response.content.decode()


def test_where_it_cannot_be_counted_the_months_page_says_so(viewer_client, contract, cut_off):
    response = viewer_client.get(address(contract))
    assert response.status_code == 503
    assert "What was used could not be counted" in response.content.decode()


def test_a_contract_without_a_usable_id_has_its_months_too(viewer_client, mongo):
    own = mongo.contracts.insert_one({"_id": ObjectId(), "contract_id": None, "account_id": "a1"}).inserted_id
    log(mongo, 3, IN_FEBRUARY)
    page = viewer_client.get(f"/contracts/~{own}/usage/?month=2026-02").content.decode()
    assert f'href="/contracts/~{own}/usage/?month=2026-01"' in page


def test_an_unknown_contract_has_no_months(viewer_client):
    assert viewer_client.get("/contracts/nope/usage/").status_code == 404


def test_who_may_not_see_contracts_may_not_see_their_usage(contract):
    nobody = client_for(User.objects.create_user("nobody"))
    assert nobody.get(address(contract)).status_code == 403


def test_with_mongodb_away_there_is_no_page_at_all(viewer_client, contract, away):
    with away():
        response = viewer_client.get(address(contract))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize(
    ("path", "most"),
    [("/contracts/{}/", 4), ("/contracts/{}/usage/", 3), ("/contracts/{}/usage/?month=2026-02", 4)],
)
def test_a_page_takes_few_operations(viewer_client, contract, mongo, counted, path, most):
    log(mongo, 3, IN_FEBRUARY)
    with counted() as commands:
        viewer_client.get(path.format(contract.contract_id))
    assert len(commands) <= most
