"""Bulk changes as a browser takes them: ticked, told what to do, looked over and carried out."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.contrib.messages import get_messages

from contracts import repository, services
from contracts.bulk import repository as runs
from contracts.bulk.model import RUNNING, Run
from contracts.seen import seen_of
from tests.factories import MAYAS_FILE, NOW, TOM, make_contract

BULK = "/contracts/bulk/"
TODAY = datetime.now(UTC).date()
LATER = TODAY + timedelta(days=300)
TAGS = {"what": "tags", "add": "new"}
PRICES = {"what": "prices", "percent": "10", "parts": ["base"]}


def made(number=1, **terms):
    names = {"account_id": f"acct-{number}", "account_name": f"Account {number:04}"}
    dates = {"start_date": TODAY - timedelta(days=65), "end_date": LATER}
    return services.create(make_contract(**(names | dates | terms)), actor=MAYAS_FILE, now=NOW).contract


def many(mongo, number):
    """That many contracts as another service would write them: quickly, and without a history."""
    whole = repository.document(made(0).contract_id)
    del whole["_id"]
    mongo.contracts.delete_many({})
    names = (
        {"contract_id": f"c-{n}", "account_id": f"a-{n}", "account_name": f"Account {n:04}"} for n in range(number)
    )
    mongo.contracts.insert_many([whole | name for name in names])


def live(contract):
    return repository.get(contract.contract_id)


def changed(contract, **terms):
    """The contract after somebody else has changed it."""
    seen = seen_of(repository.document(contract.contract_id))
    wanted = replace(live(contract), **terms)
    return services.update(wanted, contract_id=contract.contract_id, seen=seen, actor=TOM).contract


def begun(client, *contracts, **more):
    """Tick contracts, or whatever `more` says; the address of the run that waits for its order."""
    response = client.post(BULK, {"scope": "ticked", "id": [one.contract_id for one in contracts], **more})
    assert response.status_code == 302
    return response.url.removesuffix("choose/")


def choose(client, run, **entries):
    response = client.post(f"{run}choose/", entries)
    assert response.status_code == 302, messages_of(response)
    return finish(client, run)


def finish(client, run):
    """Ask for slices as the page does, until there is nothing to do; the page then."""
    for _ in range(200):
        page = client.get(run)
        if b'id="running"' not in page.content:
            return page
        assert client.post(f"{run}go-on/").status_code == 302
    raise AssertionError("The run does not end.")


def carry_out(client, run, **entries):
    assert client.post(f"{run}start/", plan_of(client, run) | entries).status_code == 302
    return finish(client, run)


def plan_of(client, run):
    return {"plan": re.search(r'name="plan" value="([^"]+)"', text(client.get(run)))[1]}


def done(client, *contracts, **entries):
    """A run from the ticks to the result; its address."""
    run = begun(client, *contracts)
    choose(client, run, **entries)
    carry_out(client, run)
    return run


def text(response):
    return response.content.decode()


def words_of(response):
    """What the page says, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def messages_of(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def found(run) -> Run:
    return runs.find(run.split("/")[-2], None)


def undone(client, run):
    """Undo a run, from the press to the result; the address of the run that did it."""
    back = client.post(f"{run}undo/").url
    finish(client, back)
    carry_out(client, back)
    return back


def forget(mongo, run, counts):
    """As if the process had ended after saving, before anything was noted."""
    run_id = found(run).run_id
    mongo.bulk_runs.update_one({"_id": run_id}, {"$set": {"state": RUNNING, "at": 0, "counts": counts}})
    mongo.bulk_rows.update_many({"run": run_id}, {"$set": {"outcome": "changed"}, "$unset": {"version": 1}})
