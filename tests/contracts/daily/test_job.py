"""The daily job: exact on every edge of the calendar, once a day, and no contract keeps another waiting."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from threading import Barrier, Timer

import pytest
from bson import Code
from hypothesis import example, given
from hypothesis import strategies as st

from contracts import repository, revisions, services
from contracts.daily import job
from contracts.daily.asked import MOST_STEPS, next_step
from contracts.daily.job import FAILED, PERSON
from contracts.domain import lifecycle
from contracts.domain.lifecycle import EXPIRE, RENEW, WAIT
from contracts.domain.model import Contract
from contracts.seen import seen_of
from mongo import client
from mongo.client import database
from mongo.errors import MongoUnavailable
from tests.contracts.domain.test_lifecycle import months_later
from tests.factories import MAYA, MAYAS_FILE, TODAY, TOM, make_contract, still
from tests.proxy import Proxy
from tests.strategies import PLAIN, quick, served

ONE_DAY = timedelta(days=1)
START = date(2024, 1, 1)
YESTERDAY = TODAY - ONE_DAY
# What other services may leave of a contract that the calendar asks something of.
DUE = {
    "contract_id": st.just("odd") | PLAIN,
    "status": st.just("active"),
    "end_date": st.just(datetime(2024, 1, 1, tzinfo=UTC)),
}
TERMS = ("auto_renewal", "renewal_term_months", "notice_days", "start_date", "anchor_day", "account_id", "version")


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def created(**terms) -> Contract:
    """A contract from 2024 on, stored long before the job looks at it."""
    defaults = {"start_date": START, "auto_renewal": False}
    return services.create(make_contract(**defaults | terms), actor=MAYAS_FILE, now=at(START)).contract


def run(day: date = TODAY, **options) -> list[tuple[str, str]]:
    """Outcome and account of each line that the job says on a day."""
    return [(done.outcome, done.contract.account_id) for done in job.run(clock=still(at(day)), **options)]


def outcomes(day: date = TODAY, **options) -> list[str]:
    return [outcome for outcome, _ in run(day, **options)]


def everything() -> list[list[str]]:
    """All that the job could change."""
    names = ("contracts", "contract_revisions", "audit_trails")
    return [[str(found) for found in database()[name].find({}).sort("_id", 1)] for name in names]


def edited(contract: Contract, **terms) -> None:
    live = repository.document(contract.contract_id)
    services.update(
        replace(repository.get(contract.contract_id), **terms),
        contract_id=contract.contract_id,
        seen=seen_of(live),
        actor=TOM,
        now=at(TODAY),
    )


# One contract, on the edges of the calendar ----------------------------------------------------------------


@pytest.mark.usefixtures("mongo")
class TestEdges:
    def test_on_the_day_before_notice_nothing_happens(self):
        created(end_date=TODAY + timedelta(days=31), notice_days=30)
        assert outcomes() == []

    def test_on_the_notice_date_the_contract_waits_for_its_renewal(self):
        contract = created(end_date=TODAY + timedelta(days=30), notice_days=30)
        assert outcomes() == [WAIT]
        assert repository.get(contract.contract_id).status == "pending_renewal"

    def test_on_its_last_day_a_contract_is_still_in_force(self):
        contract = created(end_date=TODAY, status="pending_renewal")
        assert outcomes() == []
        assert repository.get(contract.contract_id).status == "pending_renewal"

    def test_without_notice_it_waits_on_its_last_day(self):
        created(end_date=TODAY, notice_days=0, auto_renewal=True)
        assert outcomes() == [WAIT]

    def test_on_the_day_after_its_last_it_expires(self):
        contract = created(end_date=YESTERDAY, status="pending_renewal")
        assert outcomes() == [EXPIRE]
        assert repository.get(contract.contract_id).status == "expired"

    def test_an_active_one_expires_with_one_revision(self):
        contract = created(end_date=YESTERDAY)
        run()
        actions = [entry["action"] for entry in revisions.history(contract.contract_id)]
        assert actions == ["status_changed", "created"]

    def test_what_renews_by_itself_is_renewed_and_never_expired(self):
        contract = created(end_date=YESTERDAY, auto_renewal=True, status="pending_renewal")
        assert outcomes() == [RENEW]
        after = repository.get(contract.contract_id)
        assert (after.status, after.end_date) == ("active", date(2027, 11, 20))

    def test_a_renewal_into_the_next_notice_window_waits_on_the_same_day(self):
        created(end_date=date(2025, 12, 1), auto_renewal=True)
        assert [outcomes(), outcomes()] == [[RENEW, WAIT], []]

    @pytest.mark.parametrize("status", ["draft", "expired", "cancelled"])
    def test_what_is_not_in_force_is_left_alone(self, status):
        created(end_date=YESTERDAY, status=status)
        assert outcomes() == []

    def test_an_open_end_asks_for_nothing(self):
        created(end_date=None)
        assert outcomes() == []

    def test_the_end_of_february_follows_leap_years(self):
        created(start_date=date(2028, 2, 29), end_date=date(2029, 2, 27), auto_renewal=True, notice_days=0)
        ends = []
        for year in range(2029, 2034):
            run(date(year, 3, 1))
            ends.append(str(repository.get_by_account("acct-1").end_date))
        assert ends == ["2030-02-27", "2031-02-27", "2032-02-28", "2033-02-27", "2034-02-27"]

    def test_sixty_monthly_renewals_from_the_31st_do_not_drift(self):
        start = date(2026, 1, 31)
        created(
            start_date=start, end_date=date(2026, 2, 27), auto_renewal=True, renewal_term_months=1, notice_days=5
        )
        for month in range(1, 61):
            run(months_later(start, month))
        assert repository.get_by_account("acct-1").end_date == date(2031, 2, 27)

    def test_it_says_who_did_it_and_why(self):
        contract = created(end_date=TODAY, notice_days=20)
        run()
        newest = revisions.history(contract.contract_id)[0]
        assert (newest["actor"], newest["reason"]) == (
            {"id": "run_daily", "name": "Daily job", "via": "job"},
            "The notice window opened on 2026-11-01",
        )

    def test_it_tells_in_one_line_what_it_did(self):
        contract = created(end_date=YESTERDAY, auto_renewal=True, account_name="North\r\nwind")
        [done] = job.run(clock=still(at(TODAY)))
        assert done.text == (
            f"North wind ({contract.contract_id}): renewed until 2027-11-20. The last day, 2026-11-20, has passed, "
            "and the contract renews by itself."
        )


# Once, however often it runs -------------------------------------------------------------------------------


@pytest.fixture
def several(mongo):
    """Contracts of which each needs something else, or nothing."""
    ends = {"waits": TODAY, "ends": YESTERDAY, "goes-on": date(2030, 1, 1)}
    for account, end in ends.items():
        created(account_id=account, end_date=end)
    created(account_id="renews", end_date=YESTERDAY, auto_renewal=True)
    created(account_id="person", end_date=date(2024, 12, 31), auto_renewal=True)


@pytest.mark.usefixtures("several")
class TestOnce:
    def test_the_earliest_end_comes_first(self):
        told = run()
        assert told[:2] == [(RENEW, "person"), (PERSON, "person")]
        assert sorted(told[2:4]) == [(EXPIRE, "ends"), (RENEW, "renews")]
        assert told[4:] == [(WAIT, "waits")]

    def test_a_second_run_changes_nothing(self):
        run()
        before = everything()
        assert (outcomes(), everything()) == ([PERSON], before)

    def test_a_dry_run_says_the_same_and_writes_nothing(self):
        before = everything()
        told = [(done.outcome, done.text) for done in job.run(clock=still(at(TODAY)), is_dry=True)]
        assert everything() == before
        assert told == [(done.outcome, done.text) for done in job.run(clock=still(at(TODAY)))]

    def test_two_runs_at_once_do_everything_once(self):
        start = Barrier(2)

        def together(_: int) -> list[str]:
            start.wait()
            return outcomes()

        with ThreadPoolExecutor(2) as pool:
            told = list(pool.map(together, range(2)))
        assert FAILED not in told[0] + told[1]
        assert database().contract_revisions.count_documents({"actor.id": "run_daily"}) == 4
        assert list(revisions.breaks()) == []

    def test_every_change_is_audited(self):
        run()
        entries = database().audit_trails.find({"userId": "run_daily"})
        assert (
            sorted(entry["action"] for entry in entries)
            == ["contract.renewed"] * 2 + ["contract.status_changed"] * 2
        )


@pytest.mark.usefixtures("mongo")
class TestForAPerson:
    def overdue(self) -> Contract:
        return created(end_date=date(2024, 12, 31), auto_renewal=True)

    def test_what_is_overdue_after_one_renewal_is_left_alone(self):
        contract = self.overdue()
        told = [outcomes(TODAY + timedelta(days=days)) for days in (0, 0, 1, 30)]
        assert told == [[RENEW, PERSON], [PERSON], [PERSON], [PERSON]]
        assert repository.get(contract.contract_id).end_date == date(2025, 12, 31)

    @pytest.mark.parametrize("terms", [{"notes": "Asked."}, {"tags": ("late",)}, {"notice_days": 7}])
    def test_what_decides_nothing_brings_no_other_term(self, terms):
        contract = self.overdue()
        run()
        edited(contract, **terms)
        assert outcomes(TODAY + ONE_DAY) == [PERSON]

    @pytest.mark.parametrize(
        ("terms", "told"),
        [
            ({"end_date": date(2025, 12, 1)}, [RENEW, WAIT]),
            ({"renewal_term_months": 24}, [RENEW]),
            ({"status": "pending_renewal"}, [RENEW]),
            ({"auto_renewal": False}, [EXPIRE]),
        ],
    )
    def test_once_somebody_has_decided_something_it_goes_on(self, terms, told):
        contract = self.overdue()
        run()
        edited(contract, **terms)
        assert outcomes(TODAY + ONE_DAY) == told

    def test_once_another_service_has_moved_its_end_it_is_renewed_again(self, mongo):
        self.overdue()
        run()
        mongo.contracts.update_one({}, {"$set": {"end_date": at(date(2026, 10, 31)).replace(hour=0)}})
        assert outcomes(TODAY + ONE_DAY) == [RENEW]

    def test_a_term_that_follows_a_renewal_by_the_job_is_renewed_as_well(self):
        created(end_date=YESTERDAY, auto_renewal=True, renewal_term_months=1, notice_days=0)
        assert [outcomes(), outcomes(date(2026, 12, 21))] == [[RENEW], [RENEW]]


@pytest.mark.usefixtures("mongo")
class TestAnotherDay:
    """A run late in November that looks at a day before it."""

    late, day = date(2026, 11, 25), date(2026, 11, 20)

    def test_a_renewal_as_of_a_day_that_has_passed_was_not_in_vain(self):
        created(end_date=date(2026, 10, 22), auto_renewal=True, renewal_term_months=1, notice_days=0)
        assert [outcomes(self.late, today=self.day), outcomes(self.late)] == [[RENEW], [RENEW]]
        assert repository.get_by_account("acct-1").end_date == date(2026, 12, 22)

    def test_the_history_tells_the_day_and_the_moment(self):
        contract = created(end_date=self.day)
        run(self.late, today=self.day)
        revision = revisions.get(contract.contract_id, 2)
        assert (revision["at"], revision["as_of"].date()) == (at(self.late), self.day)
        assert list(revisions.breaks()) == []

    def test_a_dry_run_leads_where_the_run_leads(self):
        created(end_date=date(2026, 10, 22), auto_renewal=True, renewal_term_months=1, notice_days=1)
        dry = [done.contract.status for done in job.run(clock=still(at(self.late)), today=self.day, is_dry=True)]
        run(self.late, today=self.day)
        assert [repository.get_by_account("acct-1").status] == dry == ["active"]


@pytest.mark.usefixtures("mongo")
def test_each_change_is_of_its_own_moment():
    for account in ("a1", "a2"):
        created(account_id=account, end_date=YESTERDAY)
    minutes = count()
    list(job.run(clock=lambda: at(TODAY) + timedelta(minutes=next(minutes)), today=TODAY))
    moments = database().contract_revisions.distinct("at", {"actor.id": "run_daily"})
    assert len(moments) == 2


# Others --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("mongo")
class TestOthers:
    def test_somebody_who_is_faster_is_not_overwritten(self, mongo):
        contract = created(end_date=YESTERDAY, auto_renewal=True)
        with mongo.client.start_session() as session:
            session.start_transaction()
            gone = {"$set": {"auto_renewal": False, "notes": "They leave."}}
            mongo.contracts.update_one({"contract_id": contract.contract_id}, gone, session=session)
            # The job has read the contract by then, and waits for this to end.
            Timer(0.5, session.commit_transaction).start()
            assert outcomes() == [EXPIRE]
        after = repository.get(contract.contract_id)
        assert (after.status, after.notes) == ("expired", "They leave.")

    def test_a_contract_that_somebody_deletes_meanwhile_is_nothing_to_tell_of(self, mongo):
        contract = created(end_date=YESTERDAY)
        with mongo.client.start_session() as session:
            session.start_transaction()
            mongo.contracts.delete_one({"contract_id": contract.contract_id}, session=session)
            Timer(0.5, session.commit_transaction).start()
            assert outcomes() == []

    def test_contracts_that_others_hold_on_to_keep_no_other_waiting(self, mongo):
        for day, account in enumerate(("held", "held too", "good"), 1):
            created(account_id=account, end_date=date(2026, 11, day))
        with mongo.client.start_session() as session:
            session.start_transaction()
            held = {"account_id": {"$in": ["held", "held too"]}}
            mongo.contracts.update_many(held, {"$set": {"notes": "Theirs."}}, session=session)
            assert run() == [(FAILED, "held"), (FAILED, "held too"), (EXPIRE, "good")]
            session.abort_transaction()
        assert run() == [(EXPIRE, "held"), (EXPIRE, "held too")]

    @pytest.mark.parametrize("contract_id", [7, None, Code("c1"), {"a": 1}])
    def test_a_contract_without_a_usable_id_is_told_and_the_rest_is_done(self, mongo, contract_id):
        created(account_id="odd", end_date=date(2026, 1, 1))
        created(account_id="good", end_date=YESTERDAY)
        mongo.contracts.update_one({"account_id": "odd"}, {"$set": {"contract_id": contract_id}})
        assert run() == [(FAILED, "odd"), (EXPIRE, "good")]

    @pytest.mark.parametrize(
        ("broken", "said"),
        [
            ({"renewal_term_months": 0}, "Renewal term in months: Give the renewal term in months first."),
            ({"renewal_term_months": 12_000}, "Last day: Give a day from 1900 to 2999."),
            ({"renewal_term_months": 99_000}, "Last day: Another term would lead beyond the calendar."),
        ],
    )
    def test_a_rule_that_is_broken_is_told_and_the_rest_is_done(self, mongo, broken, said):
        created(account_id="odd", end_date=date(2026, 1, 1), auto_renewal=True)
        created(account_id="good", end_date=YESTERDAY)
        mongo.contracts.update_one({"account_id": "odd"}, {"$set": broken})
        first, second = job.run(clock=still(at(TODAY)))
        assert (first.outcome, second.outcome) == (FAILED, EXPIRE)
        assert said in first.text

    def test_an_end_that_is_a_text_counts(self, mongo):
        created(end_date=YESTERDAY)
        mongo.contracts.update_one({}, {"$set": {"end_date": "2026-11-20", "notice_days": "30"}})
        assert outcomes() == [EXPIRE]

    @served
    @given(st.fixed_dictionaries(DUE, optional=dict.fromkeys(TERMS, PLAIN)))
    def test_whatever_they_write_the_rest_is_done(self, document):
        for name in ("contracts", "contract_revisions"):
            database()[name].delete_many({})
        created(account_id="good", end_date=YESTERDAY)
        database().contracts.insert_one(dict(document))
        assert run()[-1] == (EXPIRE, "good")

    def test_where_mongodb_goes_away_it_stops_with_what_is_done_done(self, mongo_uri, settings):
        for day in range(1, 4):
            created(account_id=f"a{day}", end_date=date(2026, 11, day))
        with Proxy(mongo_uri) as proxy:
            settings.MONGODB_URI = proxy.uri
            client.close()
            lines = job.run(clock=still(at(TODAY)))
            assert next(lines).outcome == EXPIRE
            proxy.fail("refuse")
            with pytest.raises(MongoUnavailable):
                next(lines)
        settings.MONGODB_URI = mongo_uri
        client.close()
        assert outcomes() == [EXPIRE, EXPIRE]


# Against a calendar ----------------------------------------------------------------------------------------


class Oracle:
    """A contract's life by the rules in words: days counted one by one, terms counted from the start."""

    def __init__(self, start: date, first: int, months: int, notice: int, *, renews: bool) -> None:
        self.start, self.first, self.months, self.notice, self.renews = start, first, months, notice, renews
        self.status, self.terms, self.is_left = "active", 0, False

    @property
    def end(self) -> date:
        return months_later(self.start, self.first + self.terms * self.months) - ONE_DAY

    def live(self, day: date) -> tuple[str, date]:
        """Status and last day after the job of a day."""
        if self.status != "expired" and self.end < day:
            self._end(day)
        if self.status == "active" and not self.end < day and self.end - timedelta(days=self.notice) <= day:
            self.status = "pending_renewal"
        return self.status, self.end

    def _end(self, day: date) -> None:
        if not self.renews:
            self.status = "expired"
        elif not self.is_left:
            self.terms += 1
            self.is_left = self.end < day
            if self.end - timedelta(days=self.notice) > day:
                self.status = "active"


@st.composite
def lives(draw: st.DrawFn) -> tuple[Oracle, Contract]:
    start = draw(st.dates(date(2024, 1, 1), date(2027, 12, 31)) | st.just(date(2028, 2, 29)))
    start = start.replace(day=31) if draw(st.booleans()) and start.month in (1, 3, 5, 7, 8, 10, 12) else start
    first, months = draw(st.integers(1, 14)), draw(st.integers(1, 14))
    notice, renews = draw(st.integers(0, 27 * months)), draw(st.booleans())
    oracle = Oracle(start, first, months, notice, renews=renews)
    contract = make_contract(
        start_date=start,
        end_date=oracle.end,
        renewal_term_months=months,
        notice_days=notice,
        auto_renewal=renews,
    )
    return oracle, contract


def lived(contract: Contract, day: date, *, is_left: bool) -> Contract:
    """The contract after the steps of one day."""
    is_renewed = is_left
    for _ in range(MOST_STEPS):
        if step := next_step(contract, day, is_renewed=is_renewed):
            contract, is_renewed = step.after, is_renewed or step.what == RENEW
    return contract


def days_from(start: date, count: int) -> Iterable[date]:
    return (start + timedelta(days=offset) for offset in range(count))


@quick
@given(lives())
def test_day_by_day_a_contract_lives_as_the_calendar_says(life: tuple[Oracle, Contract]) -> None:
    oracle, contract = life
    for day in days_from(contract.start_date, 900):
        contract = lived(contract, day, is_left=oracle.is_left)
        assert (contract.status, contract.end_date) == oracle.live(day), day


@served
@given(lives(), st.lists(st.integers(0, 1500), min_size=1, max_size=4, unique=True))
@example(
    (
        Oracle(date(2026, 1, 31), 1, 1, 27, renews=True),
        make_contract(
            start_date=date(2026, 1, 31), end_date=date(2026, 2, 27), renewal_term_months=1, notice_days=27
        ),
    ),
    [28, 29, 59, 200, 201],
)
def test_whichever_days_are_missed_the_next_run_makes_up_for_them(
    mongo, life: tuple[Oracle, Contract], offsets: list[int]
) -> None:
    for name in ("contracts", "contract_revisions", "audit_trails"):
        mongo[name].delete_many({})
    oracle, contract = life
    stored = services.create(contract, actor=MAYA, now=at(contract.start_date)).contract
    for offset in sorted(offsets):
        day = stored.start_date + timedelta(days=offset)
        run(day)
        before = everything()
        run(day)
        found = repository.get(stored.contract_id)
        assert ((found.status, found.end_date), everything()) == (oracle.live(day), before)


def test_nothing_is_due_after_a_day_but_what_is_for_a_person() -> None:
    contract = make_contract(end_date=date(2020, 12, 31), renewal_term_months=1, notice_days=5)
    after = lived(contract, TODAY, is_left=False)
    assert lifecycle.is_overdue(after, TODAY)
    assert lived(after, TODAY, is_left=True) == after
