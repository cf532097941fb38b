"""Every page in every state worth looking at: how a browser gets there."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bson import ObjectId
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page
from pymongo.database import Database
from pytest_django import Settings

from contracts.domain.model import Contract, VolumeTier
from mongo import client
from mongo.client import Document
from tests.browser.steps import address, change, make
from tests.factories import MAYA
from users import saved
from users.saved import SavedView
from users.tokens import SCOPES, issue, note_refusal, note_use, revoke
from users.tries import CHANGES_OF_USER

NOWHERE = "mongodb://127.0.0.1:1/?directConnection=true"
FOREIGN = {
    "_id": ObjectId("65a1b2c3d4e5f60718293a4b"),
    "contract_id": "contract_of_another_service",
    "account_id": 17,
    "account_name": "Fabrikam <b>& Sons</b>",
    "contract_type": "platinum",
    "status": "on_hold",
    "start_date": "last spring",
    "end_date": "2027-01-31",
    "base_monthly_fee": "a lot",
    "currency": 5,
    "usage_based_pricing": {"trade_volume_tiers": [{"min_trades": "0", "price_per_trade": 0.1}, 7]},
    "usage_limits": {"max_monthly_trades": -1.5},
    "features": "none",
    "add_ons": {"name": "Sandbox"},
    "tags": [{"a": 1}, "vip"],
    "notes": ["a", "list"],
    "version": "one",
}


@dataclass(frozen=True)
class Visit:
    """What leads to a page: the browser, what lies in MongoDB, and the settings it may need."""

    page: Page
    contract: Contract
    mongo: Database[Document]
    settings: Settings

    def open(self, path: str, status: int = 200) -> None:
        answer = self.page.goto(path)
        assert answer.status == status, f"{path} answered {answer.status}"

    def open_form(self, **entries: str) -> None:
        """The contract's form with some fields filled in, by their labels."""
        self.open(address(self.contract, "edit/"))
        for label, value in entries.items():
            self.page.get_by_label(label.replace("_", " ")).fill(value)

    def press(self, name: str, status: int | None = None) -> None:
        """Press what sends a form; where a status is given, the answer is to have it."""
        with self.page.expect_navigation() as answered:
            self.page.get_by_role("button", name=name, exact=True).click()
        assert status in (None, answered.value.status), f"{name} was answered {answered.value.status}"

    def forget_token(self) -> None:
        """What an open form carries is of no use any more, as after a new sign-in."""
        self.page.context.clear_cookies(name=self.settings.CSRF_COOKIE_NAME)


def overview(visit: Visit) -> None:
    visit.open("/")


def overview_empty(visit: Visit) -> None:
    visit.mongo.contracts.delete_many({})
    visit.open("/")


def contracts(visit: Visit) -> None:
    for number in range(2, 12):
        make(account_id=f"acct-{number}", account_name=f"Account {number}", status="draft")
    visit.mongo.contracts.insert_one(dict(FOREIGN))
    visit.open("/contracts/?sort=-end")


def contracts_filtered(visit: Visit) -> None:
    visit.open("/contracts/?q=north&status=active&tag=vip&contract_type=professional&ends=365")


def contracts_empty(visit: Visit) -> None:
    visit.mongo.contracts.delete_many({})
    visit.open("/contracts/")


def contracts_no_match(visit: Visit) -> None:
    visit.open("/contracts/?q=nobody")


def contracts_bad_parameter(visit: Visit) -> None:
    visit.open("/contracts/?status=banana&ends=soon", 400)


def detail(visit: Visit) -> None:
    visit.open(address(visit.contract))


def detail_foreign(visit: Visit) -> None:
    visit.mongo.contracts.insert_one(dict(FOREIGN))
    visit.open(f"/contracts/{FOREIGN['contract_id']}/")


def detail_without_id(visit: Visit) -> None:
    visit.mongo.contracts.insert_one({key: value for key, value in FOREIGN.items() if key != "contract_id"})
    visit.open(f"/contracts/~{FOREIGN['_id']}/")


def edit(visit: Visit) -> None:
    visit.open_form(Notes="Changed.")
    visit.page.get_by_role("button", name="Add a volume tier").click()
    visit.page.get_by_role("button", name="Remove Add-on 1").click()


def edit_foreign(visit: Visit) -> None:
    visit.mongo.contracts.insert_one(dict(FOREIGN))
    visit.open(f"/contracts/{FOREIGN['contract_id']}/edit/")


def edit_errors(visit: Visit) -> None:
    visit.open_form(Base_fee_a_month="a lot", Notice_in_days="400", Currency="XXX")
    visit.page.locator("#volume-1-row").get_by_label("From trade").fill("5")
    visit.press("Save changes")


def edit_review(visit: Visit) -> None:
    visit.open_form(Base_fee_a_month="310", Notes="")
    visit.page.get_by_role("button", name="Remove Add-on 1").click()
    visit.press("Review")


def edit_conflict(visit: Visit) -> None:
    visit.open_form(Base_fee_a_month="310", Tags="mine")
    change(visit.contract, base_monthly_fee=305, tags=("theirs",), notes="", features=("one",))
    visit.press("Save changes")


def edit_gone(visit: Visit) -> None:
    visit.open_form(Notes="Typed.")
    visit.mongo.contracts.delete_many({})
    visit.press("Save changes")


def edit_entries_back(visit: Visit) -> None:
    visit.open_form(Base_fee_a_month="310", Notes="Typed before the session ended.")
    visit.forget_token()
    visit.press("Save changes")
    visit.page.get_by_text("Your entries are back").wait_for()


def new(visit: Visit) -> None:
    visit.open("/contracts/new/?plan=enterprise")


def new_errors(visit: Visit) -> None:
    visit.open("/contracts/new/")
    visit.press("Save contract")


def delete(visit: Visit) -> None:
    visit.open(address(visit.contract, "delete/"))


def delete_refused(visit: Visit) -> None:
    visit.open(address(visit.contract, "delete/"))
    visit.press("Delete for good")


def history(visit: Visit) -> None:
    contract = change(visit.contract, base_monthly_fee=310, add_ons=(), reason="New price list")
    change(contract, MAYA, notes="", status="pending_renewal")
    visit.open(address(visit.contract, "history/"))


def history_deleted(visit: Visit) -> None:
    visit.open(address(visit.contract, "delete/"))
    visit.page.get_by_label("to confirm").fill(visit.contract.contract_id)
    visit.page.get_by_label("Reason").fill("Entered twice")
    visit.press("Delete for good")


def history_bad_place(visit: Visit) -> None:
    visit.open(address(visit.contract, "history/?before=x"), 400)


def revision(visit: Visit) -> None:
    change(visit.contract, base_monthly_fee=310, notes="", reason="New price list")
    visit.open(address(visit.contract, "history/2/"))


def step_renew(visit: Visit) -> None:
    visit.open(address(visit.contract, "renew/"))


def step_cancel_refused(visit: Visit) -> None:
    visit.open(address(visit.contract, "cancel/"))
    visit.press("Cancel the contract", status=422)


def step_with_gaps(visit: Visit) -> None:
    draft = make(account_id="acct-2", status="draft", account_manager="", end_date=None, auto_renewal=False)
    visit.open(address(draft, "activate/"))


def step_closed(visit: Visit) -> None:
    visit.open(address(visit.contract, "reopen/"), status=409)


def step_expire_refused(visit: Visit) -> None:
    visit.open(address(visit.contract, "expire/"))
    visit.page.get_by_label("Last day").fill("2999-12-31")
    visit.press("Mark it as expired", status=422)


def choose_import(visit: Visit, content: str, name: str, mode: str = "new") -> None:
    """Choose a file on the page of the import and send it."""
    visit.open("/contracts/import/")
    file = {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
    visit.page.locator("#id_file").set_input_files(files=[file])
    visit.page.locator(f"[name=mode][value={mode}]").check()
    visit.page.get_by_role("button", name="Upload and preview").click()


def contracts_ticked(visit: Visit) -> None:
    contracts(visit)
    visit.page.get_by_label("Tick Account 2", exact=True).check()
    visit.page.get_by_label("Tick Account 3", exact=True).check()


def bulk_choose(visit: Visit) -> None:
    change(make(account_id="acct-2", account_name="Tailspin"), MAYA, status="cancelled", reason="Merged")
    make(account_id="acct-3", account_name="Fabrikam", currency="JPY", base_monthly_fee=3000)
    visit.open("/contracts/")
    visit.page.get_by_label("Tick all on this page").check()
    visit.press("Change…")
    visit.page.get_by_label("Revise prices by a percentage").check()


def bulk_choose_errors(visit: Visit) -> None:
    bulk_choose(visit)
    visit.page.get_by_label("Percent", exact=True).fill("a lot")
    visit.press("Go on to the preview", 422)


def bulk_preview(visit: Visit) -> None:
    bulk_choose(visit)
    visit.page.get_by_label("Percent", exact=True).fill("3.5")
    visit.page.get_by_label("Price per trade").check()
    visit.page.get_by_label("Reason").fill("New price list")
    visit.press("Go on to the preview")
    visit.page.get_by_role("heading", name="contracts will change").wait_for()


def bulk_preview_refused(visit: Visit) -> None:
    bulk_preview(visit)
    visit.page.get_by_role("link", name="Refused 1").click()
    visit.page.get_by_text("stay as they were agreed").wait_for()


def bulk_cancel_refused(visit: Visit) -> None:
    bulk_choose(visit)
    visit.page.get_by_label("Cancel the contracts").check()
    visit.page.get_by_role("textbox", name="Last day").fill("2099-12-31")
    visit.page.get_by_label("Reason").fill("The service ends")
    visit.press("Go on to the preview")
    visit.page.get_by_role("button", name="Cancel 2 contracts").click()
    visit.page.get_by_text("Type the number of contracts to confirm.").first.wait_for()


def bulk_progress(visit: Visit) -> None:
    bulk_preview(visit)
    # Another window is at it, so this one waits.
    claim = {"by": "another window", "until": datetime.now(UTC) + timedelta(minutes=5)}
    visit.mongo.bulk_runs.update_many({}, {"$set": {"claim": claim}})
    visit.press("Change 2 contracts")


def bulk_stopping(visit: Visit) -> None:
    bulk_progress(visit)
    visit.press("Stop after this slice")
    visit.page.get_by_role("heading", name="Stopping").wait_for()


def bulk_stopped(visit: Visit) -> None:
    bulk_stopping(visit)
    visit.mongo.bulk_runs.update_many({}, {"$set": {"claim": None}})
    visit.open(visit.page.url)
    visit.page.get_by_role("heading", name="Stopped").wait_for()


def bulk_undone(visit: Visit) -> None:
    bulk_preview(visit)
    visit.press("Change 2 contracts")
    visit.page.get_by_role("heading", name="2 contracts are changed").wait_for()
    run = visit.page.url
    visit.press("Undo…")
    visit.page.get_by_role("heading", name="contracts will change").wait_for()
    visit.press("Change 2 contracts")
    visit.page.get_by_role("heading", name="2 contracts are changed").wait_for()
    visit.open(run)


def bulk_away(visit: Visit) -> None:
    visit.open("/contracts/")
    visit.page.get_by_label("Tick all on this page").check()
    visit.settings.MONGODB_URI = NOWHERE
    client.close()
    visit.press("Change…", 503)


def bulk_gone(visit: Visit) -> None:
    bulk_choose(visit)
    visit.mongo.bulk_runs.delete_many({})
    visit.page.get_by_label("Percent", exact=True).fill("3.5")
    visit.press("Go on to the preview", 404)


def bulk_result(visit: Visit) -> None:
    bulk_preview(visit)
    change(visit.contract, notes="Called on Monday.")
    visit.page.get_by_role("button", name="Change 2 contracts").click()
    visit.page.get_by_role("heading", name="1 contract is changed").wait_for()


def bulk_runs(visit: Visit) -> None:
    bulk_result(visit)
    visit.open("/contracts/bulk/")


def bulk_runs_empty(visit: Visit) -> None:
    visit.open("/contracts/bulk/")


def import_preview(visit: Visit) -> None:
    """A preview with a row of each outcome."""
    rows = [
        f"{visit.contract.contract_id},acct-1,2026-01-01,310.00,A note of another",
        ",acct-new,2026-01-01,99.00,",
        ",acct-bad,soon,-1,=1+1",
    ]
    header = "contract_id,account_id,start_date,base_monthly_fee,notes"
    choose_import(visit, "\n".join([header, *rows]), "contracts.csv", "overwrite")
    visit.page.get_by_role("heading", name="Ready to import").wait_for()


def import_upload(visit: Visit) -> None:
    import_preview(visit)
    visit.open("/contracts/import/")


def import_refused(visit: Visit) -> None:
    choose_import(visit, "PK\x03\x04", "contracts.csv")
    visit.page.get_by_role("alert").wait_for()


def import_columns(visit: Visit) -> None:
    choose_import(visit, "Account ID;Fee;E-mail;\nacct-9;1;a@example.com;x\n", "customers.csv")
    visit.page.get_by_role("heading", name="What the columns mean").wait_for()


def import_columns_errors(visit: Visit) -> None:
    import_columns(visit)
    visit.page.get_by_label("Fee", exact=True).select_option("account_id")
    visit.press("Go on to the preview", 422)


def import_progress(visit: Visit) -> None:
    import_columns(visit)
    found = visit.mongo.imports.find_one({})
    # Another window is at it, so this one waits.
    busy = {"by": "another", "until": datetime.now(UTC) + timedelta(hours=1)}
    visit.mongo.imports.update_one({"_id": found["_id"]}, {"$set": {"state": "checking", "claim": busy}})
    visit.open(f"/contracts/import/{found['_id']}/")


def import_stopped(visit: Visit) -> None:
    import_preview(visit)
    address = visit.page.url
    visit.mongo.imports.update_many({}, {"$set": {"state": "importing", "stopped": True}})
    visit.open(address)


def import_preview_new(visit: Visit) -> None:
    import_preview(visit)
    visit.open(f"{visit.page.url}?show=new")


def import_preview_changed(visit: Visit) -> None:
    import_preview(visit)
    visit.open(f"{visit.page.url}?show=changed")


def import_report(visit: Visit) -> None:
    import_preview(visit)
    change(visit.contract, notes="Somebody was faster.")
    visit.page.get_by_role("button", name="Import 1 new and change 1").click()
    visit.page.get_by_role("heading", name="Imported").wait_for()


def compare(visit: Visit) -> None:
    tiers = replace(
        visit.contract.usage_based_pricing,
        trade_volume_tiers=(VolumeTier(min_trades=0, price_per_trade=Decimal("0.09")),),
    )
    contract = change(visit.contract, base_monthly_fee=310, notes="", features=("sso",), usage_based_pricing=tiers)
    change(contract, add_ons=(), status="pending_renewal", reason="New price list")
    visit.open(address(visit.contract, "compare/?from=1&to=3"))


def compare_all_fields(visit: Visit) -> None:
    change(visit.contract, base_monthly_fee=310)
    visit.open(address(visit.contract, "compare/?show=all"))


def compare_foreign(visit: Visit) -> None:
    foreign = {key: value for key, value in FOREIGN.items() if key not in ("_id", "contract_id", "account_id")}
    visit.mongo.contracts.update_one({"contract_id": visit.contract.contract_id}, {"$set": foreign})
    visit.open(address(visit.contract, "compare/?from=1&to=now"))


def compare_no_such_version(visit: Visit) -> None:
    visit.open(address(visit.contract, "compare/?from=1&to=9"), 404)


def compare_bad_parameter(visit: Visit) -> None:
    visit.open(address(visit.contract, "compare/?from=x&show=banana"), 400)


def restore(visit: Visit) -> None:
    change(visit.contract, base_monthly_fee=310, add_ons=(), notes="")
    visit.open(address(visit.contract, "history/1/restore/"))


def restore_stale(visit: Visit) -> None:
    contract = change(visit.contract, base_monthly_fee=310)
    visit.open(address(visit.contract, "history/1/restore/"))
    change(contract, MAYA, base_monthly_fee=320)
    visit.press("Restore the terms of version 1", 409)


def restore_refused(visit: Visit) -> None:
    change(visit.contract, notes="")
    visit.mongo.contract_revisions.update_one({"version": 1}, {"$set": {"document.base_monthly_fee": None}})
    visit.open(address(visit.contract, "history/1/restore/"))


def restore_nothing(visit: Visit) -> None:
    visit.open(address(visit.contract, "history/1/restore/"))


def restore_gone(visit: Visit) -> None:
    visit.mongo.contracts.delete_many({})
    visit.open(address(visit.contract, "history/1/restore/"), 410)


def not_found(visit: Visit) -> None:
    visit.open("/contracts/nope/", 404)


def bad_request(visit: Visit) -> None:
    visit.open(address(visit.contract, "delete/"))
    visit.settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1
    visit.press("Delete for good", 400)


def expired_form(visit: Visit) -> None:
    visit.open("/account/password/")
    visit.forget_token()
    visit.press("Change password", 403)


def too_many_requests(visit: Visit) -> None:
    visit.open("/account/password/")
    for _ in range(CHANGES_OF_USER.most):
        visit.press("Change password", 200)
    visit.press("Change password", 429)


def mongo_not_configured(visit: Visit) -> None:
    visit.settings.MONGODB_URI = ""
    visit.open("/contracts/")


def mongo_away(visit: Visit) -> None:
    visit.settings.MONGODB_URI = NOWHERE
    client.close()
    visit.open("/contracts/", 503)


def password_change(visit: Visit) -> None:
    visit.open("/account/password/")
    visit.press("Change password")


def confirm_password(visit: Visit) -> None:
    visit.open("/account/confirm/?next=/contracts/")
    visit.press("Confirm")


def sign_out(visit: Visit) -> None:
    visit.open("/sign-out/")


def keys(visit: Visit) -> None:
    visit.open("/contracts/")
    visit.page.keyboard.press("?")


def contracts_export(visit: Visit) -> None:
    visit.open("/contracts/")
    visit.page.get_by_text("Export", exact=True).click()


def palette(visit: Visit) -> None:
    visit.open(address(visit.contract))
    visit.page.keyboard.press("Control+k")
    visit.page.get_by_role("option", name="New contract").wait_for()


def palette_found(visit: Visit) -> None:
    visit.mongo.contracts.insert_one(dict(FOREIGN))
    visit.open("/contracts/")
    visit.page.keyboard.press("Control+k")
    visit.page.keyboard.type("no")
    visit.page.get_by_role("option", name="Northwind").wait_for()


def palette_nothing(visit: Visit) -> None:
    visit.open("/")
    visit.page.keyboard.press("Control+k")
    visit.page.keyboard.type("no such thing")
    visit.page.get_by_text("Nothing fits.").wait_for()


def admin_index(visit: Visit) -> None:
    visit.open("/admin/")


def admin_users(visit: Visit) -> None:
    visit.open("/admin/auth/user/")


def admin_user(visit: Visit) -> None:
    other = User.objects.create_user("somebody", first_name="Some", last_name="Body")
    visit.open(f"/admin/auth/user/{other.pk}/change/")


def admin_new_user(visit: Visit) -> None:
    visit.open("/admin/auth/user/add/")
    visit.page.get_by_label("Username").fill("somebody")
    visit.page.get_by_label("Password:").fill("short")
    visit.page.get_by_label("Password again").fill("shorter")
    visit.press("Save")


def admin_roles(visit: Visit) -> None:
    visit.open("/admin/auth/group/")


def contracts_worklist(visit: Visit) -> None:
    visit.open("/contracts/?ends=365&sort=end")
    visit.page.locator("#count-mine").get_by_text("0").wait_for()


def views_menu(visit: Visit) -> None:
    own_view("Enterprise in euro", "ends=365")
    own_view("<b>A name</b> that is much too long for the menu it is in", "q=a")
    visit.open("/contracts/?ends=365")
    visit.page.locator("#views-summary").click()
    visit.page.get_by_role("link", name="Enterprise in euro").wait_for()


def views_dialog(visit: Visit) -> None:
    visit.open("/contracts/?ends=365")
    visit.page.locator("#views-summary").click()
    visit.page.get_by_role("link", name="Save this view").click()


def views_own(visit: Visit) -> None:
    own_view("Enterprise in euro", "contract_type=enterprise&currency=EUR&sort=-fee")
    own_view("Not valid any more", "ends=soon")
    visit.open("/contracts/views/")


def views_none(visit: Visit) -> None:
    visit.open("/contracts/views/")


def view_taken(visit: Visit) -> None:
    own_view("Taken", "q=a")
    visit.open("/contracts/views/save/?ends=30&sort=end")
    visit.page.get_by_label("Name").fill("Taken")
    visit.press("Save the view", status=409)


def view_rename(visit: Visit) -> None:
    visit.open(f"/contracts/views/{own_view('Before', 'q=a').view_id}/rename/")
    visit.page.get_by_label("Name").fill("")
    visit.press("Save the name", status=422)


def tokens_empty(visit: Visit) -> None:
    visit.open("/tokens/")


def tokens(visit: Visit) -> None:
    """Tokens in every state, used and tried, of names and scopes short and long."""
    billing, _ = issue("billing-service", SCOPES, MAYA)
    note_use(billing, timezone.now())
    later, past = timezone.now() + timedelta(days=9), timezone.now() - timedelta(days=40)
    issue("agents of the nightly reconciliation in all regions", ["contracts:read", "logs:write"], MAYA, later)
    expired, _ = issue("import-2025", ["contracts:write"], MAYA, past + timedelta(days=30), now=past)
    note_refusal(expired, MAYA, timezone.now())
    revoked, _ = issue("old-billing", ["contracts:read", "limits"], MAYA, now=past)
    revoke(revoked, MAYA)
    visit.open("/tokens/")


def token_new(visit: Visit) -> None:
    visit.open("/tokens/new/")
    visit.page.get_by_label("Name").fill("billing-service")
    visit.page.get_by_label("contracts:read").check()
    visit.page.get_by_label("After a day of my choice").check()


def token_new_errors(visit: Visit) -> None:
    token_new(visit)
    visit.page.get_by_label("Name").fill("<b>")
    visit.page.get_by_label("contracts:read").uncheck()
    visit.press("Make the token", 422)


def token_made(visit: Visit) -> None:
    token_new(visit)
    visit.page.get_by_label("In 365 days").check()
    visit.press("Make the token", 200)


def token_revoke(visit: Visit) -> None:
    tokens(visit)
    visit.page.get_by_role("link", name="Revoke billing-service").click()
    visit.page.get_by_role("button", name="Revoke the token").wait_for()


def token_revoked(visit: Visit) -> None:
    token_revoke(visit)
    visit.press("Revoke the token", 200)


def own_view(name: str, query: str, page: str = "contracts") -> SavedView:
    return saved.save("admin", page, name, query)


# For an administrator, who may see all of them.
PAGES: tuple[Callable[[Visit], None], ...] = (
    overview,
    overview_empty,
    contracts,
    contracts_filtered,
    contracts_empty,
    contracts_no_match,
    contracts_bad_parameter,
    detail,
    detail_foreign,
    detail_without_id,
    edit,
    edit_foreign,
    edit_errors,
    edit_review,
    edit_conflict,
    edit_gone,
    edit_entries_back,
    new,
    new_errors,
    delete,
    delete_refused,
    history,
    history_deleted,
    history_bad_place,
    revision,
    compare,
    compare_all_fields,
    compare_foreign,
    compare_no_such_version,
    compare_bad_parameter,
    restore,
    restore_stale,
    restore_refused,
    restore_nothing,
    restore_gone,
    step_renew,
    step_cancel_refused,
    step_with_gaps,
    step_closed,
    step_expire_refused,
    contracts_ticked,
    bulk_choose,
    bulk_choose_errors,
    bulk_preview,
    bulk_preview_refused,
    bulk_cancel_refused,
    bulk_progress,
    bulk_stopping,
    bulk_stopped,
    bulk_result,
    bulk_undone,
    bulk_away,
    bulk_gone,
    bulk_runs,
    bulk_runs_empty,
    import_upload,
    import_refused,
    import_columns,
    import_columns_errors,
    import_progress,
    import_stopped,
    import_preview,
    import_preview_new,
    import_preview_changed,
    import_report,
    not_found,
    bad_request,
    expired_form,
    too_many_requests,
    mongo_not_configured,
    mongo_away,
    password_change,
    confirm_password,
    sign_out,
    keys,
    contracts_export,
    contracts_worklist,
    views_menu,
    views_dialog,
    views_own,
    views_none,
    view_taken,
    view_rename,
    palette,
    palette_found,
    palette_nothing,
    admin_index,
    admin_users,
    admin_user,
    admin_new_user,
    admin_roles,
    tokens_empty,
    tokens,
    token_new,
    token_new_errors,
    token_made,
    token_revoke,
    token_revoked,
)


def entrance(page: Page) -> None:
    page.goto("/sign-in/")


def entrance_refused(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()


# For people who have not signed in.
ENTRANCES: tuple[Callable[[Page], None], ...] = (entrance, entrance_refused)
