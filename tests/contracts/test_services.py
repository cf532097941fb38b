"""The services that write contracts, against a real server."""

import inspect
import uuid
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from pkgutil import walk_packages

import pytest
from bson import Decimal128

from contracts import repository, revisions, services
from contracts.documents import from_document
from contracts.domain import lifecycle
from contracts.domain.errors import (
    AccountHasContract,
    ContractChanged,
    ContractIdTaken,
    ContractInvalid,
    ContractNotFound,
)
from contracts.domain.model import STATUSES, VolumeTier
from contracts.seen import Seen, seen_of
from mongo.errors import MongoError
from tests.factories import MAYA, MAYAS_FILE, NOW, TOM, make_contract

pytestmark = pytest.mark.usefixtures("mongo")


def created(*, actor=MAYAS_FILE, **terms):
    return services.create(make_contract(**terms), actor=actor, now=NOW).contract


def seen_now(contract):
    return seen_of(repository.document(contract.contract_id))


def delete(contract, **options):
    return services.delete(contract_id=contract.contract_id, seen=seen_now(contract), actor=TOM, now=NOW, **options)


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


def test_what_was_deleted_since_is_made_anew_by_the_same_form():
    form_id = str(uuid.uuid4())
    versions = []
    for _ in range(3):
        made = services.create(make_contract(contract_id="c1"), actor=MAYA, now=NOW, form_id=form_id)
        versions.append((made.contract.version, made.is_repeated, repository.get("c1").version))
        delete(made.contract)
    assert versions == [(1, False, 1), (3, False, 3), (5, False, 5)]


def test_after_a_deletion_the_same_form_with_other_terms_is_no_second_contract_of_the_account():
    form_id = str(uuid.uuid4())
    delete(services.create(make_contract(), actor=MAYA, now=NOW, form_id=form_id).contract)
    saved = services.create(make_contract(notes="Dearer"), actor=MAYA, now=NOW, form_id=form_id)
    assert repository.get_by_account("acct-1").notes == saved.contract.notes == "Dearer"


@pytest.mark.parametrize("via", ["form", "api"])
def test_nobody_types_a_contract_in_force_whose_last_day_has_passed(via):
    with pytest.raises(ContractInvalid, match="end_date: The last day has passed"):
        created(actor=replace(MAYA, via=via), end_date=NOW.date() - timedelta(days=1))


@pytest.mark.parametrize(("via", "status"), [("import", "active"), ("form", "expired"), ("form", "draft")])
def test_what_is_over_may_be_told_of(via, status):
    terms = {"status": status, "end_date": NOW.date() - timedelta(days=1)}
    assert created(actor=replace(MAYA, via=via), **terms).status == status


UNMADE = [
    ({"status": "expired", "end_date": None, "auto_renewal": False}, "end_date: It has none"),
    ({"status": "expired", "end_date": NOW.date() + timedelta(days=1)}, "end_date: .* is still to come"),
    ({"status": "pending_renewal", "end_date": None, "auto_renewal": False}, "end_date: Without one"),
    ({"status": "cancelled"}, "status: Make it active first"),
]


@pytest.mark.parametrize("via", ["form", "api"])
@pytest.mark.parametrize(("terms", "problem"), UNMADE)
def test_nobody_types_a_contract_that_no_step_could_lead_to(via, terms, problem):
    with pytest.raises(ContractInvalid, match=problem):
        created(actor=replace(MAYA, via=via), **terms)


@pytest.mark.parametrize("terms", [terms for terms, _ in UNMADE])
def test_a_file_brings_in_what_it_says(terms):
    assert created(actor=MAYAS_FILE, **terms).status == terms["status"]


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


def test_another_service_that_does_not_name_itself_is_unknown(mongo):
    contract = created()
    mongo.contracts.update_one({}, {"$set": {"base_monthly_fee": Decimal128("1.00")}})
    edit(repository.get(contract.contract_id), tags=("late",))
    assert revisions.get(contract.contract_id, 2)["actor"]["id"] == "unknown"


MALFORMED = [
    {"version": "7", "action": "edited"},
    {"version": 7, "action": "edited"},
    {"version": 7.0, "action": "edited", "document": "none", "hash": "x"},
    {"version": float("inf"), "action": "edited", "document": {}},
    {"version": None},
]


@pytest.mark.parametrize("malformed", MALFORMED)
def test_a_malformed_revision_keeps_nobody_from_changing_the_contract(mongo, malformed):
    contract = created()
    mongo.contract_revisions.insert_one({"contract_id": contract.contract_id, **malformed})
    first = edit(contract, notes="first").contract
    assert edit(first, notes="second").contract.notes == "second"
    assert delete(first).contract.notes == "second"


def test_what_follows_on_a_malformed_revision_holds_together(mongo):
    contract = created()
    mongo.contract_revisions.insert_one({"contract_id": contract.contract_id, "version": 7})
    edit(contract, notes="first")
    assert [found.version for found in revisions.breaks()] == [7]
    assert [entry["version"] for entry in revisions.history(contract.contract_id)] == [9, 8, 7, 1]


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


def test_a_save_that_dropped_the_anchor_is_recognised(mongo):
    contract = created(anchor_day=1)
    terms = {"seen": seen_now(contract), "form_id": str(uuid.uuid4()), "end_date": date(2027, 3, 15)}
    both = [edit(contract, **terms) for _ in range(2)]
    assert [saved.contract.version for saved in both] == [2, 2]
    assert [saved.contract.anchor_day for saved in both] == [None, None]
    assert [saved.is_repeated for saved in both] == [False, True]


def test_a_save_that_somebody_has_followed_up_is_recognised():
    contract = created()
    terms = {"seen": seen_now(contract), "form_id": str(uuid.uuid4()), "notes": "once"}
    first = edit(contract, **terms).contract
    edit(first, notes="Tom's")
    assert edit(contract, **terms).contract == first


def test_an_end_beyond_the_notice_window_returns_the_contract_to_active():
    contract = created(status="pending_renewal", end_date=date(2026, 12, 1))
    seen, form_id = seen_now(contract), str(uuid.uuid4())
    saved = edit(contract, seen=seen, form_id=form_id, end_date=date(2027, 12, 1))
    assert saved.contract.status == "active"
    assert saved.contract.renewal_date == date(2027, 12, 2)
    assert edit(contract, seen=seen, form_id=form_id, end_date=date(2027, 12, 1)).contract == saved.contract


def test_a_status_that_the_table_forbids_is_refused():
    contract = created(actor=MAYAS_FILE, status="cancelled")
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


def test_a_deletion_asked_for_twice_is_made_once(mongo):
    contract = created()
    terms = {"seen": seen_now(contract), "form_id": str(uuid.uuid4())}
    both = [services.delete(contract_id=contract.contract_id, now=NOW, **terms) for _ in range(2)]
    assert [removed.contract for removed in both] == [contract, contract]
    assert mongo.contract_revisions.count_documents({"action": "deleted"}) == 1


def test_what_was_made_anew_is_not_deleted_by_the_same_form():
    contract = created(contract_id="c1")
    terms = {"seen": seen_now(contract), "form_id": str(uuid.uuid4())}
    services.delete(contract_id="c1", now=NOW, **terms)
    created(contract_id="c1")
    with pytest.raises(ContractChanged):
        services.delete(contract_id="c1", now=NOW, **terms)


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


def test_a_status_put_back_is_not_taken_for_the_first_save():
    contract = created(status="draft")
    form_id, seen = str(uuid.uuid4()), seen_now(contract)
    edit(contract, seen=seen, form_id=form_id, base_monthly_fee=Decimal(120), status="active")
    with pytest.raises(ContractChanged):
        edit(contract, seen=seen, form_id=form_id, base_monthly_fee=Decimal(120))


# The life of a contract ----------------------------------------------------------------------------------


def test_a_transition_is_one_revision_with_its_reason(mongo):
    contract = created(status="draft")
    saved = services.transition(
        "active", contract_id=contract.contract_id, seen=seen_now(contract), actor=TOM, now=NOW, reason="Signed"
    )
    revision = revisions.get(contract.contract_id, 2)
    assert (saved.contract.status, revision["action"], revision["reason"]) == ("active", "status_changed", "Signed")
    assert mongo.audit_trails.count_documents({"action": "contract.status_changed", "userId": "tom"}) == 1


@pytest.mark.parametrize("before", STATUSES)
@pytest.mark.parametrize("to", STATUSES)
def test_a_transition_follows_the_table(before, to):
    contract = created(status=before)
    terms = {"contract_id": contract.contract_id, "seen": seen_now(contract), "now": NOW, "reason": "Because"}
    if to == "expired" != before:
        terms["last_day"] = NOW.date()
    if to == before:
        assert services.transition(to, **terms).changed == ()
    elif to in lifecycle.allowed(before):
        assert services.transition(to, **terms).contract.status == to
    else:
        with pytest.raises(ContractInvalid):
            services.transition(to, **terms)


@pytest.mark.parametrize(
    ("terms", "to", "problem"),
    [
        ({"end_date": None}, "expired", "It has none, so it would be invoiced for ever"),
        ({}, "expired", "2026-12-31 is still to come"),
        ({"end_date": None}, "pending_renewal", "there is no renewal to wait for"),
        ({"status": "expired", "end_date": None}, "active", "Nothing tells until when it goes on"),
    ],
)
def test_a_status_that_needs_a_last_day_is_not_taken_without_a_fitting_one(terms, to, problem):
    contract = created(auto_renewal=False, **terms)
    with pytest.raises(ContractInvalid, match=problem):
        services.transition(to, contract_id=contract.contract_id, seen=seen_now(contract), now=NOW)
    with pytest.raises(ContractInvalid, match=problem):
        edit(contract, status=to)


def test_what_waits_with_an_open_end_is_put_back_with_it():
    contract = created(status="pending_renewal", end_date=None, auto_renewal=False)
    saved = services.transition("active", contract_id=contract.contract_id, seen=seen_now(contract), now=NOW)
    assert (saved.contract.status, saved.contract.end_date) == ("active", None)


def test_a_transition_to_the_status_that_is_there_moves_no_last_day():
    contract = created(status="cancelled")
    with pytest.raises(ContractInvalid, match="cancelled already"):
        services.transition(
            "cancelled",
            contract_id=contract.contract_id,
            seen=seen_now(contract),
            now=NOW,
            reason="Again",
            last_day=date(2026, 11, 30),
        )


@pytest.mark.parametrize(
    ("terms", "problem"),
    [
        ({"end_date": date(2026, 12, 21)}, "The notice for this last day began on 2026-11-21"),
        ({"end_date": date(2026, 11, 20)}, "The last day has passed"),
    ],
)
def test_what_waits_for_its_renewal_is_not_put_back_where_the_daily_job_would_undo_it(terms, problem):
    contract = created(actor=MAYAS_FILE, status="pending_renewal", **terms)
    with pytest.raises(ContractInvalid, match=problem):
        services.transition("active", contract_id=contract.contract_id, seen=seen_now(contract), now=NOW)


def test_what_waits_for_its_renewal_too_early_is_put_back():
    contract = created(status="pending_renewal", end_date=date(2026, 12, 22))
    saved = services.transition("active", contract_id=contract.contract_id, seen=seen_now(contract), now=NOW)
    assert saved.contract.status == "active"


def test_cancelling_sets_the_last_day():
    contract = created()
    last_day = date(2026, 11, 30)
    saved = services.transition(
        "cancelled", account_id="acct-1", seen=seen_now(contract), now=NOW, reason="Moved away", last_day=last_day
    )
    assert (saved.contract.end_date, saved.contract.renewal_date) == (last_day, date(2026, 12, 1))


def test_renewing_moves_the_dates_by_the_term():
    contract = created()
    saved = services.renew(contract_id=contract.contract_id, seen=seen_now(contract), now=NOW)
    assert (saved.contract.end_date, saved.contract.renewal_date) == (date(2027, 12, 31), date(2028, 1, 1))
    assert revisions.get(contract.contract_id, 2)["action"] == "renewed"


def test_a_renewed_contract_that_waited_is_active_again():
    contract = created(status="pending_renewal")
    saved = services.renew(contract_id=contract.contract_id, seen=seen_now(contract), now=NOW)
    assert saved.contract.status == "active"


def test_sixty_renewals_from_the_end_of_january_do_not_drift():
    dates = {"start_date": date(2026, 1, 31), "end_date": date(2026, 2, 27), "renewal_term_months": 1}
    contract = created(actor=MAYAS_FILE, notice_days=5, **dates)
    for _ in range(60):
        contract = services.renew(contract_id=contract.contract_id, seen=seen_now(contract), now=NOW).contract
    assert contract.renewal_date == date(2031, 2, 28)
    assert contract.version == 61


@pytest.mark.parametrize(
    ("terms", "path"),
    [
        ({"end_date": None, "auto_renewal": False}, "end_date"),
        ({"status": "cancelled"}, "status"),
        ({"status": "draft"}, "status"),
        ({"end_date": date(2999, 6, 30)}, "end_date"),
    ],
)
def test_a_contract_that_cannot_renew_says_why(terms, path):
    contract = created(**terms)
    with pytest.raises(ContractInvalid) as refusal:
        services.renew(contract_id=contract.contract_id, seen=seen_now(contract), now=NOW)
    assert path in [problem.path for problem in refusal.value.problems]


def test_a_renewal_asked_for_twice_is_made_once():
    contract = created()
    form_id, seen = str(uuid.uuid4()), seen_now(contract)
    both = [
        services.renew(contract_id=contract.contract_id, seen=seen, now=NOW, form_id=form_id).contract.version
        for _ in range(2)
    ]
    assert both == [2, 2]


def test_restoring_brings_back_terms_alone():
    contract = created()
    edit(contract, base_monthly_fee=Decimal(500), notes="Dearer")
    services.transition("pending_renewal", contract_id=contract.contract_id, seen=seen_now(contract), now=NOW)
    saved = services.restore(
        1, contract_id=contract.contract_id, seen=seen_now(contract), actor=TOM, now=NOW
    ).contract
    assert (saved.base_monthly_fee, saved.notes) == (contract.base_monthly_fee, contract.notes)
    assert (saved.status, saved.version, saved.contract_id) == ("pending_renewal", 4, contract.contract_id)
    assert revisions.get(contract.contract_id, 4)["action"] == "restored"


def test_restoring_brings_back_the_anchor_with_the_end():
    contract = created(end_date=date(2026, 12, 31), anchor_day=15)
    edit(contract, end_date=date(2027, 1, 14))
    terms = {"seen": seen_now(contract), "form_id": str(uuid.uuid4())}
    both = [services.restore(1, contract_id=contract.contract_id, now=NOW, **terms).contract for _ in range(2)]
    assert [(saved.end_date, saved.anchor_day, saved.version) for saved in both] == [
        (date(2026, 12, 31), 15, 3)
    ] * 2


def test_restoring_a_later_end_leaves_the_status(mongo):
    contract = created(end_date=date(2028, 12, 31))
    edit(contract, end_date=date(2026, 11, 30))
    services.transition("pending_renewal", contract_id=contract.contract_id, seen=seen_now(contract), now=NOW)
    saved = services.restore(1, contract_id=contract.contract_id, seen=seen_now(contract), now=NOW).contract
    assert (saved.status, saved.end_date, saved.renewal_date) == (
        "pending_renewal",
        date(2028, 12, 31),
        date(2029, 1, 1),
    )


def test_restoring_what_is_there_already_saves_nothing():
    contract = created()
    assert services.restore(1, contract_id=contract.contract_id, seen=seen_now(contract), now=NOW).changed == ()


def test_restoring_asked_for_twice_is_one_revision():
    contract = created()
    edit(contract, notes="Other")
    form_id, seen = str(uuid.uuid4()), seen_now(contract)
    both = [
        services.restore(1, contract_id=contract.contract_id, seen=seen, now=NOW, form_id=form_id).contract.version
        for _ in range(2)
    ]
    assert both == [3, 3]


# Every one of them ---------------------------------------------------------------------------------------

WAYS = {
    "create": lambda contract: services.create(replace(contract, contract_id="", account_id="acct-2"), now=NOW),
    "create_from_template": lambda contract: services.create_from_template("basic", "acct-3", now=NOW),
    "update": lambda contract: edit(contract, notes="Changed"),
    "transition": lambda contract: services.transition(
        "pending_renewal", contract_id=contract.contract_id, seen=seen_now(contract), now=NOW
    ),
    "renew": lambda contract: services.renew(contract_id=contract.contract_id, seen=seen_now(contract), now=NOW),
    "restore": lambda contract: services.restore(
        1, contract_id=contract.contract_id, seen=seen_now(edit(contract, notes="Other").contract), now=NOW
    ),
    "delete": lambda contract: services.delete(contract_id=contract.contract_id, seen=seen_now(contract), now=NOW),
}
PUBLIC = [
    name
    for module in walk_packages(services.__path__, f"{services.__name__}.")
    for name, member in inspect.getmembers(import_module(module.name), inspect.isfunction)
    if member.__module__ == module.name and not name.startswith("_")
]


def test_the_services_offer_each_of_their_functions():
    assert sorted(services.__all__) == sorted(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_function_of_the_services_writes_a_revision_and_an_audit_entry(mongo, name):
    contract = created()
    before = mongo.audit_trails.count_documents({})
    saved = WAYS[name](contract).contract
    newest = mongo.contract_revisions.find_one({"contract_id": saved.contract_id}, sort=[("version", -1)])
    entries = list(mongo.audit_trails.find({"entity.id": saved.contract_id}).sort("_id", -1).limit(1))
    assert mongo.audit_trails.count_documents({}) > before
    assert (newest["at"], newest["version"]) == (entries[0]["timestamp"], entries[0]["details"]["version"])
    assert entries[0]["action"] == f"contract.{newest['action']}"


@pytest.mark.parametrize("name", PUBLIC)
def test_where_the_audit_trail_takes_no_entry_no_function_of_the_services_writes(mongo, name):
    contract = created()
    documents, revised = list(mongo.contracts.find()), mongo.contract_revisions.count_documents({})
    # The trail holds an entry about a contract already, so it takes no second one.
    mongo.audit_trails.create_index("entity.type", unique=True, name="full")
    try:
        with pytest.raises((MongoError, AccountHasContract)):
            WAYS[name](contract)
    finally:
        mongo.audit_trails.drop_index("full")
    assert list(mongo.contracts.find()) == documents
    assert mongo.contract_revisions.count_documents({}) == revised
