"""Every page of the logs in every state worth looking at: how a browser gets there."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from mongo.client import Document
from tests.browser.pages import Visit, own_view
from tests.browser.steps import address
from tests.logs import entries
from tests.logs.entries import MADE, audit_entry, stored, transaction
from tests.logs.hostile import VALUES

HOUR = timedelta(hours=1)
# What may keep a page from being looked at as it ends up: its parts come after it.
IDLE = "networkidle"
WORDS = "<b>Words</b> that nobody may take for anything else, and many of them, without an end in sight "


def fill(visit: Visit, log: str) -> Document:
    """Entries of three days: ours, those of others in every shape, and one without a date; returns the newest."""
    now = datetime.now(UTC)
    for number in range(30):
        stored(visit.mongo, log, MADE[log](timestamp=now - (2 * number + 2) * HOUR, createdAt=now))
    for number, (name, value) in enumerate(VALUES.items()):
        odd = {"_id": f"{name} {number}", "timestamp": now - (number + 1) * HOUR, "status": value, "userId": value}
        stored(visit.mongo, log, {**odd, "action": value, "entity": value, "amount": value, "duration": value})
    stored(visit.mongo, log, MADE[log](timestamp=now - HOUR / 2, status="failed", action=WORDS, type=WORDS * 3))
    stored(visit.mongo, log, MADE[log](timestamp="soon"))
    return stored(visit.mongo, log, MADE[log](timestamp=now - HOUR / 3))


def arrive(visit: Visit, path: str, status: int = 200) -> None:
    visit.open(path, status)
    visit.page.wait_for_load_state(IDLE)


def explorer(visit: Visit, log: str, query: str = "", status: int = 200) -> None:
    fill(visit, log)
    arrive(visit, f"/logs/{log}/{query}", status)


def transactions(visit: Visit) -> None:
    explorer(visit, "transactions")


def agents(visit: Visit) -> None:
    explorer(visit, "agents")


def audit(visit: Visit) -> None:
    """The trail with what of it goes next."""
    old = datetime.now(UTC) - timedelta(days=visit.settings.AUDIT_RETENTION_DAYS - 3)
    stored(visit.mongo, "audit", audit_entry(timestamp=old, createdAt=old))
    explorer(visit, "audit")
    expect(visit.page.locator(".retention")).to_contain_text("The oldest entry")


def log_filtered(visit: Visit) -> None:
    explorer(visit, "transactions", "?q=tx&status=failed&-type=deposit&zone=Asia/Tokyo&last=all")


def log_wide(visit: Visit) -> None:
    names = "transactionId,userId,type,amount,currency,status,metadata,metadata.channel,createdAt,entryId"
    explorer(visit, "transactions", f"?columns={names}&order=oldest&last=all")


def log_time_open(visit: Visit) -> None:
    explorer(visit, "agents")
    visit.page.locator("#log-time").click()


def log_columns_open(visit: Visit) -> None:
    explorer(visit, "agents")
    visit.page.locator("#log-columns").click()


def log_export_open(visit: Visit) -> None:
    explorer(visit, "audit")
    visit.page.get_by_text("Export", exact=True).click()


def log_views_open(visit: Visit) -> None:
    explorer(visit, "audit")
    visit.page.locator("#views-summary").click()
    visit.page.get_by_role("link", name="Sign-ins that failed").wait_for()


def log_empty(visit: Visit) -> None:
    arrive(visit, "/logs/transactions/")


def log_nothing_in_time(visit: Visit) -> None:
    stored(visit.mongo, "transactions", transaction(timestamp=datetime.now(UTC) - 90 * 24 * HOUR))
    arrive(visit, "/logs/transactions/?last=1h")


def log_no_match(visit: Visit) -> None:
    explorer(visit, "agents", "?status=nothing&last=all")


def log_complaints(visit: Visit) -> None:
    explorer(visit, "agents", "?colour=red&last=tomorrow&order=%3Cb%3E", 400)


def log_lost_place(visit: Visit) -> None:
    explorer(visit, "agents", "?after=nowhere", 400)


def log_undated(visit: Visit) -> None:
    fill(visit, "transactions")
    arrive(visit, "/logs/transactions/undated/")


def log_undated_none(visit: Visit) -> None:
    arrive(visit, "/logs/audit/undated/")


def log_part(visit: Visit) -> None:
    """What stands beside a list, by itself: there is no other way to it without JavaScript."""
    fill(visit, "agents")
    arrive(visit, "/logs/agents/values/status/")


def log_part_chart(visit: Visit) -> None:
    fill(visit, "agents")
    arrive(visit, "/logs/agents/histogram/")


def log_tail(visit: Visit) -> None:
    explorer(visit, "transactions", "?tail=1")
    stored(visit.mongo, "transactions", transaction(timestamp=datetime.now(UTC)))
    expect(visit.page.locator("tr.added")).to_have_count(1)


def log_tail_paused(visit: Visit) -> None:
    explorer(visit, "transactions", "?tail=1")
    visit.page.get_by_role("button", name="Pause").click()
    stored(visit.mongo, "transactions", transaction(timestamp=datetime.now(UTC)))
    expect(visit.page.locator("[data-news]")).to_have_text("1 new")


def log_panel(visit: Visit) -> None:
    entry = fill(visit, "audit")
    arrive(visit, f"/logs/audit/?entry={entry['_id']}")
    visit.page.locator("#entry [data-entry]").wait_for()


def entry_of_transactions(visit: Visit) -> None:
    arrive(visit, entries.address("transactions", fill(visit, "transactions")["_id"]))


def entry_of_agents(visit: Visit) -> None:
    arrive(visit, entries.address("agents", fill(visit, "agents")["_id"]))


def entry_of_audit(visit: Visit) -> None:
    arrive(visit, entries.address("audit", fill(visit, "audit")["_id"]))


def entry_of_others(visit: Visit) -> None:
    own = stored(visit.mongo, "agents", {"_id": "another id", "output": VALUES, "error": WORDS * 40})
    arrive(visit, entries.address("agents", own["_id"]))


def entry_of_others_asked_oddly(visit: Visit) -> None:
    own = fill(visit, "agents")
    arrive(visit, entries.address("agents", own["_id"], "?colour=red"))


def entry_gone(visit: Visit) -> None:
    visit.open("/logs/audit/65a1b2c3d4e5f60718293a4b/", 404)


def log_export_refused(visit: Visit) -> None:
    visit.open("/logs/audit/export.csv?colour=red", 400)


def log_views_own(visit: Visit) -> None:
    own_view("Failures of one account", "status=failed&userId=acct-1", "logs/transactions")
    own_view("Not valid any more", "colour=red", "logs/transactions")
    visit.open("/logs/transactions/views/")


def log_view_save(visit: Visit) -> None:
    visit.open("/logs/audit/views/save/?action=export.downloaded&last=7d")


def analytics(visit: Visit) -> None:
    fill(visit, "transactions")
    arrive(visit, "/logs/transactions/analytics/")


def analytics_empty(visit: Visit) -> None:
    arrive(visit, "/logs/transactions/analytics/?userId=nobody")


def analytics_complaints(visit: Visit) -> None:
    visit.open("/logs/transactions/analytics/?last=tomorrow", 400)


def one_transaction(visit: Visit) -> None:
    fill(visit, "transactions")
    arrive(visit, "/logs/transactions/of/?transactionId=tx_1")


def one_transaction_unknown(visit: Visit) -> None:
    visit.open("/logs/transactions/of/?transactionId=nothing", 404)


def one_transaction_unnamed(visit: Visit) -> None:
    visit.open("/logs/transactions/of/", 400)


def below_a_contract(visit: Visit) -> None:
    fill(visit, "transactions")
    arrive(visit, address(visit.contract, "log/transactions/"))


def entry_below_a_contract(visit: Visit) -> None:
    own = fill(visit, "agents")
    arrive(visit, address(visit.contract, f"log/agents/{own['_id']}/"))


def below_a_contract_empty(visit: Visit) -> None:
    arrive(visit, address(visit.contract, "log/agents/"))


# For an administrator, who may see all of them.
LOG_PAGES: tuple[Callable[[Visit], None], ...] = (
    transactions,
    agents,
    audit,
    log_filtered,
    log_wide,
    log_time_open,
    log_columns_open,
    log_export_open,
    log_views_open,
    log_empty,
    log_nothing_in_time,
    log_no_match,
    log_complaints,
    log_lost_place,
    log_undated,
    log_undated_none,
    log_part,
    log_part_chart,
    log_tail,
    log_tail_paused,
    log_panel,
    entry_of_transactions,
    entry_of_agents,
    entry_of_audit,
    entry_of_others,
    entry_of_others_asked_oddly,
    entry_gone,
    log_export_refused,
    log_views_own,
    log_view_save,
    analytics,
    analytics_empty,
    analytics_complaints,
    one_transaction,
    one_transaction_unknown,
    one_transaction_unnamed,
)
# For an account manager, who sees the entries of an account below its contract.
BELOW_A_CONTRACT: tuple[Callable[[Visit], None], ...] = (
    below_a_contract,
    entry_below_a_contract,
    below_a_contract_empty,
)
