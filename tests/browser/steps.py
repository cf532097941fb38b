"""What the tests in a browser do again and again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from playwright.sync_api import Locator, Page, expect

from contracts import repository, services
from contracts.domain.model import Contract
from contracts.seen import seen_of
from tests.conftest import PASSWORD
from tests.factories import MAYA, TOM, make_contract
from users.actor import Actor

# Pages are made at the real time, so a contract that is to look the same every day ends far ahead.
FAR = datetime.now(UTC).date() + timedelta(days=300)


def make(**terms: Any) -> Contract:
    """A stored contract with something in every field."""
    return services.create(make_contract(**{"end_date": FAR, **terms}), actor=MAYA).contract


def change(contract: Contract, actor: Actor = TOM, reason: str = "", **terms: Any) -> Contract:
    """The contract after somebody else has changed it."""
    live = repository.document(contract.contract_id)
    wanted = replace(contract, **terms)
    return services.update(
        wanted, contract_id=contract.contract_id, seen=seen_of(live), actor=actor, reason=reason
    ).contract


def address(contract: Contract, page: str = "") -> str:
    """The address of one of a contract's pages: none for the contract itself, else as in `edit/`."""
    return f"/contracts/{contract.contract_id}/{page}"


def sign_in(page: Page, username: str) -> None:
    """Fill in the sign-in page that is open."""
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def end_sessions() -> None:
    """Every session ends on the server, as it does after twelve hours."""
    Session.objects.all().delete()


def row(page: Page, table: str, number: int) -> Locator:
    """A row of a contract's form: of `volume` or `value` tiers, or of `add_ons`."""
    return page.locator(f"#{table} [data-row]").nth(number - 1)


def saved(contract: Contract) -> Contract:
    """The contract as it lies in the database now."""
    return repository.get(contract.contract_id)


def expect_heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def too_wide(page: Page) -> list[str]:
    """What reaches beyond the window's sides, unless it scrolls in a box of its own; [] where nothing does."""
    return page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          const inBox = (found) => {
            for (let box = found.parentElement; box && box !== document.body; box = box.parentElement)
              if (getComputedStyle(box).overflowX !== "visible") return true;
            return false;
          };
          const shown = (found) => found.checkVisibility() && !found.closest(".vh, .skip, [popover]");
          const sticksOut = (found) => {
            const { left, right, width: own } = found.getBoundingClientRect();
            return own > 1 && (right > width + 1 || left < -1);
          };
          const whole = document.documentElement.scrollWidth;
          return (whole > width ? [`page: ${whole}`] : []).concat([...document.body.querySelectorAll("*")]
            .filter((found) => sticksOut(found) && shown(found) && !inBox(found))
            .map((found) => `${found.tagName}.${found.getAttribute("class") ?? ""}`));
        }"""
    )
