"""The pages that only show: detail, history, one revision, overview; and who may see or delete what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contracts import repository, services
from contracts.seen import seen_of
from tests.factories import MAYA, NOW, TOM, make_contract
from tests.html import row_links

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]


@pytest.fixture
def contract():
    return services.create(make_contract(), actor=MAYA, now=NOW).contract


def edit(contract, **terms):
    seen = seen_of(repository.document(contract.contract_id))
    wanted = replace(contract, **terms)
    return services.update(
        wanted,
        contract_id=contract.contract_id,
        seen=seen,
        actor=TOM,
        now=NOW + timedelta(days=1),
        reason="Because",
    ).contract


def test_the_detail_page_leads_to_what_the_account_logged(viewer_client, manager_client, admin_client, contract):
    pages = [
        client.get(f"/contracts/{contract.contract_id}/").content.decode()
        for client in (viewer_client, manager_client, admin_client)
    ]
    entries = [f'href="/contracts/{contract.contract_id}/log/{log}/"' for log in ("transactions", "agents")]
    audit = f'href="/logs/audit/?entity.id={contract.contract_id}&amp;last=all"'
    assert [[link in page for link in (*entries, audit)] for page in pages] == [
        [False, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_the_detail_page_tells_what_was_agreed(viewer_client, contract):
    page = viewer_client.get(f"/contracts/{contract.contract_id}/").content.decode()
    for words in (
        "Northwind Logistics",
        "299.00",
        "348.50",
        "Sandbox",
        "no end",
        "50,000",
        "99.9",
        "ana@example.com",
    ):
        assert words in page


def test_an_unknown_contract_is_not_found(viewer_client):
    assert viewer_client.get("/contracts/nope/").status_code == 404
    assert viewer_client.get("/contracts/nope/history/").status_code == 404


@pytest.mark.parametrize("key", ["%00", "%ff%fe", "..%2f..%2fetc", "~zz", "~" + "0" * 24, "x" * 3000, "{$ne:1}"])
def test_odd_addresses_are_not_found(admin_client, key):
    for page in ("", "history/", "edit/", "delete/"):
        assert admin_client.get(f"/contracts/{key}/{page}").status_code == 404


def test_the_history_tells_who_changed_what_and_why(viewer_client, contract):
    edit(contract, base_monthly_fee=310, notes="")
    page = viewer_client.get(f"/contracts/{contract.contract_id}/history/").content.decode()
    for words in ("Version 2", "Tom Adeyemi", "Because", "299.00", "310.00", "Signed in January."):
        assert words in page


def test_a_contract_that_only_others_wrote_has_an_empty_history(viewer_client, mongo):
    mongo.contracts.insert_one({"contract_id": "theirs", "account_id": "a"})
    assert "No changes recorded yet" in viewer_client.get("/contracts/theirs/history/").content.decode()


def test_a_long_history_comes_in_pages(viewer_client, contract):
    for number in range(27):
        contract = edit(contract, notes=f"note {number}")
    first = viewer_client.get(f"/contracts/{contract.contract_id}/history/")
    older = viewer_client.get(f"/contracts/{contract.contract_id}/history/?before={first.context['older']}")
    versions = [entry.version for page in (first, older) for entry in page.context["revisions"]]
    assert versions == list(range(28, 0, -1))


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30])
def test_a_bad_place_in_the_history_is_named(viewer_client, contract, before):
    response = viewer_client.get(f"/contracts/{contract.contract_id}/history/", {"before": before})
    assert response.status_code == 400
    assert "is not the number of a version" in response.content.decode()


def test_the_history_of_a_deleted_contract_is_reached_by_its_account(viewer_client, contract):
    services.delete(contract_id=contract.contract_id, seen=seen_of(repository.document(contract.contract_id)))
    response = viewer_client.get(f"/contracts/{contract.account_id}/history/")
    assert response.url == f"/contracts/{contract.contract_id}/history/"


def test_one_revision_opens_with_the_whole_contract(viewer_client, contract):
    edit(contract, base_monthly_fee=310)
    page = viewer_client.get(f"/contracts/{contract.contract_id}/history/1/").content.decode()
    assert "Version 1 of Northwind Logistics" in page
    assert "310.00" not in page
    assert viewer_client.get(f"/contracts/{contract.contract_id}/history/9/").status_code == 404


def test_the_overview_counts_and_sums_what_is_in_force(viewer_client, contract):
    services.create(make_contract(account_id="b", status="draft"), actor=MAYA, now=NOW)
    services.create(make_contract(account_id="c", currency="EUR"), actor=MAYA, now=NOW)
    context = viewer_client.get("/").context
    assert (context["total"], context["in_force"]) == (3, 2)
    assert sorted((fee.currency, str(fee.amount), fee.contracts) for fee in context["fees"]) == [
        ("EUR", "348.50", 1),
        ("USD", "348.50", 1),
    ]
    assert [(entry.label, happening.contracts) for entry, happening in context["recent"]] == [("Created", 3)]


@pytest.mark.parametrize(
    ("path", "operations"),
    [("/", 6), ("/contracts/{}/", 4), ("/contracts/{}/history/", 1), ("/contracts/{}/edit/", 1)],
)
def test_a_page_takes_few_operations(admin_client, contract, counted, path, operations):
    with counted() as commands:
        admin_client.get(path.format(contract.contract_id))
    assert len(commands) == operations


def test_only_an_administrator_may_delete(manager_client, admin_client, contract):
    url = f"/contracts/{contract.contract_id}/delete/"
    assert manager_client.post(url, {"confirm": contract.contract_id}).status_code == 403
    assert admin_client.get(url).status_code == 200


def test_deleting_needs_the_typed_id_and_an_unchanged_contract(admin_client, contract):
    url = f"/contracts/{contract.contract_id}/delete/"
    digest = admin_client.get(url).context["digest"]
    assert admin_client.post(url, {"confirm": "yes", "digest": digest}).status_code == 422
    contract = edit(contract, notes="new")
    assert admin_client.post(url, {"confirm": contract.contract_id, "digest": digest}).status_code == 409
    digest = admin_client.get(url).context["digest"]
    gone = admin_client.post(url, {"confirm": contract.contract_id, "digest": digest}, follow=True)
    assert "was deleted" in gone.content.decode()
    assert repository.count() == 0
    assert admin_client.get(f"/contracts/{contract.contract_id}/history/3/").status_code == 200


def test_without_mongodb_every_page_says_what_to_set(admin_client, contract, settings):
    settings.MONGODB_URI = ""
    for path in (
        "/",
        "/contracts/",
        "/contracts/new/",
        f"/contracts/{contract.contract_id}/",
        f"/contracts/{contract.contract_id}/edit/",
    ):
        response = admin_client.get(path)
        assert response.status_code == 200
        assert "MONGODB_URI" in response.content.decode()


def test_with_mongodb_away_every_page_says_so_and_recovers(admin_client, contract, away):
    with away():
        response = admin_client.get("/contracts/")
        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
        assert admin_client.get("/healthz").status_code == 200
        assert admin_client.get("/readyz").json()["status"] == "degraded"
    assert admin_client.get("/contracts/").status_code == 200


def test_deleting_what_is_deleted_already_says_so(admin_client, contract):
    url = f"/contracts/{contract.contract_id}/delete/"
    entries = {"confirm": contract.contract_id, "digest": admin_client.get(url).context["digest"]}
    assert admin_client.post(url, entries).status_code == 302
    again = admin_client.post(url, entries, follow=True)
    assert "is deleted already" in again.content.decode()


def test_a_mistyped_id_keeps_the_reason(admin_client, contract):
    url = f"/contracts/{contract.contract_id}/delete/"
    page = admin_client.post(url, {"confirm": "yes", "reason": "Moved away"}).content.decode()
    assert 'value="Moved away"' in page


@pytest.mark.parametrize("contract_id", [None, "", "a/b", "new", 12345])
def test_a_contract_without_a_usable_id_can_be_read_but_not_changed(admin_client, mongo, contract_id):
    own = mongo.contracts.insert_one({"contract_id": contract_id, "account_id": "a"}).inserted_id
    assert admin_client.get(f"/contracts/~{own}/").status_code == 200
    for page in ("edit/", "delete/"):
        assert admin_client.get(f"/contracts/~{own}/{page}").status_code == 404


@pytest.mark.parametrize("own", ["plain", "a/b", 7])
def test_the_overview_bears_any_id(viewer_client, mongo, own):
    soon = datetime.now(UTC) + timedelta(days=3)
    mongo.contracts.insert_one({"_id": own, "status": "active", "end_date": soon, "account_name": "Odd one"})
    assert "Odd one" in viewer_client.get("/").content.decode()
    answers = [viewer_client.get(link).status_code for link in row_links(viewer_client.get("/contracts/"))]
    assert answers == ([200] if own == "plain" else [])


@pytest.mark.parametrize(
    "odd", [{"actor": "someone"}, {"version": "one"}, {"changes": 3}, {"changes": [1]}, {"document": []}]
)
def test_other_peoples_revisions_break_no_page(viewer_client, mongo, odd):
    mongo.contract_revisions.insert_one({"contract_id": "theirs", "version": 1, "action": "edited", **odd})
    assert viewer_client.get("/").status_code == 200
    assert viewer_client.get("/contracts/theirs/history/").status_code == 200


def test_a_version_beyond_all_numbers_is_not_found(viewer_client, contract):
    assert viewer_client.get(f"/contracts/{contract.contract_id}/history/{'9' * 30}/").status_code == 404


def test_what_is_no_price_is_left_out_and_told(viewer_client, mongo):
    fees = [datetime.now(UTC), True, "12.50", 7.5]
    mongo.contracts.insert_many(
        {"contract_id": f"c{n}", "account_id": f"a{n}", "status": "active", "base_monthly_fee": fee}
        for n, fee in enumerate(fees)
    )
    context = viewer_client.get("/").context
    assert (str(context["fees"][0].amount).rstrip("0"), context["odd_fees"]) == ("20.", 2)


def test_what_cannot_be_read_is_not_shown_as_empty(viewer_client, mongo):
    odd = {"end_date": 20261231, "usage_limits": 5, "base_monthly_fee": "a lot", "version": "two"}
    mongo.contracts.insert_one({"contract_id": "c1", "account_id": "a", **odd})
    page = viewer_client.get("/contracts/c1/").content.decode()
    assert page.count("cannot be read") >= len(odd)
    assert "open-ended" not in page
    assert "unlimited" not in page
    assert "cannot be read" in viewer_client.get("/contracts/").content.decode()


def test_an_overdue_contract_says_so_on_its_page(viewer_client, mongo, contract):
    def says_so(end):
        mongo.contracts.update_one({"contract_id": contract.contract_id}, {"$set": {"end_date": end}})
        page = viewer_client.get(f"/contracts/{contract.contract_id}/").content.decode()
        return "This contract is overdue" in page

    now = datetime.now(UTC)
    assert (says_so(now + timedelta(days=3)), says_so(now - timedelta(days=3))) == (False, True)


@pytest.mark.parametrize("page", ["", "renew/"])
def test_a_fee_below_zero_is_not_shown_without_a_word(manager_client, mongo, contract, page):
    url = f"/contracts/{contract.contract_id}/{page}"
    assert "below zero" not in manager_client.get(url).content.decode()
    mongo.contracts.update_one({"contract_id": contract.contract_id}, {"$set": {"base_monthly_fee": "-12"}})
    assert "The base fee is below zero, which is no price" in manager_client.get(url).content.decode()
