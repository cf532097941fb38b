"""The services that write contracts, against a real server."""

import uuid
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from bson import Decimal128

from contracts import repository, revisions, services
from contracts.documents import from_document
from contracts.domain.errors import (
    AccountHasContract,
    ContractChanged,
    ContractIdTaken,
    ContractInvalid,
    ContractNotFound,
)
from contracts.domain.model import VolumeTier
from contracts.seen import Seen, seen_of
from tests.factories import MAYA, NOW, TOM, make_contract

pytestmark = pytest.mark.usefixtures("mongo")


def created(**terms):
    return services.create(make_contract(**terms), actor=MAYA, now=NOW).contract


def seen_now(contract):
    return seen_of(repository.document(contract.contract_id))


def edit(contract, *, seen=None, actor=TOM, form_id=None, **terms):
    return services.update(
        replace(contract, **terms),
        contract_id=contract.contract_id,
        seen=seen or seen_now(contract),
        actor=actor,
        now=NOW + timedelta(hours=1),
        form_id=form_id,
    )


def test_a_created_contract_reads_back_equal():
    contract = created()
    assert repository.get(contract.contract_id) == contract
    assert contract.version == 1
    assert contract.renewal_date == date(2027, 1, 1)


def test_money_is_stored_as_decimal128(mongo):
    created()
    raw = mongo.client.get_database(mongo.name).contracts.find_one()
    assert raw["base_monthly_fee"] == Decimal128("299.00")
    assert raw["usage_based_pricing"]["trade_volume_tiers"][0]["price_per_trade"] == Decimal128("0.10")


def test_creating_writes_a_revision_and_an_audit_entry(mongo):
    contract = created()
    revision = revisions.get(contract.contract_id, 1)
    assert (revision["action"], revision["actor"]["name"]) == ("created", "Maya Lindqvist")
    entry = mongo.audit_trails.find_one({"entity.id": contract.contract_id})
    assert (entry["action"], entry["userId"], entry["ipAddress"]) == ("contract.created", "maya", "192.0.2.7")


def test_an_account_has_one_contract():
    created()
    with pytest.raises(AccountHasContract):
        created()


def test_a_contract_id_is_not_given_twice():
    contract = created()
    with pytest.raises(ContractIdTaken):
        created(account_id="acct-2", contract_id=contract.contract_id)


def test_a_form_sent_twice_creates_once(mongo):
    form_id = str(uuid.uuid4())
    first = services.create(make_contract(), actor=MAYA, now=NOW, form_id=form_id)
    again = services.create(make_contract(), actor=MAYA, now=NOW, form_id=form_id)
    assert again.contract.contract_id == first.contract.contract_id
    assert mongo.contracts.count_documents({}) == 1


def test_an_invalid_contract_is_refused_with_the_field_named(mongo):
    with pytest.raises(ContractInvalid) as refusal:
        created(base_monthly_fee=Decimal(-1))
    assert [problem.path for problem in refusal.value.problems] == ["base_monthly_fee"]
    assert mongo.contracts.count_documents({}) == 0


def test_a_plan_gives_its_fee_features_and_limits():
    contract = services.create_from_template("basic", "acct-9", now=NOW).contract
    assert (contract.status, contract.base_monthly_fee) == ("draft", Decimal("99.00"))
    assert contract.usage_limits.max_monthly_trades == 10_000


def test_an_edit_raises_the_version_and_tells_what_changed():
    contract = created()
    saved = edit(contract, base_monthly_fee=Decimal("320.00"))
    assert saved.contract.version == 2
    revision = revisions.get(contract.contract_id, 2)
    assert revision["changes"] == [
        {"path": "base_monthly_fee", "before": Decimal("299.00"), "after": Decimal("320.00")}
    ]


def test_an_edit_without_changes_writes_nothing(mongo):
    contract = created()
    assert edit(contract).changed == ()
    assert mongo.contract_revisions.count_documents({}) == 1


def test_a_stale_edit_is_refused_with_the_live_document():
    contract = created()
    seen = seen_now(contract)
    edit(contract, notes="Tom's")
    with pytest.raises(ContractChanged) as refusal:
        edit(contract, seen=seen, notes="Maya's")
    assert from_document(refusal.value.live).notes == "Tom's"


def test_another_services_write_without_a_new_version_is_noticed(mongo):
    contract = created()
    seen = seen_now(contract)
    mongo.contracts.update_one({}, {"$set": {"notes": "from a script"}})
    with pytest.raises(ContractChanged):
        edit(contract, seen=seen, tags=("late",))


def test_another_services_write_is_adopted_before_an_edit(mongo):
    contract = created()
    mongo.contracts.update_one({}, {"$set": {"notes": "from a script", "last_modified_by": "billing-sync"}})
    live = repository.get(contract.contract_id)
    edit(live, tags=("late",))
    history = revisions.history(contract.contract_id)
    assert [(entry["version"], entry["action"]) for entry in history] == [
        (3, "edited"),
        (2, "adopted"),
        (1, "created"),
    ]
    assert history[1]["actor"]["id"] == "billing-sync"
    assert history[1]["changes"] == [{"path": "notes", "before": "Signed in January.", "after": "from a script"}]


def test_a_contract_without_history_is_adopted_first(mongo):
    contract = created()
    mongo.contract_revisions.delete_many({})
    edit(contract, notes="first edit")
    actions = [entry["action"] for entry in revisions.history(contract.contract_id)]
    assert actions == ["edited", "adopted"]


def test_fields_that_we_do_not_know_survive_an_edit(mongo):
    contract = created()
    mongo.contracts.update_one(
        {},
        {
            "$set": {
                "crm": {"id": 7},
                "usage_limits.burst": 3,
                "usage_based_pricing.trade_volume_tiers.0.label": "entry",
            }
        },
    )
    live = repository.get(contract.contract_id)
    tiers = list(live.usage_based_pricing.trade_volume_tiers)
    tiers[1] = VolumeTier(min_trades=1001, price_per_trade=Decimal("0.07"))
    pricing = replace(live.usage_based_pricing, trade_volume_tiers=tuple(tiers))
    limits = replace(live.usage_limits, max_monthly_trades=1)
    edit(live, usage_based_pricing=pricing, usage_limits=limits)
    after = repository.document(contract.contract_id)
    assert after["crm"] == {"id": 7}
    assert after["usage_limits"]["burst"] == 3
    assert after["usage_based_pricing"]["trade_volume_tiers"][0]["label"] == "entry"


def test_only_paths_that_change_are_written(mongo):
    contract = created()
    mongo.contracts.update_one({}, {"$set": {"base_monthly_fee": 299.0}})
    edit(repository.get(contract.contract_id), notes="other")
    assert isinstance(repository.document(contract.contract_id)["base_monthly_fee"], float)


def test_a_group_that_is_no_group_is_replaced_when_one_of_its_fields_changes(mongo):
    contract = created()
    mongo.contracts.update_one({}, {"$set": {"usage_limits": "none", "sla_terms": None}})
    live = repository.get(contract.contract_id)
    edit(live, usage_limits=replace(live.usage_limits, max_monthly_trades=5))
    assert repository.get(contract.contract_id).usage_limits.max_monthly_trades == 5


def test_the_same_form_sent_twice_is_one_save(mongo):
    contract = created()
    form_id, seen = str(uuid.uuid4()), seen_now(contract)
    first = edit(contract, seen=seen, form_id=form_id, notes="once")
    again = edit(contract, seen=seen, form_id=form_id, notes="once")
    assert again.contract == first.contract
    assert mongo.contract_revisions.count_documents({}) == 2


def test_the_same_form_with_other_entries_is_a_new_save():
    contract = created()
    form_id, seen = str(uuid.uuid4()), seen_now(contract)
    edit(contract, seen=seen, form_id=form_id, notes="once")
    with pytest.raises(ContractChanged):
        edit(contract, seen=seen, form_id=form_id, notes="twice")
    saved = edit(contract, form_id=form_id, notes="twice")
    assert saved.contract.version == 3


def test_an_end_beyond_the_notice_window_returns_the_contract_to_active():
    contract = created(status="pending_renewal", end_date=date(2026, 12, 1))
    seen, form_id = seen_now(contract), str(uuid.uuid4())
    saved = edit(contract, seen=seen, form_id=form_id, end_date=date(2027, 12, 1))
    assert saved.contract.status == "active"
    assert saved.contract.renewal_date == date(2027, 12, 2)
    assert edit(contract, seen=seen, form_id=form_id, end_date=date(2027, 12, 1)).contract == saved.contract


def test_a_status_that_the_table_forbids_is_refused():
    contract = created(status="cancelled")
    with pytest.raises(ContractInvalid, match="cancelled cannot become active"):
        edit(contract, status="active")


def test_the_start_never_moves_after_draft():
    contract = created()
    with pytest.raises(ContractInvalid, match="never moves"):
        edit(contract, start_date=date(2026, 2, 1))


def test_a_missing_contract_is_not_found():
    with pytest.raises(ContractNotFound):
        services.update(make_contract(), contract_id="nope", seen=Seen(1, "x"), actor=TOM, now=NOW)


def test_a_deleted_contract_keeps_its_history(mongo):
    contract = created()
    services.delete(contract_id=contract.contract_id, seen=seen_now(contract), actor=TOM, now=NOW)
    assert mongo.contracts.count_documents({}) == 0
    assert [entry["action"] for entry in revisions.history(contract.contract_id)] == ["deleted", "created"]
    assert mongo.audit_trails.count_documents({"action": "contract.deleted"}) == 1


def test_a_stale_delete_is_refused():
    contract = created()
    seen = seen_now(contract)
    edit(contract, notes="changed")
    with pytest.raises(ContractChanged):
        services.delete(contract_id=contract.contract_id, seen=seen, actor=TOM, now=NOW)


def test_a_contract_created_again_goes_on_from_its_highest_revision():
    contract = created()
    edit(contract, notes="v2")
    services.delete(contract_id=contract.contract_id, seen=seen_now(contract), actor=TOM, now=NOW)
    again = created(contract_id=contract.contract_id)
    assert again.version == 4
    assert list(revisions.breaks()) == []


def test_a_whole_history_verifies():
    contract = created()
    for number in range(5):
        contract = edit(contract, notes=f"change {number}").contract
    assert list(revisions.breaks()) == []


@pytest.mark.parametrize(
    "tampering", [{"$set": {"changes": []}}, {"$set": {"prev_hash": "0"}}, {"$unset": {"hash": 1}}]
)
def test_tampering_with_a_revision_is_found(mongo, tampering):
    contract = created()
    edit(contract, notes="v2")
    mongo.contract_revisions.update_one({"version": 2}, tampering)
    assert [(found.contract_id, found.version) for found in revisions.breaks()] == [(contract.contract_id, 2)]


def test_a_removed_revision_is_found(mongo):
    contract = created()
    for number in range(3):
        contract = edit(contract, notes=f"change {number}").contract
    mongo.contract_revisions.delete_one({"version": 2})
    assert [found.version for found in revisions.breaks()] == [3]


def test_nothing_is_stored_when_the_audit_entry_cannot_be(mongo):
    contract = created()
    unstorable = replace(TOM, user_agent="\ud800")
    with pytest.raises(Exception, match="cannot hold"):
        edit(contract, actor=unstorable, notes="never")
    assert repository.get(contract.contract_id).notes == "Signed in January."
    assert mongo.contract_revisions.count_documents({}) == 1


def test_cancelling_needs_a_reason_whoever_asks():
    contract = created()
    with pytest.raises(ContractInvalid, match="Say why"):
        edit(contract, status="cancelled")


@pytest.mark.parametrize("account_id", ["", " ", "\u200b"])
def test_an_account_id_that_nobody_can_see_is_none(account_id):
    with pytest.raises(ContractInvalid, match="Give the account id"):
        created(account_id=account_id)


def test_a_negative_zero_is_stored_as_zero(mongo):
    contract = created(base_monthly_fee=Decimal("-0.00"))
    assert str(repository.document(contract.contract_id)["base_monthly_fee"]) == "0.00"
