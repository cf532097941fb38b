"""Imports as a browser takes them: sent, looked over and carried out."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from contracts import exporting, repository, services
from contracts.documents import to_document
from contracts.seen import seen_of
from contracts.uploads.repository import COLLECTIONS
from tests.factories import MAYA, MAYAS_FILE, make_contract

UPLOAD = "/contracts/import/"
MINIMAL = "account_id,start_date,base_monthly_fee\n"


def line(**terms):
    """A contract as a line of NDJSON, as our own export writes it."""
    return next(exporting.lines([to_document(make_contract(**terms))])).text


def lines(*accounts):
    return "".join(line(account_id=account, account_name=f"Name of {account}") for account in accounts)


def table(count, first=0):
    return MINIMAL + "".join(f"acct-{n},2026-01-01,99.00\n" for n in range(first, first + count))


def send(browser, content, name="contracts.ndjson", mode="new", **more):
    content = content if isinstance(content, bytes) else content.encode()
    return browser.post(UPLOAD, {"file": SimpleUploadedFile(name, content), "mode": mode, **more})


def sent(browser, content, name="contracts.ndjson", mode="new"):
    """The address of the import that a file becomes."""
    answer = send(browser, content, name, mode)
    assert answer.status_code == 302, answer.content.decode()
    return re.match(f"{UPLOAD}[0-9a-f-]+/", answer["Location"])[0]


def id_of(address):
    return address.split("/")[-2]


def run(browser, address):
    """Press Continue until there is nothing to go on with; the page that is there then."""
    while b'id="running"' in (page := browser.get(address)).content:
        assert browser.post(f"{address}go-on/").status_code == 302
    return page.content.decode()


def previewed(browser, content, name="contracts.ndjson", mode="new"):
    address = sent(browser, content, name, mode)
    return address, run(browser, address)


def start(browser, address, page):
    plan = re.search(r'name="plan" value="([^"]+)"', page)[1]
    return browser.post(f"{address}start/", {"plan": plan})


def imported(browser, content, name="contracts.ndjson", mode="new"):
    address, page = previewed(browser, content, name, mode)
    start(browser, address, page)
    return run(browser, address)


def tabs(page):
    """Label → number of the tabs of a preview or a report."""
    found = re.findall(r"<a href=\"\?show=[^>]+>(\w+) <span>([\d,]+)</span>", page)
    return {label: int(number.replace(",", "")) for label, number in found}


def in_words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def let_pass(mongo, time):
    """As if so much time had gone since anybody did anything; MongoDB takes away what has expired by then."""
    for name in COLLECTIONS:
        for found in list(mongo[name].find()):
            mongo[name].update_one({"_id": found["_id"]}, {"$set": {"expires_at": found["expires_at"] - time}})
        mongo[name].delete_many({"expires_at": {"$lt": datetime.now(UTC).replace(tzinfo=None)}})


def created(**terms):
    return services.create(make_contract(**terms), actor=MAYAS_FILE).contract


def changed_by_tom(contract, **terms):
    live = repository.document(contract.contract_id)
    wanted = replace(contract, **terms)
    return services.update(wanted, contract_id=contract.contract_id, seen=seen_of(live), actor=MAYA).contract
