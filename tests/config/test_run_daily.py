"""`run_daily` does the three jobs of the day, says what it did, and goes on past what fails."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command

from contracts import services
from contracts.daily import digest, job, reminders
from tests.factories import MAYAS_FILE, make_contract, still
from tests.proxy import Proxy, through

# The command asks the clock, so these contracts end by it.
NOW = datetime.now(UTC)
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


class Refusing(EmailBackend):
    """A mail server that refuses everything."""

    def send_messages(self, messages):
        raise ConnectionRefusedError("nobody is there")


class Command:
    """Runs the command and keeps what it says."""

    def __init__(self):
        self.out, self.err = io.StringIO(), io.StringIO()

    def __call__(self, *options):
        call_command("run_daily", *options, stdout=self.out, stderr=self.err)

    @property
    def said(self):
        return self.out.getvalue().splitlines()

    @property
    def warned(self):
        return self.err.getvalue().splitlines()


class Cut(io.StringIO):
    """Standard output that breaks something when the first line is written."""

    def __init__(self, what):
        super().__init__()
        self.what = what

    def write(self, text):
        if not self.tell():
            self.what()
        return super().write(text)


@pytest.fixture
def command(mongo, db):
    return Command()


@pytest.fixture
def maya(manager):
    manager.email = "maya@example.com"
    manager.save()
    return manager


def created(account="a1", **terms):
    defaults = {
        "start_date": YESTERDAY - timedelta(days=364),
        "end_date": YESTERDAY,
        "account_name": account,
        "account_manager": "manager",
        "auto_renewal": False,
    }
    made = services.create(make_contract(account_id=account, **defaults | terms), actor=MAYAS_FILE, now=NOW)
    return made.contract


def test_it_sums_up(command, maya):
    contract = created("Northwind")
    command()
    assert command.said[0] == f"Northwind ({contract.contract_id}): expired. The last day, {YESTERDAY}, has passed."
    assert command.said[1:] == [
        "Mailed manager, reminders: 1.",
        f"Done as of {TODAY}: 0 pending renewal, 0 renewed, 1 expired, 0 for a person, 0 failed, 1 mailed, "
        "1 reminders, 36 days of usage.",
    ]


def test_it_leaves_a_document_of_the_run(command, mongo, maya):
    created()
    command()
    run = mongo.job_runs.find_one({"job": "run_daily"})
    assert run["started"] <= run["ended"]
    assert run["outcome"] == {"expired": 1, "mailed": 1, "reminders": 1, "days": 36}


def test_a_second_run_does_nothing(command, maya, mongo):
    created()
    command()
    before = mongo.contract_revisions.count_documents({})
    again = Command()
    again()
    assert (len(again.said), len(mail.outbox), mongo.contract_revisions.count_documents({})) == (1, 1, before)


def test_usage_is_computed_before_limits_are_told(command, maya, mongo):
    created("Northwind", end_date=None)
    mongo.contracts.update_one({}, {"$set": {"usage_limits": {"max_monthly_trades": 1}}})
    mongo.transaction_logs.insert_many(
        {
            "transactionId": f"t{number}",
            "userId": "Northwind",
            "type": "deposit",
            "amount": Decimal(1),
            "currency": "USD",
            "status": "completed",
            "timestamp": NOW,
        }
        for number in range(2)
    )
    command()
    assert "Northwind: 200 % of the tightest limit used" in mail.outbox[0].body


def test_a_dry_run_tells_all_and_writes_nothing(command, maya, mongo):
    created("Northwind")
    command("--dry-run")
    assert "- Northwind: last day was" in command.out.getvalue()
    assert command.said[-1].startswith(f"A dry run as of {TODAY}: 0 pending renewal, 0 renewed, 1 expired,")
    assert mongo.contracts.find_one({})["status"] == "active"
    assert [mongo[name].count_documents({}) for name in ("reminders", "job_runs", "usage_state")] == [0, 0, 0]
    assert mail.outbox == []


def test_a_day_ahead_is_shown_by_a_dry_run(command):
    created("Northwind", end_date=TODAY + timedelta(days=300))
    command("--dry-run", "--today", str(TODAY + timedelta(days=301)))
    assert "expired. The last day" in command.said[0]


def test_a_day_ahead_is_not_done(command, mongo):
    created(end_date=TODAY + timedelta(days=300))
    day = TODAY + timedelta(days=301)
    with pytest.raises(CommandError, match=f"{day} is still to come. Add --dry-run to see what it would bring"):
        command("--today", str(day))
    assert mongo.contracts.find_one({})["status"] == "active"


def test_a_day_that_has_passed_is_shown_by_a_dry_run(command):
    created("Northwind", notice_days=1)
    command("--dry-run", "--today", str(YESTERDAY))
    assert "pending renewal. The notice window opened" in command.said[0]


def test_a_day_that_has_passed_is_not_done(command, mongo, maya):
    created(notice_days=1)
    with pytest.raises(CommandError, match=f"{YESTERDAY} has passed, .* A run without --today makes up for missed"):
        command("--today", str(YESTERDAY))
    assert mongo.contracts.find_one({})["status"] == "active"
    assert mail.outbox == []


def test_today_may_be_named(command, mongo):
    created()
    command("--today", str(TODAY))
    assert mongo.contracts.find_one({})["status"] == "expired"


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31"])
def test_a_day_beyond_the_calendar_is_refused(command, day):
    with pytest.raises(CommandError, match=f"“{day}” is out of reach; give a day from 1900 to 2999"):
        command("--dry-run", "--today", day)


@pytest.mark.parametrize("day", ["1900-01-01", "2999-12-31"])
def test_the_first_and_the_last_day_can_be_looked_at(command, maya, day):
    created("Northwind")
    created("Open", end_date=None)
    command("--dry-run", "--today", day)
    assert command.said[-1].startswith(f"A dry run as of {day}:")


@pytest.mark.parametrize("text", ["tomorrow", "2026-02-30", "31.12.2026", ""])
def test_what_is_no_day_is_refused(command, text):
    with pytest.raises(CommandError, match=f"argument --today: “{text}” is no day; give one as in 2026-12-31"):
        command(f"--today={text}")


def test_what_fails_is_told_and_the_rest_is_done(command, mongo, maya):
    created("odd")
    created("good")
    mongo.contracts.update_one({"account_id": "odd"}, {"$set": {"contract_id": 7}})
    with pytest.raises(CommandError, match=r"Failures: 1\. The rest is done; another run tries these again"):
        command()
    assert command.warned == ["odd (7): Contract id: Another service wrote this contract without a usable id."]
    assert mongo.contracts.find_one({"account_id": "good"})["status"] == "expired"


def test_a_mail_that_is_not_sent_is_a_failure(command, maya, settings, mongo):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    created()
    with pytest.raises(CommandError, match="Failures: 1"):
        command()
    assert command.warned == ["The mail to manager was not sent. ConnectionRefusedError: nobody is there."]
    assert mongo.job_runs.find_one({})["outcome"]["failed"] == 1


def test_what_is_for_a_person_is_told_and_no_failure(command):
    created("Northwind", end_date=date(2020, 1, 31), start_date=date(2020, 1, 1), auto_renewal=True)
    command()
    assert "Northwind" in command.warned[0]
    assert "overdue after one renewal by this job; its last day was 2021-01-31" in command.warned[0]


def test_who_gets_nothing_is_told_with_the_reason(command):
    created()
    command()
    assert command.warned == [
        "Reminders that reach nobody: 1 (account manager “manager” is no user's name, and no administrator can be "
        "written to)."
    ]


def test_without_mongodb_it_says_what_to_do(db):
    with pytest.raises(CommandError, match=r"MongoDB is not configured. Set MONGODB_URI .* Nothing was done"):
        call_command("run_daily")


def test_a_stage_that_breaks_off_keeps_no_other_from_its_turn(command, maya, mongo_uri, settings):
    created("Northwind")
    with Proxy(mongo_uri) as proxy, through(proxy, settings):
        # Usage reads some forty times before it writes some eighty times.
        command.out = Cut(lambda: setattr(proxy, "lose_answer", 60))
        with pytest.raises(CommandError, match=r"Failures: 1\. The rest is done"):
            command()
    [warned] = command.warned
    assert warned.startswith("Usage: not done to the end. MongoDB's answer was lost")
    assert [sent.to for sent in mail.outbox] == [["maya@example.com"]]


def test_reminders_that_a_run_died_with_are_told_until_they_are_free(command, maya):
    created()
    list(job.run(clock=still(NOW)))
    reminders.claim(digest.due(TODAY), "a run that died", still(NOW))
    with pytest.raises(CommandError, match="Some reminders are held by another run"):
        command()
    assert f"they are free at {NOW + timedelta(hours=1):%H:%M} UTC" in command.warned[0]
    assert mail.outbox == []


def test_where_mongodb_goes_away_it_says_how_far_it_came(command, mongo_uri, settings):
    created("a1", end_date=YESTERDAY - timedelta(days=1))
    created("a2")
    with Proxy(mongo_uri) as proxy, through(proxy, settings):
        command.out = Cut(lambda: proxy.fail("refuse"))
        with pytest.raises(CommandError, match=r"Done as of .* 1 expired, .* Another run does the rest"):
            command()
    again = Command()
    again()
    assert "1 expired" in again.said[-1]
