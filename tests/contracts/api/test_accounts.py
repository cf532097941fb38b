"""What workflows and services ask of an account over HTTP."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from contracts import services
from contracts.domain.model import UsageLimits
from tests.factories import MAYA, NOW, make_contract
from tests.logs.test_usage import entry
from tests.machines import errors_of

pytestmark = pytest.mark.usefixtures("mongo")

OCTOBER = datetime(2026, 10, 5, tzinfo=UTC)


@pytest.fixture
def october(mongo):
    """Two trades in dollars, one in euros, in a month that is over."""
    for number, more in enumerate(({}, {"amount": Decimal("400000.10")}, {"currency": "EUR"})):
        mongo.transaction_logs.insert_one(entry(f"t{number}", at=OCTOBER, userId="acct-1", **more))


def test_the_contract_of_an_account_has_its_terms(machine):
    services.create(make_contract(), actor=MAYA, now=NOW)
    found = machine.get("/accounts/acct-1/contract").json()
    assert found["current_plan"] == "professional"
    assert (found["contract_start_date"], found["contract_end_date"]) == ("2026-01-01", "2026-12-31")
    assert (found["base_monthly_fee"], found["currency"]) == ("299.00", "USD")
    assert found["add_ons"] == [{"name": "Sandbox", "monthly_fee": "49.50", "active": True}]
    assert found["usage_limits"]["max_trade_value"] == "500000"
    assert found["current_usage"] is None


def test_it_tells_the_usage_of_the_running_month(machine, mongo):
    services.create(make_contract(), actor=MAYA, now=NOW)
    now = datetime.now(UTC)
    mongo.transaction_logs.insert_one(entry(at=now - timedelta(seconds=1), userId="acct-1"))
    found = machine.get("/accounts/acct-1/contract").json()["current_usage"]
    assert (found["trades"], found["value"], found["largest"]) == (1, "10.00", "10.00")
    assert found["month"] == f"{now:%Y-%m}"


def test_an_account_without_a_contract_has_none_to_read(machine):
    answer = machine.get("/accounts/acct-7/contract")
    assert (answer.status_code, answer.json()["status"]) == (404, 404)


def test_an_accounts_id_may_hold_a_slash(machine):
    services.create(make_contract(account_id="eu/acct 1"), actor=MAYA, now=NOW)
    assert machine.get("/accounts/eu%2Facct%201/contract").json()["account_id"] == "eu/acct 1"


def test_usage_is_told_beside_limits_and_invoice(machine, october):
    services.create(make_contract(), actor=MAYA, now=NOW)
    found = machine.get("/accounts/acct-1/usage?month=2026-10").json()
    assert (found["month"], found["trades"], found["value"], found["largest"]) == (
        "2026-10",
        3,
        "400010.10",
        "400000.10",
    )
    assert found["by_type"] == {"deposit": 3}
    assert found["other_currencies"] == [{"currency": "EUR", "trades": 1, "value": "10.00", "largest": "10.00"}]
    trades, value = found["limits"][:2]
    assert (trades["used"], trades["limit"], trades["percent"], trades["state"]) == (3, 50_000, "0.00", "within")
    assert (value["used"], value["limit"], value["percent"]) == ("400000.10", "500000", "80.00")
    assert found["invoice"]["lines"][0] == {"label": "Base fee", "quantity": "31", "amount": "299.00"}
    assert found["invoice"]["total"] == "998.82"


def test_a_share_just_below_full_is_not_rounded_up_to_it(machine, mongo):
    services.create(make_contract(), actor=MAYA, now=NOW)
    mongo.transaction_logs.insert_one(entry(at=OCTOBER, userId="acct-1", amount=Decimal("499999.99")))
    found = machine.get("/accounts/acct-1/usage?month=2026-10").json()
    assert found["limits"][1]["percent"] == "99.99"


@pytest.mark.parametrize("amount", ["1E+30", "9.999999E+29", "9E+33"])
def test_a_share_is_told_however_large_it_is(machine, mongo, amount):
    services.create(make_contract(usage_limits=UsageLimits(max_trade_value=Decimal(1))), actor=MAYA, now=NOW)
    mongo.transaction_logs.insert_one(entry(at=OCTOBER, userId="acct-1", amount=Decimal(amount)))
    answer = machine.get("/accounts/acct-1/usage?month=2026-10")
    limit = answer.json()["limits"][1]
    assert (answer.status_code, Decimal(limit["used"]), Decimal(limit["percent"])) == (
        200,
        Decimal(amount),
        Decimal(amount) * 100,
    )


def test_without_a_contract_there_are_no_limits_and_no_invoice(machine, october):
    found = machine.get("/accounts/acct-1/usage?month=2026-10").json()
    assert (found["trades"], found["limits"], found["invoice"]) == (3, [], None)


def test_the_running_month_is_told_unless_another_is_asked_for(machine):
    now = datetime.now(UTC)
    found = machine.get("/accounts/acct-1/usage").json()
    assert (found["month"], found["trades"], found["largest"]) == (f"{now:%Y-%m}", 0, None)


@pytest.mark.parametrize(
    ("month", "words"),
    [
        ("2026-13", "is no month"),
        ("2026-1", "is no month"),
        ("26-11", "is no month"),
        ("november", "is no month"),
        ("2026-11-01", "is no month"),
        ("٢٠٢٦-11", "is no month"),
        ("2999-12", "has not begun"),
        ("1899-12", "1900"),
    ],
)
def test_a_month_that_cannot_be_told_is_refused(machine, month, words):
    answer = machine.get(f"/accounts/acct-1/usage?month={month}")
    assert answer.status_code == 422
    assert words in errors_of(answer)["month"]
