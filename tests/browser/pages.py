"""Every page in every state worth looking at: how a browser gets there."""

from collections.abc import Callable
from dataclasses import dataclass

from bson import ObjectId
from django.contrib.auth.models import User
from playwright.sync_api import Page
from pymongo.database import Database
from pytest_django import Settings

from contracts.domain.model import Contract
from mongo import client
from mongo.client import Document
from tests.browser.steps import address, change, make
from tests.factories import MAYA

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


def not_found(visit: Visit) -> None:
    visit.open("/contracts/nope/", 404)


def bad_request(visit: Visit) -> None:
    visit.open(address(visit.contract, "delete/"))
    visit.settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1
    visit.press("Delete for good", 400)


def expired_form(visit: Visit) -> None:
    visit.open(address(visit.contract, "delete/"))
    visit.forget_token()
    visit.press("Delete for good", 403)


def too_many_requests(visit: Visit) -> None:
    visit.settings.ACCOUNT_RATE_LIMITS = {"change_password": "1/m/user"}
    visit.open("/account/password/")
    visit.press("Change password")
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
    admin_index,
    admin_users,
    admin_user,
    admin_new_user,
    admin_roles,
)


def entrance(page: Page) -> None:
    page.goto("/sign-in/")


def entrance_refused(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()


# For people who have not signed in.
ENTRANCES: tuple[Callable[[Page], None], ...] = (entrance, entrance_refused)
