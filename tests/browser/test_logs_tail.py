"""The live tail of a log: what is written comes in by itself, and whatever is lost on the way comes afterwards."""

import random
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AbstractBaseUser
from playwright.sync_api import Locator, Page, Route, expect
from pymongo.database import Database

from mongo import client
from mongo.client import Document
from tests.browser.steps import end_sessions
from tests.logs.entries import transaction

LIST = "/logs/transactions/?tail=1"
NEWS = re.compile(r"/logs/transactions/tail/\?")
SECOND = timedelta(seconds=1)
# No round of the tail is further away.
ROUND_MS = 2_000
LOSSES = 20
# A page grows no longer.
MOST_ROWS = 1_000
# The server looks ten seconds ahead; what a writer dates further ahead it tells of when its time has come.
AHEAD = 13
MOST_ROUNDS = 1_000
# What counts the rows does so again after this long.
COUNTED_MS = 16_000


def ago(seconds: float) -> datetime:
    return datetime.now(UTC) - seconds * SECOND


def put(mongo: Database[Document], *seconds: float, **fields: object) -> None:
    mongo.transaction_logs.insert_many([transaction(timestamp=ago(one), **fields) for one in seconds])


@pytest.fixture
def tail(mongo: Database[Document], new_page: Callable[..., Page], admin_user: AbstractBaseUser) -> Page:
    """A tail over five entries of the last minutes; its clock can be wound on."""
    put(mongo, 500, 400, 300, 200, 100)
    page = new_page(admin_user, viewport={"width": 1440, "height": 900})
    page.clock.install()
    page.goto(LIST)
    expect(words(page)).to_have_text("Live")
    return page


def rows(page: Page) -> Locator:
    return page.locator(".entries tbody tr")


def words(page: Page) -> Locator:
    return page.locator("[data-words]")


def waiting(page: Page) -> Locator:
    return page.locator("[data-news]")


def pill(page: Page) -> Locator:
    """What stands above the rows for one who has scrolled away from the tools."""
    return page.locator("[data-pill]")


def next_round(page: Page) -> None:
    """The next answer, without the time until it is asked for."""
    with page.expect_response(NEWS):
        page.clock.fast_forward(ROUND_MS)


def ids_on(page: Page) -> list[str]:
    return page.eval_on_selector_all(".entries tbody tr", "rows => rows.map((row) => row.dataset.id)")


def newest(mongo: Database[Document]) -> list[str]:
    found = mongo.transaction_logs.find({}, {"_id": 1}).sort([("timestamp", -1), ("_id", -1)])
    return [str(entry["_id"]) for entry in found]


# What comes ------------------------------------------------------------------------------------------------


def test_what_is_written_stands_above_the_rest(tail: Page, mongo: Database[Document]) -> None:
    put(mongo, 0, transactionId="tx_new")
    next_round(tail)
    expect(rows(tail)).to_have_count(6)
    expect(rows(tail).first).to_contain_text("tx_new")
    expect(tail.locator(".pager b")).to_have_text("6")


def test_what_comes_late_stands_in_its_place_and_says_so(tail: Page, mongo: Database[Document]) -> None:
    put(mongo, 0, transactionId="tx_new")
    next_round(tail)
    expect(rows(tail)).to_have_count(6)
    put(mongo, 8, transactionId="tx_late")
    next_round(tail)
    expect(rows(tail).nth(1)).to_contain_text("tx_late")
    expect(rows(tail).nth(1).locator(".late-word")).to_have_text("late")
    expect(tail.locator(".late-word")).to_have_count(1)


def test_only_what_matches_comes(tail: Page, mongo: Database[Document]) -> None:
    tail.goto(f"{LIST}&status=completed")
    put(mongo, 0, status="completed")
    tail.goto(f"{LIST}&status=completed")
    put(mongo, 0, status="failed")
    put(mongo, 0, status="completed")
    next_round(tail)
    expect(rows(tail)).to_have_count(2)


def test_the_first_entry_of_a_log_comes_as_well(tail: Page, mongo: Database[Document]) -> None:
    mongo.transaction_logs.delete_many({})
    tail.goto(LIST)
    expect(words(tail)).to_have_text("Live")
    put(mongo, 0)
    tail.clock.fast_forward(ROUND_MS)
    expect(rows(tail)).to_have_count(1)


def test_a_row_that_came_opens_its_entry(tail: Page, mongo: Database[Document]) -> None:
    put(mongo, 0)
    next_round(tail)
    expect(rows(tail)).to_have_count(6)
    rows(tail).first.locator(".row-link").click()
    expect(tail.locator("#entry [data-entry]")).to_be_visible()


def test_what_belongs_on_the_next_page_stays_there(tail: Page, mongo: Database[Document]) -> None:
    put(mongo, *(5 + number / 100 for number in range(200)))
    tail.goto(LIST)
    expect(rows(tail)).to_have_count(50)
    put(mongo, 0)
    next_round(tail)
    expect(rows(tail)).to_have_count(51)
    expect(tail.locator(".late-word")).to_have_count(0)
    assert ids_on(tail) == newest(mongo)[:51]


def test_an_entry_from_the_future_stands_there_once(tail: Page, mongo: Database[Document]) -> None:
    mongo.transaction_logs.insert_one(transaction(timestamp=ago(-AHEAD), transactionId="tx_ahead"))
    tail.goto(LIST)
    expect(rows(tail)).to_have_count(6)
    for _ in range(5):
        next_round(tail)
    rounds = 0
    while "tx_ahead" not in round_of(tail):
        rounds += 1
        assert rounds < MOST_ROUNDS, "The entry never came."
    expect(rows(tail)).to_have_count(6)
    assert ids_on(tail) == newest(mongo)


def round_of(page: Page) -> str:
    """The next answer, in words."""
    with page.expect_response(NEWS) as answer:
        page.clock.fast_forward(ROUND_MS)
    return answer.value.text()


def test_chart_and_values_follow_the_rows_after_a_while(tail: Page, mongo: Database[Document]) -> None:
    expect(tail.locator(".log-chart header b").first).to_have_text("5 entries")
    put(mongo, 0, status="reversed")
    next_round(tail)
    expect(rows(tail)).to_have_count(6)
    tail.clock.fast_forward(COUNTED_MS)
    expect(tail.locator(".log-chart header b").first).to_have_text("6 entries")
    expect(tail.get_by_role("region", name="Status", exact=True)).to_contain_text("reversed")


# Who reads is left alone ------------------------------------------------------------------------------------


def test_a_pause_holds_rows_back_and_counts_them(tail: Page, mongo: Database[Document]) -> None:
    tail.get_by_role("button", name="Pause").click()
    expect(words(tail)).to_have_text("Paused")
    put(mongo, 0, 0.1, 0.2)
    next_round(tail)
    expect(waiting(tail)).to_have_text("3 new")
    expect(rows(tail)).to_have_count(5)
    waiting(tail).click()
    expect(rows(tail)).to_have_count(8)
    expect(waiting(tail)).to_be_hidden()
    expect(words(tail)).to_have_text("Live")


def test_it_waits_for_somebody_who_has_scrolled_down(tail: Page, mongo: Database[Document]) -> None:
    put(mongo, *range(20, 60))
    tail.goto(LIST)
    rows(tail).nth(3).hover()
    tail.mouse.wheel(0, 600)
    expect(words(tail)).to_have_text("Waiting while you read")
    put(mongo, 0)
    next_round(tail)
    expect(waiting(tail)).to_have_text("1 new")
    expect(rows(tail)).to_have_count(45)
    tail.mouse.wheel(0, -2_000)
    expect(rows(tail)).to_have_count(46)
    expect(pill(tail)).to_be_hidden()


def test_what_it_holds_back_stays_in_sight_and_leads_to_the_top(tail: Page, mongo: Database[Document]) -> None:
    put(mongo, *range(20, 60))
    tail.goto(LIST)
    rows(tail).nth(3).hover()
    tail.mouse.wheel(0, 600)
    expect(pill(tail)).to_have_text("Waiting while you read")
    put(mongo, 0, 0.1)
    next_round(tail)
    expect(pill(tail)).to_have_text("2 new")
    expect(pill(tail)).to_be_in_viewport(ratio=1)
    pill(tail).click()
    expect(rows(tail)).to_have_count(47)
    assert tail.evaluate("scrollY") == 0
    expect(pill(tail)).to_be_hidden()


def test_it_waits_while_a_row_is_pressed(tail: Page, mongo: Database[Document]) -> None:
    box = rows(tail).nth(2).bounding_box()
    tail.mouse.move(box["x"] + box["width"] - 5, box["y"] + 5)
    tail.mouse.down()
    put(mongo, 0)
    next_round(tail)
    expect(waiting(tail)).to_have_text("1 new")
    expect(rows(tail)).to_have_count(5)


# What goes wrong -------------------------------------------------------------------------------------------


def test_a_session_that_ends_stops_it_in_words(tail: Page) -> None:
    # A part of the page that comes later would lead to the sign-in by itself.
    tail.wait_for_load_state("networkidle")
    end_sessions()
    next_round(tail)
    expect(words(tail)).to_have_text("Your session has ended. Reload the page.")
    expect(tail.get_by_role("button", name="Pause")).to_be_hidden()


def test_it_goes_on_when_another_list_does_not_come(tail: Page, mongo: Database[Document]) -> None:
    tail.route(re.compile("q=nothing"), lambda route: route.fulfill(status=204))
    with tail.expect_response(re.compile("q=nothing")):
        tail.get_by_label("Search the entries").fill("nothing")
        tail.clock.fast_forward(ROUND_MS)
    put(mongo, 0)
    tail.clock.fast_forward(ROUND_MS)
    expect(rows(tail)).to_have_count(6)
    expect(words(tail)).to_have_text("Live")


def test_it_goes_on_when_mongodb_answers_again(
    tail: Page, mongo: Database[Document], away: Callable[[], AbstractContextManager[None]]
) -> None:
    with away():
        next_round(tail)
        expect(words(tail)).to_have_text("The server cannot answer. Trying again…")
    put(client.database(), 0)
    # A server that was away is asked again after a while only.
    for _ in range(5):
        tail.clock.fast_forward(10 * ROUND_MS)
    expect(rows(tail)).to_have_count(6)
    expect(words(tail)).to_have_text("Live")


class Writer(threading.Thread):
    """Writes entries until it is told to stop: some late, and many at the same time."""

    def __init__(self, mongo: Database[Document]) -> None:
        super().__init__(daemon=True)
        self.mongo = mongo
        self.ends = threading.Event()
        self.random = random.Random(7)

    def run(self) -> None:
        while not self.ends.wait(0.5):
            put(self.mongo, *(self.late() for _ in range(self.random.randint(1, 4))))
            same = ago(0).replace(microsecond=0)
            self.mongo.transaction_logs.insert_many([transaction(timestamp=same) for _ in range(2)])

    def late(self) -> float:
        return self.random.choice((0, 0, 0, self.random.uniform(0, 8)))


@contextmanager
def written_meanwhile(mongo: Database[Document]) -> Iterator[None]:
    writer = Writer(mongo)
    writer.start()
    try:
        yield
    finally:
        writer.ends.set()
        writer.join()


def unplug(page: Page) -> None:
    """Nothing comes through, until it does again."""
    page.context.set_offline(True)
    with page.expect_event("requestfailed"):
        page.clock.fast_forward(ROUND_MS)
    page.context.set_offline(False)


def lose_answer(page: Page) -> None:
    """The server answers, and the answer gets lost."""

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(NEWS, swallow, times=1)
    with page.expect_event("requestfailed"):
        page.clock.fast_forward(ROUND_MS)


def break_down(page: Page) -> None:
    """What is before the server says that it cannot be reached."""
    page.route(NEWS, lambda route: route.fulfill(status=502, body="Bad gateway"), times=1)
    next_round(page)


def test_after_many_losses_every_entry_stands_there_once(tail: Page, mongo: Database[Document]) -> None:
    with written_meanwhile(mongo):
        for number in range(LOSSES):
            (unplug, lose_answer, break_down)[number % 3](tail)
            next_round(tail)
    next_round(tail)
    expected = newest(mongo)[:MOST_ROWS]
    expect(rows(tail)).to_have_count(len(expected))
    expect(rows(tail).first).to_have_attribute("data-id", expected[0])
    expect(words(tail)).to_have_text("Live")
    assert ids_on(tail) == expected


def test_a_page_does_not_grow_for_ever(tail: Page, mongo: Database[Document]) -> None:
    put(mongo, *(number / 200 for number in range(MOST_ROWS + 50)))
    expected = newest(mongo)[:MOST_ROWS]
    next_round(tail)
    # Six answers of 200 rows, each with its layout of up to a thousand.
    expect(rows(tail).first).to_have_attribute("data-id", expected[0], timeout=60_000)
    assert ids_on(tail) == expected
    expect(tail.locator(".pager b")).to_have_text("1,000")


def test_a_pause_with_losses_misses_nothing(tail: Page, mongo: Database[Document]) -> None:
    tail.get_by_role("button", name="Pause").click()
    with written_meanwhile(mongo):
        for lose in (unplug, lose_answer, break_down):
            lose(tail)
            put(mongo, *(number / 50 for number in range(250)))
            next_round(tail)
    expect(words(tail)).to_have_text("Paused")
    tail.get_by_role("button", name="Resume").click()
    next_round(tail)
    expect(rows(tail)).to_have_count(mongo.transaction_logs.count_documents({}))
    assert ids_on(tail) == newest(mongo)
