"""A bulk change is carried out: each contract by itself, as it was previewed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from contracts import revisions
from contracts.forms.bulk import NOBODY
from tests.contracts.views.bulk_runs import (
    PRICES,
    TAGS,
    TODAY,
    begun,
    carry_out,
    changed,
    choose,
    done,
    found,
    live,
    made,
    plan_of,
    words_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]


def test_each_contract_gets_a_revision_and_an_audit_entry_of_its_own(manager_client, mongo):
    contracts = [made(number) for number in range(3)]
    run = begun(manager_client, *contracts)
    choose(manager_client, run, **PRICES, reason="New price list")
    page = words_of(carry_out(manager_client, run))
    assert "3 contracts are changed" in page
    for contract in contracts:
        revision = revisions.get(contract.contract_id, 2)
        assert (revision["actor"]["id"], revision["actor"]["via"]) == ("manager", "bulk")
        assert (revision["action"], revision["reason"]) == ("edited", "New price list")
        assert live(contract).base_monthly_fee == Decimal("328.90")
    assert mongo.audit_trails.count_documents({"action": "contract.edited"}) == 3


@pytest.mark.parametrize(
    ("terms", "entries", "after", "action"),
    [
        ({}, {"what": "tags", "add": "new", "remove": "vip"}, {"tags": ("emea", "new")}, "edited"),
        ({}, {"what": "notice", "days": "60"}, {"notice_days": 60}, "edited"),
        ({}, {"what": "auto_renewal", "renews": "no"}, {"auto_renewal": False}, "edited"),
        ({}, {"what": "manager", "manager": "manager"}, {"account_manager": "manager"}, "edited"),
        ({}, {"what": "manager", "manager": NOBODY}, {"account_manager": ""}, "edited"),
        ({"end_date": TODAY}, {"what": "status", "to": "expired"}, {"status": "expired"}, "status_changed"),
        ({"status": "draft"}, {"what": "status", "to": "active"}, {"status": "active"}, "status_changed"),
        ({"status": "cancelled"}, {"what": "status", "to": "draft"}, {"status": "draft"}, "status_changed"),
    ],
)
def test_every_order_does_what_it_says(manager_client, terms, entries, after, action):
    contract = made(**terms)
    done(manager_client, contract, **entries)
    assert {name: getattr(live(contract), name) for name in after} == after
    assert revisions.get(contract.contract_id, 2)["action"] == action


def test_renewing_gives_each_contract_its_own_next_term(manager_client):
    start = TODAY.replace(month=1, day=1)
    end = start.replace(year=start.year + 1) - timedelta(days=1)
    yearly = made(1, start_date=start, end_date=end)
    monthly = made(2, start_date=start, end_date=end, renewal_term_months=1, notice_days=5)
    done(manager_client, yearly, monthly, what="renewal")
    assert live(yearly).end_date == end.replace(year=end.year + 1)
    assert live(monthly).end_date == (end + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    assert revisions.get(yearly.contract_id, 2)["action"] == "renewed"


def test_prices_of_every_kind_are_revised(manager_client):
    contract = made()
    done(manager_client, contract, what="prices", percent="-2", parts=["base", "add_ons", "trades"])
    after = live(contract)
    assert (after.base_monthly_fee, after.add_ons[0].monthly_fee) == (Decimal("293.02"), Decimal("48.51"))
    prices = [tier.price_per_trade for tier in after.usage_based_pricing.trade_volume_tiers]
    assert prices == [Decimal("0.098"), Decimal("0.0784")]


def test_cancelling_asks_for_the_number_of_contracts(manager_client):
    contracts = [made(number) for number in range(3)] + [made(9, status="expired")]
    run = begun(manager_client, *contracts)
    page = words_of(choose(manager_client, run, what="cancel", last_day=str(TODAY), reason="The service ends"))
    assert "Type 3 to confirm" in page
    assert "cannot be undone" in page
    for typed in ("", "4", "three"):
        response = manager_client.post(f"{run}start/", plan_of(manager_client, run) | {"confirm": typed})
        assert response.status_code == 422
    assert live(contracts[0]) == contracts[0]
    carry_out(manager_client, run, confirm="3")
    assert [(live(one).status, live(one).end_date) for one in contracts[:3]] == [("cancelled", TODAY)] * 3
    assert live(contracts[3]).status == "expired"


def test_a_contract_that_changed_after_the_preview_is_left_alone(manager_client):
    mine, theirs = made(1), made(2)
    run = begun(manager_client, mine, theirs)
    choose(manager_client, run, **TAGS)
    other = changed(theirs, notes="Called on Monday.")
    page = words_of(carry_out(manager_client, run))
    assert "Somebody changed the contract after the preview, so it was left alone." in page
    assert "Version" not in page
    assert (live(theirs), live(mine).version) == (other, 2)
    assert (found(run).saved, found(run).failed) == (1, 1)


def test_a_contract_that_was_deleted_after_the_preview_is_told(manager_client, mongo):
    kept, gone = made(1), made(2)
    run = begun(manager_client, kept, gone)
    choose(manager_client, run, **TAGS)
    mongo.contracts.delete_one({"contract_id": gone.contract_id})
    assert "Somebody deleted the contract after the preview." in words_of(carry_out(manager_client, run))
    assert live(kept).version == 2


def test_one_that_breaks_a_rule_meanwhile_does_not_stop_the_others(manager_client, mongo):
    contracts = [made(number) for number in range(5)]
    run = begun(manager_client, *contracts)
    choose(manager_client, run, **TAGS)
    row = {"run": found(run).run_id, "number": 3}
    mongo.bulk_rows.update_one(row, {"$set": {"changes.0.after": ["twice", "twice"]}})
    page = words_of(carry_out(manager_client, run))
    assert "4 contracts are changed" in page
    assert "“twice” stands here twice." in page
    assert [live(one).version for one in contracts] == [2, 2, 1, 2, 2]
