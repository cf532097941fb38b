"""The rows of an import are written: in slices, in two windows, after a closed page, a stop and an outage."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from contracts import repository, revisions, services
from contracts.seen import seen_of
from contracts.uploads import repository as uploads
from contracts.uploads import running
from contracts.uploads.model import LIFETIME, WRITING_LIFETIME
from mongo import client as mongo_client
from mongo.claims import CLAIM
from tests.conftest import client_for
from tests.contracts.views.imports import (
    MINIMAL,
    UPLOAD,
    changed_by_tom,
    created,
    id_of,
    imported,
    in_words,
    let_pass,
    line,
    lines,
    previewed,
    run,
    send,
    sent,
    start,
    table,
    tabs,
)
from tests.factories import MAYA
from tests.proxy import Proxy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mongo")]


def test_pressed_twice_it_imports_once(manager_client, mongo):
    address, page = previewed(manager_client, table(30), "a.csv")
    for _ in range(2):
        assert start(manager_client, address, page)["Location"] == address
    run(manager_client, address)
    start(manager_client, address, page)
    assert (mongo.contracts.count_documents({}), mongo.contract_revisions.count_documents({})) == (30, 30)
    assert tabs(run(manager_client, address))["Added"] == 30


def test_while_one_window_is_at_it_another_does_nothing(manager_client, manager, mongo):
    address, page = previewed(manager_client, table(3), "a.csv")
    start(manager_client, address, page)
    other = uploads.claim(id_of(address), manager.pk)
    page = manager_client.post(f"{address}go-on/", headers={"HX-Request": "true"}).content.decode()
    assert ("<b>0</b> of 3 rows" in page, 'hx-trigger="every 4s"' in page) == (True, True)
    assert mongo.contracts.count_documents({}) == 0
    with other.released():
        pass
    run(manager_client, address)
    assert mongo.contracts.count_documents({}) == 3


def test_a_window_that_died_is_taken_over_after_a_while(manager_client, manager, mongo):
    address, page = previewed(manager_client, table(3), "a.csv")
    start(manager_client, address, page)
    long_ago = datetime.now(UTC) - CLAIM - timedelta(seconds=1)
    assert uploads.claim(id_of(address), manager.pk, now=long_ago)
    run(manager_client, address)
    assert mongo.contracts.count_documents({}) == 3


def test_a_slice_that_comes_again_imports_nothing_twice(manager_client, mongo):
    address, page = previewed(manager_client, table(5), "a.csv")
    start(manager_client, address, page)
    before = mongo.imports.find_one()
    manager_client.post(f"{address}go-on/")
    # As after a crash between the rows and the note of them.
    mongo.imports.replace_one({}, before)
    mongo.import_pieces.delete_many({})
    report = run(manager_client, address)
    assert tabs(report)["Added"] == 5
    assert mongo.contract_revisions.count_documents({}) == 5


def test_a_closed_page_goes_on_when_it_is_opened_again(manager_client, manager, mongo):
    address, page = previewed(manager_client, table(60), "a.csv")
    start(manager_client, address, page)
    actor = replace(MAYA, via="import")
    running.go_on(id_of(address), manager.pk, actor=actor, seconds=0)
    assert mongo.contracts.count_documents({}) == 1
    assert "Stopped in the middle" in manager_client.get(UPLOAD).content.decode()
    assert "<b>1</b> of 60" in manager_client.get(address).content.decode()
    run(client_for(manager), address)
    assert mongo.contracts.count_documents({}) == 60


def test_comparing_stops_and_goes_on_in_the_middle_of_a_table(manager_client, manager):
    rows = "".join(f'acct-{n},2026-01-01,99.00,"one\ntwo"\n\n' for n in range(500))
    address = sent(manager_client, f"account_id,start_date,base_monthly_fee,notes\n{rows}acct-9,,,\n", "a.csv")
    running.go_on(id_of(address), manager.pk, actor=MAYA, seconds=0)
    assert "<b>200</b> of 501" in manager_client.get(address).content.decode()
    page = run(manager_client, address)
    assert tabs(page)["New"] == 500
    assert "Line 1,502" in in_words(page)


def test_what_somebody_changed_since_the_preview_is_not_overwritten(manager_client):
    contract, other = created(), created(account_id="b")
    text = line(contract_id=contract.contract_id, notes="Mine.")
    text += line(contract_id=other.contract_id, account_id="b", notes="Mine.") + line(account_id="c")
    address, page = previewed(manager_client, text, mode="overwrite")
    changed_by_tom(contract, notes="Theirs.")
    created(account_id="c")
    start(manager_client, address, page)
    report = run(manager_client, address)
    assert tabs(report) == {"Added": 0, "Changed": 1, "Unchanged": 0, "Refused": 2}
    assert "2 rows refused after the preview" in in_words(report)
    assert "Somebody changed the contract after it was compared" in report
    assert "Account c has a contract already." in report
    assert repository.get(contract.contract_id).notes == "Theirs."


def test_what_somebody_deleted_since_the_preview_is_told(manager_client):
    contract = created()
    address, page = previewed(manager_client, line(contract_id=contract.contract_id, notes="x"), mode="overwrite")
    seen = seen_of(repository.document(contract.contract_id))
    services.delete(contract_id=contract.contract_id, seen=seen, actor=MAYA)
    start(manager_client, address, page)
    assert "Somebody deleted the contract" in run(manager_client, address)


def test_a_preview_that_is_out_of_date_starts_nothing(manager_client, mongo):
    address, page = previewed(manager_client, lines("a"))
    manager_client.post(f"{address}check/", {"mode": "update"})
    run(manager_client, address)
    answer = manager_client.post(
        f"{address}start/", {"plan": re.search(r'name="plan" value="([^"]+)"', page)[1]}, follow=True
    )
    assert "compared anew in another window" in answer.content.decode()
    assert mongo.imports.find_one()["state"] == "checked"


def test_what_is_imported_cannot_be_discarded_or_compared_again(manager_client, mongo):
    address, page = previewed(manager_client, lines("a"))
    start(manager_client, address, page)
    manager_client.post(f"{address}discard/")
    manager_client.post(f"{address}check/", {"mode": "overwrite"})
    assert tabs(run(manager_client, address))["Added"] == 1
    assert mongo.import_pieces.count_documents({}) == 0


def test_a_report_is_discarded_and_what_was_imported_stays(manager_client, mongo):
    address, page = previewed(manager_client, lines("a"))
    start(manager_client, address, page)
    run(manager_client, address)
    answer = manager_client.post(f"{address}discard/", follow=True)
    assert "What was imported stays." in answer.content.decode()
    assert (mongo.contracts.count_documents({}), mongo.import_rows.count_documents({})) == (1, 0)


def test_money_and_days_are_stored_in_their_own_types(manager_client, mongo):
    imported(manager_client, MINIMAL + "a,2026-01-01,0.1\n", "a.csv")
    assert (
        mongo.contracts.count_documents({"base_monthly_fee": {"$type": "decimal"}, "start_date": {"$type": "date"}})
        == 1
    )
    assert repository.get_by_account("a").base_monthly_fee == Decimal("0.1")


@pytest.fixture
def unique_notes(mongo):
    """A MongoDB that takes each note once: a refusal that nobody foresees."""
    mongo.contract_revisions.create_index("document.notes", unique=True, name="for_this_test")
    yield
    mongo.contract_revisions.drop_index("for_this_test")


def test_what_mongodb_refuses_is_a_refused_row_and_the_others_are_imported(manager_client, unique_notes):
    contracts = [created(account_id=name, notes=name) for name in "abc"]
    notes = ("Same.", "Same.", "Another.")
    content = "".join(
        line(contract_id=one.contract_id, account_id=one.account_id, notes=text)
        for one, text in zip(contracts, notes, strict=True)
    )
    report = imported(manager_client, content, mode="overwrite")
    assert tabs(report) == {"Added": 0, "Changed": 2, "Unchanged": 0, "Refused": 1}
    assert "The value of document.notes is taken already." in report


def test_it_is_stopped_and_goes_on_later(manager_client, manager, mongo):
    address, page = previewed(manager_client, table(5), "a.csv")
    start(manager_client, address, page)
    assert f"{address}stop/" in manager_client.get(address).content.decode()
    running.go_on(id_of(address), manager.pk, actor=MAYA, seconds=0)
    manager_client.post(f"{address}stop/")
    manager_client.post(f"{address}go-on/")
    assert "1 of 5 rows done" in in_words(manager_client.get(address).content.decode())
    manager_client.post(f"{address}resume/")
    assert tabs(run(manager_client, address))["Added"] == 5


def test_a_stopped_import_is_discarded_once_its_last_slice_is_over(manager_client, manager, mongo):
    address, page = previewed(manager_client, table(3), "a.csv")
    start(manager_client, address, page)
    running.go_on(id_of(address), manager.pk, actor=MAYA, seconds=0)
    last = uploads.claim(id_of(address), manager.pk)
    manager_client.post(f"{address}stop/")
    page = manager_client.get(address).content.decode()
    assert ("<h1>Stopping</h1>" in page, f"{address}discard/" in page) == (True, False)
    manager_client.post(f"{address}discard/")
    with last.released():
        pass
    assert f"{address}discard/" in manager_client.get(address).content.decode()
    answer = manager_client.post(f"{address}discard/", follow=True)
    assert "What was imported stays." in answer.content.decode()
    assert (mongo.contracts.count_documents({}), mongo.import_rows.count_documents({})) == (1, 0)


def test_one_that_is_half_written_is_gone_on_with_days_later(manager_client, manager, mongo):
    address, page = previewed(manager_client, table(3), "a.csv")
    let_pass(mongo, LIFETIME - timedelta(minutes=1))
    start(manager_client, address, page)
    running.go_on(id_of(address), manager.pk, actor=MAYA, seconds=0)
    let_pass(mongo, WRITING_LIFETIME - timedelta(minutes=1))
    run(manager_client, address)
    assert mongo.contracts.count_documents({}) == 3
    let_pass(mongo, LIFETIME - timedelta(minutes=1))
    assert "acct-2<" in manager_client.get(address).content.decode()
    let_pass(mongo, timedelta(minutes=2))
    assert manager_client.get(address).status_code == 404


def test_a_report_of_nothing_says_so(manager_client):
    address, page = previewed(manager_client, line(account_id="a"))
    created(account_id="a")
    start(manager_client, address, page)
    assert "Nothing was imported" in run(manager_client, address)
    assert "Nothing was imported" in manager_client.get(UPLOAD).content.decode()
    answer = manager_client.post(f"{address}discard/", follow=True)
    assert "Nothing of it was written." in answer.content.decode()


# MongoDB away ----------------------------------------------------------------------------------------------


def test_an_outage_in_the_middle_is_told_and_gone_on_from(manager_client, manager, away):
    address, page = previewed(manager_client, table(60), "a.csv")
    start(manager_client, address, page)
    running.go_on(id_of(address), manager.pk, actor=MAYA, seconds=0)
    assert repository.count() == 1
    with away():
        answer = manager_client.post(f"{address}go-on/", headers={"HX-Request": "true"})
        assert (answer.status_code, answer["HX-Retarget"]) == (200, "#stalled")
        assert "It has stopped for the moment" in answer.content.decode()
        assert manager_client.post(f"{address}go-on/").status_code == 503
    assert tabs(run(manager_client, address))["Added"] == 60


def test_a_connection_that_is_lost_in_the_middle_imports_nothing_twice(manager_client, mongo_uri, settings):
    address, page = previewed(manager_client, table(20), "a.csv")
    start(manager_client, address, page)
    with Proxy(mongo_uri) as between:
        settings.MONGODB_URI = between.uri
        mongo_client.close()
        between.lose_answer = 60
        manager_client.post(f"{address}go-on/", headers={"HX-Request": "true"})
        settings.MONGODB_URI = mongo_uri
        between.heal()
        mongo_client.close()
    assert tabs(run(manager_client, address))["Added"] == 20
    assert mongo_client.database().contract_revisions.count_documents({}) == 20


def test_a_file_that_could_not_be_kept_is_told_and_the_choice_stays(manager_client, away):
    with away():
        answer = send(manager_client, lines("a"), mode="overwrite")
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "The file was not kept" in page
    assert re.search(r'value="overwrite"[^>]*checked', page)


# For htmx --------------------------------------------------------------------------------------------------


def test_the_page_asks_for_slices_and_is_told_when_all_is_done(manager_client):
    address = sent(manager_client, lines("a"))
    answer = manager_client.post(f"{address}go-on/", headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"


def test_a_slice_in_between_answers_with_the_progress_alone(manager_client, manager):
    address = sent(manager_client, table(500), "a.csv")
    uploads.claim(id_of(address), manager.pk)
    page = manager_client.post(f"{address}go-on/", headers={"HX-Request": "true"}).content.decode()
    assert ("<b>0</b> of 500 rows" in page, "<html" in page) == (True, False)


def test_the_address_of_a_slice_is_no_page(manager_client):
    address = sent(manager_client, lines("a"))
    assert manager_client.get(f"{address}go-on/").status_code == 405


def cancelling(*contracts):
    return "contract_id,status,end_date\n" + "".join(
        f"{one.contract_id},cancelled,2026-12-31\n" for one in contracts
    )


def test_a_file_that_cancels_says_so_and_asks_for_a_tick_and_a_reason(manager_client):
    one, other = created(account_id="a"), created(account_id="b")
    address, page = previewed(manager_client, cancelling(one, other), "ended.csv", "overwrite")
    assert "This file cancels 2 contracts" in page
    plan = {"plan": re.search(r'name="plan" value="([^"]+)"', page)[1]}
    for entries in ({}, {"confirm": "on"}, {"reason": "They left"}):
        answer = manager_client.post(f"{address}start/", plan | entries)
        assert answer.status_code == 422
    told = in_words(answer.content.decode())
    assert "Tick this to cancel 2 contracts." in told
    assert "They left" in answer.content.decode()
    assert repository.get(one.contract_id).status == "active"
    manager_client.post(f"{address}start/", plan | {"confirm": "on", "reason": "They left"})
    assert tabs(run(manager_client, address))["Changed"] == 2
    revision = revisions.get(one.contract_id, 2)
    assert revision["reason"] == "They left (imported from ended.csv)"


def test_a_reason_for_cancelling_is_no_reason_of_the_other_rows(manager_client):
    one, other = created(account_id="a"), created(account_id="b")
    content = cancelling(one) + f"{other.contract_id},active,2030-12-31\n"
    address, page = previewed(manager_client, content, "ended.csv", "overwrite")
    assert "This file cancels 1 contract" in page
    plan = {"plan": re.search(r'name="plan" value="([^"]+)"', page)[1]}
    manager_client.post(f"{address}start/", plan | {"confirm": "on", "reason": "They left"})
    run(manager_client, address)
    assert revisions.get(other.contract_id, 2)["reason"] == "Imported from ended.csv"


def test_the_history_names_the_file(manager_client):
    imported(manager_client, table(1), "prices of May.csv")
    contract = repository.get_by_account("acct-0")
    assert revisions.get(contract.contract_id, 1)["reason"] == "Imported from prices of May.csv"


def test_a_file_that_cancels_nothing_asks_for_neither(manager_client):
    page = previewed(manager_client, table(1), "a.csv")[1]
    assert ("cancels" in page, 'name="confirm"' in page) == (False, False)


def test_the_report_calls_rows_that_were_added_added(manager_client):
    address, page = previewed(manager_client, table(1), "a.csv")
    assert b",new," in manager_client.get(f"{address}rows.csv").getvalue()
    start(manager_client, address, page)
    run(manager_client, address)
    content = manager_client.get(f"{address}rows.csv").getvalue()
    assert (b",added," in content, b",new," in content) == (True, False)
