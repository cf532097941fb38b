"""The daily mails: who gets what, each reminder once, and none is lost whatever fails."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from hypothesis import given

from contracts import repository, services
from contracts.daily import digest, job, reminders
from contracts.daily.digest import FAILED, HELD, MAILED, UNREACHED
from contracts.daily.job import Done
from contracts.daily.mailing import MOST_REMINDERS
from contracts.domain.model import Contract, UsageLimits
from contracts.seen import seen_of
from logs import rollup
from mongo.client import database
from mongo.errors import OutcomeUnknown
from tests.factories import MAYA, MAYAS_FILE, NOW, TODAY, make_contract, still
from tests.proxy import Proxy, through
from tests.strategies import TEXTS, served

ONE_DAY = timedelta(days=1)


class Refusing(EmailBackend):
    """A mail server that refuses what is for Maya."""

    def send_messages(self, messages):
        if any("maya@example.com" in message.to for message in messages):
            raise ConnectionRefusedError("nobody is there")
        return super().send_messages(messages)


@pytest.fixture
def maya(mongo, manager) -> User:
    """The account manager of the contracts here, with an address."""
    return addressed(manager, "maya@example.com")


@pytest.fixture
def boss(admin_user) -> User:
    return addressed(admin_user, "boss@example.com")


def addressed(user: User, email: str) -> User:
    user.email = email
    user.save()
    return user


def created(account="acct-1", **terms) -> Contract:
    """A contract in its notice window since today, unless terms say otherwise."""
    defaults = {
        "account_name": account,
        "account_manager": "manager",
        "end_date": TODAY + timedelta(days=30),
        "status": "pending_renewal",
    }
    made = services.create(make_contract(account_id=account, **defaults | terms), actor=MAYAS_FILE, now=NOW)
    return made.contract


def run(days: float = 0, **options) -> list[str]:
    """What came of the reminders of a day, counted from today."""
    return [told.outcome for told in digest.run(clock=still(NOW + timedelta(days=days)), **options)]


def after_job(days: float = 0, **options) -> list[Done]:
    """What the daily job makes of contracts on a day."""
    return list(job.run(clock=still(NOW + timedelta(days=days)), **options))


def said(days: float = 0, **options) -> list[str]:
    """The lines of the mails sent on a day, without addresses."""
    before = len(mail.outbox)
    run(days, **options)
    return [line[2:] for sent in mail.outbox[before:] for line in sent.body.splitlines() if line.startswith("- ")]


def known() -> dict[str, str]:
    return {found["_id"]: found["state"] for found in database().reminders.find({})}


# What a mail says --------------------------------------------------------------------------------------------


def test_an_account_manager_is_told_what_is_due(maya):
    contract = created("Northwind")
    assert run() == [MAILED]
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["maya@example.com"], "Counterpart: 1 due on 21 Nov 2026")
    assert sent.body == (
        "Due of your contracts, as of 21 Nov 2026 (UTC).\n"
        "\n"
        "Notice (1)\n"
        "- Northwind: notice begins 21 Nov 2026, today; renews by itself after 21 Dec 2026\n"
        f"  http://127.0.0.1:8000/contracts/{contract.contract_id}/\n"
        "\n"
        "Each of these is said once, and again when its date moves.\n"
        "All contracts: http://127.0.0.1:8000/contracts/\n"
    )


def test_what_presses_most_comes_first(maya):
    created("later", end_date=TODAY + timedelta(days=33))
    created("sooner", end_date=TODAY + timedelta(days=31))
    created("ends", end_date=TODAY, auto_renewal=False, notice_days=0)
    created("overdue", end_date=date(2024, 12, 31), start_date=date(2024, 1, 1))
    told = said(made=after_job())
    assert [line.split(":")[0] for line in told] == ["overdue", "ends", "ends", "sooner", "later"]


@pytest.mark.parametrize(
    ("terms", "line"),
    [
        (
            {"status": "active", "end_date": TODAY + timedelta(days=37)},
            "notice begins 28 Nov 2026, in 7 days; renews by itself after 28 Dec 2026",
        ),
        (
            {"end_date": TODAY + timedelta(days=20), "notice_days": 21, "auto_renewal": False},
            "last day is 11 Dec 2026, in 20 days; does not renew by itself",
        ),
        (
            {"end_date": date(2024, 12, 31), "start_date": date(2024, 1, 1)},
            "last day was 31 Dec 2025, 325 days ago; renew it, give a later last day, or end it",
        ),
        ({"status": "expired", "end_date": TODAY - timedelta(days=3)}, "last day was 18 Nov 2026, 3 days ago"),
    ],
)
def test_each_kind_has_its_sentence(maya, terms, line):
    created("Northwind", **terms)
    assert said(made=after_job())[0] == f"Northwind: {line}"


def test_a_draft_is_told_once_it_is_old(maya):
    created("Northwind", status="draft", end_date=None, auto_renewal=False)
    assert [said(days) for days in (14, 15, 16)] == [[], ["Northwind: made 21 Nov 2026, 15 days ago"], []]


def test_a_draft_that_was_reopened_is_told_once_it_is_old_again(maya):
    contract = created("Northwind", status="draft", end_date=TODAY + timedelta(days=400), auto_renewal=False)
    first = said(15)
    moved(contract, "cancelled", days=16)
    moved(contract, "draft", days=20)
    again = ["Northwind: a draft again since 11 Dec 2026, 15 days ago"]
    assert [first, said(21), said(34), said(35), said(36)] == [
        ["Northwind: made 21 Nov 2026, 15 days ago"],
        [],
        [],
        again,
        [],
    ]


@pytest.mark.parametrize("made", [(), [Done(job.FAILED, "It was held.", make_contract(), "acct-1")]])
def test_what_the_job_has_not_got_to_is_for_nobody_to_decide(maya, made):
    created("Northwind", end_date=TODAY - ONE_DAY, contract_id="acct-1")
    assert said(made=made) == []


def test_what_the_job_can_never_do_is_for_somebody_to_decide(maya, mongo):
    created("Northwind", end_date=TODAY - ONE_DAY)
    mongo.contracts.update_one({}, {"$set": {"renewal_term_months": 0}})
    assert said(made=after_job())[0].startswith("Northwind: last day was 20 Nov 2026, yesterday")


def test_what_another_service_did_under_the_jobs_name_is_no_news(maya, mongo):
    contract = created("Northwind", end_date=date(2026, 1, 31), auto_renewal=False)
    mongo.contracts.update_one({}, {"$set": {"status": "expired", "last_modified_by": "run_daily"}})
    live = repository.document(contract.contract_id)
    wanted = replace(repository.get(contract.contract_id), notes="Seen.")
    services.update(wanted, contract_id=contract.contract_id, seen=seen_of(live), actor=MAYA, now=NOW)
    assert said() == []


def moved(contract: Contract, to: str, *, days: int) -> None:
    services.transition(
        to,
        contract_id=contract.contract_id,
        seen=seen_of(repository.document(contract.contract_id)),
        actor=MAYA,
        now=NOW + timedelta(days=days),
        reason="They asked for it.",
    )


def test_what_the_job_renewed_is_told_once(maya):
    created("Northwind", end_date=TODAY - ONE_DAY)
    after_job()
    assert [said(days) for days in (0, 1)] == [["Northwind: last day is now 20 Nov 2027, in 364 days"], []]


def test_what_the_job_expired_is_told_however_long_ago_it_ended(maya):
    created("Northwind", end_date=date(2026, 1, 31), auto_renewal=False)
    after_job()
    assert said() == ["Northwind: last day was 31 Jan 2026, 294 days ago"]


def test_what_somebody_renewed_is_no_news(maya):
    contract = created("Northwind", end_date=TODAY - ONE_DAY)
    document = database().contracts.find_one({})
    services.renew(seen=seen_of(document), contract_id=contract.contract_id, actor=MAYA, now=NOW)
    assert said() == []


class TestLimits:
    @pytest.fixture(autouse=True)
    def contract(self, maya, mongo):
        limits = UsageLimits(max_monthly_trades=5)
        created("Northwind", end_date=None, auto_renewal=False, status="active", usage_limits=limits)
        self.mongo = mongo

    def trade(self, count, month=11, day=20):
        moment = datetime(2026, month, day, tzinfo=UTC)
        common = {"userId": "Northwind", "type": "deposit", "currency": "USD", "status": "completed"}
        self.mongo.transaction_logs.insert_many(
            {**common, "transactionId": str(uuid.uuid4()), "amount": Decimal(1), "timestamp": moment}
            for _ in range(count)
        )
        later = moment + timedelta(days=5)
        list(rollup.roll_up(rollup.all_days(later), later))

    def test_near_and_over_a_limit_are_told_once_each(self):
        self.trade(4)
        near = [said(), said(1)]
        self.trade(2)
        assert [*near, said(2), said(3)] == [
            ["Northwind: 80 % of the tightest limit used in November 2026"],
            [],
            ["Northwind: 120 % of the tightest limit used in November 2026"],
            [],
        ]

    def test_back_below_the_limit_its_nearness_is_not_told_any_more(self):
        self.trade(6)
        run()
        self.mongo.contracts.update_one({}, {"$set": {"usage_limits.max_monthly_trades": 7}})
        assert said(1) == []

    def test_a_limit_that_was_crossed_after_the_months_last_run_is_told_once(self):
        self.trade(4)
        last = said(9)
        self.trade(2, day=30)
        assert [last, said(10), said(11)] == [
            ["Northwind: 80 % of the tightest limit used in November 2026"],
            ["Northwind: 120 % of the tightest limit used in November 2026"],
            [],
        ]

    def test_a_limit_that_was_crossed_long_before_is_no_news(self):
        self.trade(6)
        assert said(17) == []

    def test_another_month_begins_anew(self):
        self.trade(6)
        run()
        self.trade(4, month=12)
        assert said(20) == ["Northwind: 80 % of the tightest limit used in December 2026"]


# Who gets it -------------------------------------------------------------------------------------------------


def test_each_account_manager_gets_one_mail_of_their_own(maya):
    addressed(User.objects.create_superuser("tom"), "tom@example.com")
    for account, manager in (("a1", "manager"), ("a2", "tom"), ("a3", "manager")):
        created(account, account_manager=manager)
    run()
    assert sorted((sent.to, sent.body.count("\n- ")) for sent in mail.outbox) == [
        (["maya@example.com"], 2),
        (["tom@example.com"], 1),
    ]


@pytest.mark.parametrize(
    ("username", "why"),
    [
        ("", "no account manager"),
        ("nobody", "account manager “nobody” is no user's name"),
        ("Manager", "account manager “Manager” is no user's name"),
        ("gone", "account manager “gone” is switched off"),
        ("silent", "account manager “silent” has no usable e-mail address"),
        ("odd", "account manager “odd” has no usable e-mail address"),
        ("roleless", "account manager “roleless” may not see contracts"),
    ],
)
class TestNobodyToWriteTo:
    @pytest.fixture(autouse=True)
    def people(self, maya):
        User.objects.create_superuser("gone", "gone@example.com", is_active=False)
        User.objects.create_superuser("silent")
        User.objects.create_superuser("odd", "odd@nowhere\nBcc: all@example.com")
        User.objects.create_user("roleless", "roleless@example.com")

    def test_administrators_are_told_instead(self, boss, username, why):
        created("Northwind", account_manager=username)
        [line] = said()
        assert mail.outbox[0].to == ["boss@example.com"]
        assert line.endswith(f"({why})")

    def test_without_an_administrator_it_says_who_gets_nothing_and_why(self, username, why):
        created(account_manager=username)
        [told] = digest.run(clock=still(NOW))
        assert told.text == f"Reminders that reach nobody: 1 ({why}, and no administrator can be written to)."
        assert (told.outcome, mail.outbox, known()) == (UNREACHED, [], {})


def test_who_gets_an_address_later_is_told_then(mongo, manager):
    created("Northwind")
    assert said() == []
    addressed(manager, "maya@example.com")
    assert len(said(1)) == 1


def test_what_does_not_fit_into_a_mail_comes_with_the_next(maya, mongo):
    created("Northwind")
    [document] = mongo.contracts.find({}, {"_id": 0})
    copies = ({**document, "contract_id": f"c{n}", "account_id": f"a{n}"} for n in range(MOST_REMINDERS + 1))
    mongo.contracts.insert_many(copies)
    assert [len(said()), len(said()), len(said())] == [MOST_REMINDERS, 2, 0]


# Once, and none is lost --------------------------------------------------------------------------------------


def test_a_second_run_sends_nothing(maya):
    created()
    assert [run(), run(), run(1)] == [[MAILED], [], []]


def test_each_lead_is_said_on_its_day(maya):
    created(status="active", end_date=TODAY + timedelta(days=61))
    assert [days for days in range(62) if said(days)] == [1, 24, 31]


def test_a_missed_run_loses_nothing_and_says_only_what_presses_most(maya):
    contract = created(status="active", end_date=TODAY + timedelta(days=61))
    assert len(said(26)) == 1
    assert known() == {
        f"{contract.contract_id}|notice|2026-12-22|7": "sent",
        f"{contract.contract_id}|notice|2026-12-22|30": "passed",
    }


def test_when_the_date_moves_it_is_said_again(maya, mongo):
    created()
    run()
    mongo.contracts.update_one({}, {"$set": {"end_date": datetime(2026, 12, 22, tzinfo=UTC)}})
    assert said(1) == ["acct-1: notice begins 22 Nov 2026, today; renews by itself after 22 Dec 2026"]


def test_a_dry_run_shows_the_mails_and_claims_nothing(maya):
    created()
    [told] = digest.run(clock=still(NOW), is_dry=True)
    assert told.text.startswith(
        "\nTo: manager <maya@example.com>\nSubject: Counterpart: 1 due on 21 Nov 2026\n\nDue of"
    )
    assert (mail.outbox, known()) == ([], {})


def test_a_dry_run_shows_what_would_be_due_after_the_job(maya):
    created("Northwind", end_date=TODAY - ONE_DAY)
    [told] = digest.run(clock=still(NOW), is_dry=True, made=after_job(is_dry=True))
    assert "- Northwind: last day is now 20 Nov 2027" in told.text
    assert "Overdue" not in told.text


def test_a_dry_run_tells_contracts_without_an_id_apart(maya, mongo):
    created("a1", end_date=TODAY - ONE_DAY)
    created("a2", status="draft", end_date=None, auto_renewal=False)
    mongo.contracts.update_one({"account_id": "a1"}, {"$unset": {"contract_id": 1}})
    mongo.contracts.update_one({"account_id": "a2"}, {"$set": {"contract_id": ""}})
    made = after_job(is_dry=True)
    [told] = digest.run(clock=still(NOW + timedelta(days=20)), is_dry=True, made=made)
    assert ("- a1: last day was" in told.text, "- a2: made" in told.text) == (True, True)


def test_what_could_not_be_sent_is_sent_by_the_next_run(maya, settings):
    created()
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    [told] = digest.run(clock=still(NOW))
    assert (told.outcome, told.text) == (
        FAILED,
        "The mail to manager was not sent. ConnectionRefusedError: nobody is there.",
    )
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert run() == [MAILED]


def test_a_mail_that_fails_keeps_no_other_from_being_sent(maya, boss, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    created("a1")
    created("a2", account_manager="")
    assert run() == [FAILED, MAILED]
    assert [sent.to for sent in mail.outbox] == [["boss@example.com"]]


def test_each_administrator_gets_a_message_of_their_own(boss, maya, settings):
    addressed(User.objects.create_superuser("maya"), "maya@example.com")
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    created(account_manager="")
    told = [(one.outcome, one.text) for one in digest.run(clock=still(NOW))]
    assert [sent.to for sent in mail.outbox] == [["boss@example.com"]]
    assert told == [
        (MAILED, "Mailed admin, reminders: 1."),
        (FAILED, "The mail to maya was not sent. ConnectionRefusedError: nobody is there."),
    ]
    assert "claimed" not in known().values()


@pytest.mark.parametrize(
    ("backend", "site", "outcome"),
    [
        ("console", "https://counterpart.example.com", UNREACHED),
        ("console", "http://127.0.0.1:8000", MAILED),
        ("dummy", "http://127.0.0.1:8000", UNREACHED),
    ],
)
def test_what_a_mailer_prints_or_drops_is_sent_only_where_its_reader_is(maya, settings, backend, site, outcome):
    settings.EMAIL_BACKEND, settings.SITE_URL = f"django.core.mail.backends.{backend}.EmailBackend", site
    created()
    [told] = digest.run(clock=still(NOW))
    assert (told.outcome, bool(known())) == (outcome, outcome == MAILED)


def test_where_mail_is_not_set_up_it_says_what_to_set(maya, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    created()
    [told] = digest.run(clock=still(NOW))
    assert told.text == "Reminders that reach nobody: 1 (mail is not set up: set EMAIL_URL)."


def test_what_another_run_holds_is_told_with_the_time_at_which_it_is_free(maya):
    created()
    reminders.claim(digest.due(TODAY), "another run", still(NOW))
    [told] = digest.run(clock=still(NOW + timedelta(minutes=10)))
    assert (told.outcome, told.text) == (
        HELD,
        "Reminders held by another run: 1. If it broke off, they are free at 13:00 UTC.",
    )


def test_each_claim_is_of_its_own_moment(maya, mongo):
    for account in ("a1", "a2"):
        created(account)
    minutes = count()
    list(digest.run(clock=lambda: NOW + timedelta(minutes=next(minutes)), today=TODAY))
    assert len(mongo.reminders.distinct("claimed_at")) == 2


def test_a_claim_whose_answer_was_lost_is_given_back_with_those_before(maya, mongo_uri, settings):
    for account in ("a1", "a2", "a3"):
        created(account)
    due, moments = digest.due(TODAY), count()
    with Proxy(mongo_uri) as proxy, through(proxy, settings):

        def clock() -> datetime:
            proxy.lose_answer = 0 if next(moments) == 1 else None
            return NOW

        with pytest.raises(OutcomeUnknown):
            reminders.claim(due, "this run", clock)
    assert known() == {}


@pytest.mark.parametrize(("minutes", "outcome"), [(59, [HELD]), (61, [MAILED])])
def test_a_claim_whose_sender_died_counts_for_an_hour(maya, minutes, outcome):
    created()
    reminders.claim(digest.due(TODAY), "another run", still(NOW))
    assert run(minutes / (24 * 60)) == outcome


def test_of_two_runs_one_claims_each_reminder(maya):
    created()
    due = digest.due(TODAY)
    assert [len(reminders.claim(due, name, still(NOW))) for name in ("one", "other")] == [1, 0]


def test_what_another_run_claimed_is_not_released(maya):
    created()
    due = digest.due(TODAY)
    reminders.claim(due, "one", still(NOW))
    reminders.release(due, "other")
    assert list(known().values()) == ["claimed"]


# Whatever stands there ---------------------------------------------------------------------------------------


@served
@given(TEXTS, TEXTS)
def test_no_name_breaks_out_of_its_line(maya, boss, name, manager):
    for collection in ("contracts", "contract_revisions", "reminders"):
        database()[collection].delete_many({})
    created("acct-1", account_name=name, account_manager=manager)
    before = len(mail.outbox)
    run()
    [sent] = mail.outbox[before:]
    assert len(sent.body.splitlines()) == 8
    assert sent.message()["To"] == "boss@example.com"


def test_a_contract_that_no_address_leads_to_is_told_without_one(maya, mongo):
    created("Northwind")
    found = mongo.contracts.find_one({})
    mongo.contracts.delete_one({})
    mongo.contracts.insert_one({**found, "_id": 7, "contract_id": "a/b"})
    assert len(said()) == 1
    assert "a/b" not in mail.outbox[0].body
    assert said(1) == []
