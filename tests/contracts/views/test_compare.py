"""Two versions side by side: which, how far apart, and nothing that another service wrote breaks the page."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from contracts import repository, services
from contracts.domain.model import AddOn, Pricing, VolumeTier
from contracts.seen import seen_of
from contracts.shown.versions import MOST_CHOICES
from tests.factories import MAYA, NOW, TOM, make_contract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]

HOSTILE = "</option><script>alert(1)</script>\u202e{{ 7 }}"


@pytest.fixture
def contract():
    return services.create(make_contract(), actor=MAYA, now=NOW).contract


def edit(contract, reason="", **terms):
    seen = seen_of(repository.document(contract.contract_id))
    wanted = replace(contract, **terms)
    later = contract.updated_at + timedelta(days=1)
    return services.update(
        wanted, contract_id=contract.contract_id, seen=seen, actor=TOM, now=later, reason=reason
    ).contract


def delete(contract):
    services.delete(contract_id=contract.contract_id, seen=seen_of(repository.document(contract.contract_id)))


def address(contract, query=""):
    return f"/contracts/{contract.contract_id}/compare/{query}"


def look(client, contract, query="", status=200):
    response = client.get(address(contract, query))
    assert response.status_code == status
    return response


def differing(response):
    return response.context["differing"]


def sides(response):
    return [side.name for side in response.context["sides"]]


def test_two_versions_far_apart_are_compared_field_by_field(viewer_client, contract):
    changed = edit(edit(contract, base_monthly_fee=Decimal(310)), notes="Amended.\nTwice.")
    edit(changed, tags=("vip",))
    response = look(viewer_client, contract, "?from=1&to=3")
    assert differing(response) == ["Base fee a month", "Notes"]
    page = response.content.decode()
    for words in (
        "299.00",
        "310.00",
        "Signed in January.",
        "Amended.\nTwice.",
        "2 of 34 fields differ",
        "Tom Adeyemi",
    ):
        assert words in page


def test_only_what_differs_is_shown_unless_all_is_asked_for(viewer_client, contract):
    edit(contract, base_monthly_fee=Decimal(310))
    assert "Guaranteed uptime" not in look(viewer_client, contract, "?from=1&to=2").content.decode()
    whole = look(viewer_client, contract, "?from=1&to=2&show=all").content.decode()
    labels = (
        "Guaranteed uptime",
        "Penalty terms",
        "Renewal date",
        "Billing contact",
        "Value tiers",
        "Concurrent trades",
    )
    assert [label for label in labels if label not in whole] == []


def test_without_parameters_the_newest_is_compared_with_the_one_before(viewer_client, contract):
    edit(edit(contract, notes="a"), notes="b")
    assert sides(look(viewer_client, contract)) == [2, 3]
    assert sides(look(viewer_client, contract, "?to=2")) == [1, 2]
    assert sides(look(viewer_client, contract, "?from=1")) == [1, 3]


def test_both_sides_change_places(viewer_client, contract):
    edit(contract, notes="a")
    response = look(viewer_client, contract, "?from=1&to=2&show=all")
    assert response.context["swapped"] == "?from=2&to=1&show=all"
    assert sides(look(viewer_client, contract, response.context["swapped"])) == [2, 1]


def test_a_table_is_compared_row_by_row_and_a_new_row_moves_no_other(viewer_client, contract):
    first, last = contract.usage_based_pricing.trade_volume_tiers
    tiers = (
        replace(first, max_trades=500),
        VolumeTier(min_trades=501, max_trades=1000, price_per_trade=Decimal("0.09")),
        last,
    )
    edit(contract, usage_based_pricing=replace(contract.usage_based_pricing, trade_volume_tiers=tiers))
    response = look(viewer_client, contract, "?from=1&to=2")
    table = response.context["groups"][0].tables[0]
    assert [(row.before, row.after, row.change) for row in table.rows] == [
        (1, 1, "changed"),
        (None, 2, "added"),
        (2, 3, "same"),
    ]
    assert [cell.field.name for cell in table.rows[0].cells if cell.change != "same"] == ["max_trades"]
    page = response.content.decode()
    assert ("no such row" in page, '<small class="word">changed</small>' in page) == (True, True)


def test_entries_that_one_side_lacks_are_marked_in_a_list(viewer_client, contract):
    edit(contract, features=("api_access", "sso"))
    page = look(viewer_client, contract, "?from=1&to=2").content.decode()
    assert "<del><bdi>priority_support</bdi></del>" in page
    assert "<ins><bdi>sso</bdi></ins>" in page
    assert "<li><bdi>api_access</bdi></li>" in page


def test_amounts_carry_the_currency_of_their_own_side(viewer_client, contract):
    edit(contract, currency="EUR", base_monthly_fee=Decimal(280))
    page = look(viewer_client, contract, "?from=1&to=2").content.decode()
    assert "299.00\N{NO-BREAK SPACE}<small>USD</small>" in page
    assert "280.00\N{NO-BREAK SPACE}<small>EUR</small>" in page


def test_a_version_beside_itself_is_no_comparison(viewer_client, contract):
    assert "There is one version so far" in look(viewer_client, contract).content.decode()
    edit(contract, notes="a")
    assert "Both sides are the same version" in look(viewer_client, contract, "?from=1&to=1").content.decode()


def test_versions_whose_terms_agree_say_so(viewer_client, contract):
    edit(edit(contract, notes="a"), notes=contract.notes)
    assert "No field differs" in look(viewer_client, contract, "?from=1&to=3").content.decode()


def test_the_live_contract_is_offered_where_another_service_changed_it(viewer_client, contract, mongo):
    edit(contract, notes="a")
    assert 'value="now"' not in look(viewer_client, contract).content.decode()
    mongo.contracts.update_one({"contract_id": contract.contract_id}, {"$set": {"notes": "Theirs"}})
    response = look(viewer_client, contract, "?from=2&to=now")
    assert (differing(response), sides(response)) == (["Notes"], [2, "now"])
    page = response.content.decode()
    assert "Changed by another service since version 2" in page
    assert '<option value="now" selected>' in page


def test_nobody_is_accused_of_a_live_contract_that_is_its_newest_version(viewer_client, contract):
    edit(contract, notes="a")
    page = look(viewer_client, contract, "?from=1&to=now").content.decode()
    assert "another service" not in page
    assert "The same as version 2, which is the newest" in page


def test_the_history_of_a_deleted_contract_is_compared(viewer_client, contract):
    delete(edit(contract, notes="a"))
    response = look(viewer_client, contract, "?from=1&to=3")
    assert differing(response) == ["Notes"]
    assert f'href="/contracts/{contract.contract_id}/"' not in response.content.decode()
    assert "so there is nothing to call" in look(viewer_client, contract, "?to=now", 404).content.decode()


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("?from=x", "from: “x” is not the number of a version."),
        ("?to=-1", "to: “-1” is not the number of a version."),
        ("?to=1.5", "to: “1.5” is not"),
        ("?from=%D9%A1", "from: “١” is not"),
        (f"?from={'9' * 30}", "is not the number of a version."),
        ("?to_number=soon", "to_number: “soon” is not"),
        ("?show=banana", "show: banana is none of all."),
        ("?from=%00", "is not the number of a version."),
    ],
)
def test_a_bad_parameter_is_named(viewer_client, contract, query, complaint):
    assert complaint in look(viewer_client, contract, query, 400).content.decode()


def test_a_version_that_does_not_exist_is_told_beside_those_that_do(viewer_client, contract):
    page = look(viewer_client, contract, f"?from=1&to={10**17}", 404).content.decode()
    assert f"has no version {10**17}." in page
    assert "the newest is version 1." in page
    assert '<option value="1"' in page


def test_an_unknown_contract_is_not_found(viewer_client):
    assert viewer_client.get("/contracts/nope/compare/").status_code == 404


def test_a_contract_without_a_history_says_why(viewer_client, mongo):
    mongo.contracts.insert_one({"contract_id": "theirs", "account_id": "a"})
    page = viewer_client.get("/contracts/theirs/compare/").content.decode()
    assert "No versions recorded yet" in page


def test_nobody_compares_without_the_right_to_see(client, contract):
    assert client.get(address(contract)).status_code == 302


def test_who_may_not_change_is_offered_no_restore(viewer_client, manager_client, contract):
    edit(contract, notes="a")
    path = f"/contracts/{contract.contract_id}/history/1/restore/"
    assert path not in look(viewer_client, contract).content.decode()
    page = look(manager_client, contract).content.decode()
    assert (path in page, "/history/2/restore/" in page) == (True, False)


def many(mongo, contract, number):
    """A history as long as wanted, each version with its number in the notes."""
    first = mongo.contract_revisions.find_one({"contract_id": contract.contract_id})
    entries = [
        {key: value for key, value in first.items() if key != "_id"}
        | {"version": n, "edit_id": f"e{n}", "document": first["document"] | {"notes": f"note {n}", "version": n}}
        for n in range(2, number + 1)
    ]
    mongo.contract_revisions.insert_many(entries)
    mongo.contracts.update_one({"contract_id": contract.contract_id}, {"$set": entries[-1]["document"]})


def test_of_a_long_history_the_newest_are_listed_and_others_asked_for_by_number(viewer_client, contract, mongo):
    many(mongo, contract, 300)
    page = look(viewer_client, contract, "?from=299&to=300").content.decode()
    assert page.count("<option") == 2 * MOST_CHOICES
    assert 'name="from_number"' in page
    typed = viewer_client.get(address(contract, "?from=299&from_number=7&to=300&to_number=&show=all"))
    assert typed.url == address(contract, "?from=7&to=300&show=all")
    older = viewer_client.get(typed.url)
    assert (sides(older), differing(older)) == ([7, 300], ["Notes"])
    assert '<option value="7" selected>' in older.content.decode()


@pytest.mark.parametrize("query", ["", "?from=250&to=260", "?from=299&to=300", "?from=260&to=now"])
def test_recent_versions_take_two_operations(viewer_client, contract, mongo, counted, query):
    many(mongo, contract, 300)
    viewer_client.get("/")
    with counted() as commands:
        look(viewer_client, contract, query)
    assert commands == ["find", "aggregate"]


def test_hostile_text_stays_text(viewer_client, manager_client, contract, mongo):
    add_ons = (AddOn(name=HOSTILE, monthly_fee=Decimal(1)),)
    edit(contract, HOSTILE, account_name=HOSTILE, notes=HOSTILE, tags=(HOSTILE,), add_ons=add_ons)
    mongo.contract_revisions.update_many({}, {"$set": {"actor.name": HOSTILE}})
    for query in ("?from=1&to=2", "?from=2&to=1&show=all"):
        assert "<script>alert" not in look(viewer_client, contract, query).content.decode()
    bad = viewer_client.get(address(contract), {"from": HOSTILE}).content.decode()
    assert "<script>alert" not in bad


FOREIGN = {
    "base_monthly_fee": "a lot",
    "start_date": "last spring",
    "add_ons": [7, {"name": "Sandbox", "monthly_fee": "x", "colour": "red"}],
    "usage_based_pricing": {"trade_volume_tiers": "none"},
    "usage_limits": 5,
    "features": [{"a": 1}],
    "tags": "vip",
    "sla_terms": {"penalty_terms": ["a", "b"]},
    "end_date": datetime(2300, 1, 1, tzinfo=UTC),
}


def test_what_cannot_be_read_is_shown_as_such_and_differs(viewer_client, contract, mongo):
    mongo.contracts.update_one({"contract_id": contract.contract_id}, {"$set": FOREIGN})
    response = look(viewer_client, contract, "?from=1&to=now")
    expected = {
        "Base fee a month",
        "Start",
        "Add-ons",
        "Volume tiers",
        "Trades a month",
        "Features",
        "Penalty terms",
    }
    assert expected - set(differing(response)) == set()
    page = response.content.decode()
    for words in ("“a lot” (text)", "“7” (whole number)", "“x” (text)", "colour: red", "cannot be read"):
        assert words in page


@pytest.mark.parametrize("document", [None, "text", [], 7, {}, {"contract_id": 7, "version": "one"}])
def test_versions_that_others_wrote_are_compared_as_far_as_they_go(viewer_client, contract, mongo, document):
    edit(contract, notes="a")
    mongo.contract_revisions.update_one({"version": 1}, {"$set": {"document": document, "at": "then", "actor": 7}})
    assert sides(look(viewer_client, contract, "?from=1&to=2&show=all")) == [1, 2]


@pytest.mark.parametrize("version", ["one", 2.5, None, {"a": 1}, float("nan")])
def test_a_live_version_that_is_no_number_is_ahead(viewer_client, contract, mongo, version):
    edit(contract, notes="a")
    mongo.contracts.update_one({"contract_id": contract.contract_id}, {"$set": {"version": version}})
    assert 'value="now"' in look(viewer_client, contract, "?from=1&to=2").content.decode()


def test_revisions_without_a_usable_number_are_left_out_of_the_choice(viewer_client, contract, mongo):
    edit(contract, notes="a")
    mongo.contract_revisions.insert_one({"contract_id": contract.contract_id, "version": "x", "edit_id": "e"})
    page = look(viewer_client, contract, "?from=1&to=2").content.decode()
    assert page.count("<option") == 2 * 3  # both versions, and the live contract: the newest revision is not it


def test_an_outage_is_told(viewer_client, contract, away):
    with away():
        assert viewer_client.get(address(contract)).status_code == 503


def test_the_history_leads_to_comparisons(viewer_client, contract):
    edit(edit(contract, notes="a"), notes="b")
    page = viewer_client.get(f"/contracts/{contract.contract_id}/history/").content.decode()
    for link in ("?from=1&amp;to=2", "?from=2&amp;to=3"):
        assert address(contract, link) in page
    assert '<form method="get" action="' + address(contract) in page


def test_a_version_leads_to_its_comparison(viewer_client, contract):
    edit(contract, notes="a")
    base = f"/contracts/{contract.contract_id}/history/"
    assert address(contract, "?from=1&amp;to=2") in viewer_client.get(f"{base}1/").content.decode()
    assert address(contract, "?to=2") in viewer_client.get(f"{base}2/").content.decode()


def test_rows_of_a_pricing_without_tiers_are_told(viewer_client, contract):
    edit(contract, usage_based_pricing=Pricing(), end_date=date(2027, 6, 30))
    response = look(viewer_client, contract, "?from=1&to=2")
    assert {"Volume tiers", "Value tiers", "Last day", "Renewal date"} <= set(differing(response))
