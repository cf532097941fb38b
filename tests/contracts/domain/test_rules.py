"""Every rule of a contract, from both sides."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from contracts.domain import fields, rules
from contracts.domain.fields import TEXT, Field
from contracts.domain.model import RESERVED_IDS, AddOn, Contract, Pricing, SlaTerms, UsageLimits, VolumeTier
from tests.factories import make_contract
from tests.strategies import contracts, quick

TEXT_FIELDS = [field for field in (*fields.IDENTITY[1:], *fields.TERMS) if field.kind == TEXT]
FREE_TEXTS = [field for field in TEXT_FIELDS if field.name not in ("currency", "email")]


def found(**terms: Any) -> list[tuple[str, str]]:
    """Path and message of each problem of a contract that is valid but for these terms."""
    return told(make_contract(**terms))


def told(contract: Contract) -> list[tuple[str, str]]:
    return [(problem.path, problem.message) for problem in rules.problems(contract)]


def with_text(path: str, text: str) -> Contract:
    contract = make_contract()
    group, _, name = path.rpartition(".")
    return replace(contract, **{group or name: replace(contract.at(group), **{name: text}) if group else text})


@quick
@given(contracts())
def test_a_contract_that_keeps_every_rule_has_no_problem(contract: Contract) -> None:
    assert rules.problems(contract) == ()


# What must be given --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", rules.REQUIRED)
def test_a_field_that_is_required_is_asked_for(path: str) -> None:
    empty = "" if isinstance(make_contract().at(path), str) else None
    assert (path, f"Give the {fields.label_of(path).lower()}.") in found(**{path: empty})


@pytest.mark.parametrize(
    ("account_id", "is_given"), [("a", True), ("東", True), (" ", False), ("\u200b\x1b", False)]
)
def test_a_text_that_nobody_can_see_is_not_given(account_id: str, is_given: bool) -> None:
    assert found(account_id=account_id) == ([] if is_given else [("account_id", "Give the account id.")])


def test_a_fee_of_nothing_is_given() -> None:
    assert found(base_monthly_fee=Decimal(0), notice_days=0) == []


# Texts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", FREE_TEXTS, ids=lambda field: field.path)
def test_a_text_of_the_greatest_length_passes_and_one_more_does_not(field: Field) -> None:
    assert told(with_text(field.path, "é" * field.limit)) == []
    message = f"Use {field.limit:,} characters at most; this has {field.limit + 1:,}."
    assert told(with_text(field.path, "é" * (field.limit + 1))) == [(field.path, message)]


@pytest.mark.parametrize("field", FREE_TEXTS, ids=lambda field: field.path)
@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_a_text_that_cannot_be_stored_is_refused(field: Field, text: str) -> None:
    message = "This holds a character that cannot be stored. Type it again."
    assert told(with_text(field.path, text)) == [(field.path, message)]


@pytest.mark.parametrize("text", ["", " ", "\n", "\u202e", "😀", "<b>", "{{ 7*7 }}", "$ne"])
def test_any_other_text_passes(text: str) -> None:
    assert found(notes=text, account_name=text) == []


# Lists of texts ------------------------------------------------------------------------------------------


def test_two_hundred_tags_pass_and_one_more_does_not() -> None:
    tags = tuple(str(number) for number in range(201))
    assert found(tags=tags[:200]) == []
    assert found(tags=tags) == [("tags", "Give 200 at most; these are 201.")]


def test_each_line_of_a_list_is_a_text_with_a_length() -> None:
    assert found(features=("x" * 100,)) == []
    assert found(features=("x" * 101,)) == [("features", "Use 100 characters at most; this has 101.")]


def test_the_same_line_twice_is_named() -> None:
    assert found(tags=("vip", "VIP")) == []
    assert found(tags=("emea", "vip", "vip")) == [("tags", "“vip” stands here twice.")]


# Numbers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fee", ["0", "0.00", "-0", "99.995", "9" * 34, "0." + "0" * 33 + "1", "1E+33", "9." + "9" * 33]
)
def test_an_amount_of_zero_or_more_in_34_digits_passes(fee: str) -> None:
    assert found(base_monthly_fee=Decimal(fee)) == []


@pytest.mark.parametrize(
    ("fee", "message"),
    [
        ("-0.01", "Give zero or more."),
        ("NaN", "Give a number; infinity and NaN are none."),
        ("sNaN", "Give a number; infinity and NaN are none."),
        ("Infinity", "Give a number; infinity and NaN are none."),
        ("9" * 35, "Use 34 digits at most."),
        ("1E+34", "Use 34 digits at most."),
        ("1E-35", "Use 34 digits at most."),
        ("9." + "9" * 34, "Use 34 digits at most."),
        ("1E+999999", "Use 34 digits at most."),
    ],
)
def test_any_other_amount_is_refused(fee: str, message: str) -> None:
    assert found(base_monthly_fee=Decimal(fee)) == [("base_monthly_fee", message)]


def test_a_count_is_one_that_every_service_can_read() -> None:
    path = "usage_limits.max_monthly_trades"
    assert found(usage_limits=UsageLimits(max_monthly_trades=2**53 - 1)) == []
    assert found(usage_limits=UsageLimits(max_monthly_trades=2**53)) == [
        (path, "Give 9,007,199,254,740,991 at most.")
    ]
    assert found(usage_limits=UsageLimits(max_monthly_trades=-1)) == [(path, "Give zero or more.")]


def test_no_limit_is_a_limit_that_passes() -> None:
    assert found(usage_limits=UsageLimits(), sla_terms=SlaTerms()) == []


def test_seconds_may_be_whole_or_not() -> None:
    assert found(usage_limits=UsageLimits(sla_threshold_seconds=Decimal("0.25"))) == []


@pytest.mark.parametrize(("percent", "is_right"), [("0", True), ("100", True), ("100.01", False), ("1E+20", False)])
def test_uptime_is_a_percentage(percent: str, is_right: bool) -> None:
    problems = found(sla_terms=SlaTerms(uptime_guarantee=Decimal(percent)))
    assert problems == ([] if is_right else [("sla_terms.uptime_guarantee", "Give 100 percent at most.")])


# Choices -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["contract_type", "status"])
@pytest.mark.parametrize("value", ["", "gold", "Active"])
def test_a_choice_is_one_of_those_there_are(path: str, value: str) -> None:
    assert [problem for problem, _ in found(**{path: value})] == [path]


@pytest.mark.parametrize("code", ["USD", "JPY", "KWD", "XAF"])
def test_a_currency_of_iso_4217_passes(code: str) -> None:
    assert found(currency=code) == []


@pytest.mark.parametrize("code", ["usd", "XXX", "XAU", "DEM", "US", "BTC"])
def test_any_other_currency_is_refused(code: str) -> None:
    assert found(currency=code) == [("currency", "Give an ISO 4217 code, such as USD or EUR.")]


@pytest.mark.parametrize("contract_id", ["contract_20261121_120000_abcdef", "C-1", "a@b:c=d+e.f", "_", "x" * 200])
def test_an_id_that_can_stand_in_an_address_passes(contract_id: str) -> None:
    assert found(contract_id=contract_id) == []


@pytest.mark.parametrize("contract_id", ["a/b", "~1", ".", "..", "a b", "é", "-x", "stats/"])
def test_an_id_that_cannot_is_refused(contract_id: str) -> None:
    assert found(contract_id=contract_id) == [("contract_id", "Use letters, digits and _ . : @ + = - only.")]


@pytest.mark.parametrize("contract_id", sorted(RESERVED_IDS))
def test_an_id_that_is_a_word_of_our_addresses_is_refused_as_such(contract_id: str) -> None:
    assert found(contract_id=contract_id) == [
        ("contract_id", f"“{contract_id}” is part of an address here. Choose another id.")
    ]


# The term ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [date(1900, 1, 1), date(2999, 12, 31)])
def test_days_of_the_calendar_that_we_keep_pass(start: date) -> None:
    assert found(start_date=start, end_date=start) == []


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(3000, 1, 1), date.max])
def test_days_beyond_it_are_refused(day: date) -> None:
    assert ("start_date", "Give a day from 1900 to 2999.") in found(start_date=day, end_date=None)


def test_a_contract_of_one_day_passes_and_one_that_ends_before_it_starts_does_not() -> None:
    start = date(2026, 5, 1)
    assert found(start_date=start, end_date=start) == []
    problem = ("end_date", "The last day lies before the start.")
    assert found(start_date=start, end_date=date(2026, 4, 30)) == [problem]


def test_an_open_end_does_not_renew() -> None:
    assert found(end_date=None, auto_renewal=False) == []
    assert [path for path, _ in found(end_date=None, auto_renewal=True)] == ["auto_renewal"]


def test_a_cancelled_contract_has_a_last_day() -> None:
    assert found(status="cancelled") == []
    problems = found(status="cancelled", end_date=None, auto_renewal=False)
    assert problems == [("end_date", "A cancelled contract has a last day. Give it.")]


@pytest.mark.parametrize(("day", "is_right"), [(None, True), (1, True), (31, True), (0, False), (32, False)])
def test_an_anchor_is_a_day_of_the_month(day: int | None, is_right: bool) -> None:
    problems = found(anchor_day=day)
    assert problems == ([] if is_right else [("anchor_day", "Give a day of the month, from 1 to 31.")])


@pytest.mark.parametrize(("months", "is_right"), [(1, True), (120, True), (0, False), (121, False)])
def test_a_term_is_of_1_to_120_months(months: int, is_right: bool) -> None:
    problems = found(renewal_term_months=months, notice_days=0)
    assert problems == ([] if is_right else [("renewal_term_months", "Give 1 to 120 months.")])


@pytest.mark.parametrize(
    ("start", "months", "days"),
    [(date(2026, 2, 1), 1, 28), (date(2028, 2, 1), 1, 29), (date(2026, 1, 31), 1, 28), (date(2026, 1, 1), 12, 365)],
)
def test_the_notice_is_shorter_than_the_term(start: date, months: int, days: int) -> None:
    terms = {"start_date": start, "end_date": None, "auto_renewal": False, "renewal_term_months": months}
    assert found(**terms, notice_days=days - 1) == []
    problem = ("notice_days", "The notice must be shorter than the renewal term.")
    assert found(**terms, notice_days=days) == [problem]


# Contacts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("contact", ["primary_contact", "billing_contact"])
@pytest.mark.parametrize("email", ["", "ana@example.com", "a+b.c@mail.example.co.uk", "ü@exämple.de"])
def test_an_email_address_passes(contact: str, email: str) -> None:
    assert told(with_text(f"{contact}.email", email)) == []


@pytest.mark.parametrize("contact", ["primary_contact", "billing_contact"])
@pytest.mark.parametrize("email", ["ana", "@example.com", "ana@", "ana@example", "a b@example.com", "a@b@c.de"])
def test_what_is_no_email_address_is_refused(contact: str, email: str) -> None:
    contract = with_text(f"{contact}.email", email)
    assert told(contract) == [(f"{contact}.email", "Give an e-mail address such as name@example.com.")]


# Rows ----------------------------------------------------------------------------------------------------


def test_a_table_has_200_rows_at_most() -> None:
    add_ons = tuple(AddOn(name=str(number), monthly_fee=Decimal(1)) for number in range(201))
    assert found(add_ons=add_ons[:200]) == []
    assert found(add_ons=add_ons) == [("add_ons", "Give 200 rows at most; these are 201.")]


def test_an_add_on_has_a_name_and_a_fee() -> None:
    assert found(add_ons=(AddOn(name="Sandbox", monthly_fee=Decimal(0), active=False),)) == []
    nameless, priceless = AddOn(monthly_fee=Decimal(1)), AddOn(name="Sandbox")
    assert found(add_ons=(nameless, priceless)) == [
        ("add_ons.0.name", "Give the add-on a name."),
        ("add_ons.1.monthly_fee", "Give the fee; 0 if it is free."),
    ]


@pytest.mark.parametrize(
    ("cell", "value", "message"),
    [
        ("min_trades", -1, "Give zero or more."),
        ("max_trades", 2**53, "Give 9,007,199,254,740,991 at most."),
        ("price_per_trade", Decimal("NaN"), "Give a number; infinity and NaN are none."),
        ("price_per_trade", Decimal("1E-40"), "Use 34 digits at most."),
    ],
)
def test_each_cell_of_a_row_keeps_its_own_rules(cell: str, value: Any, message: str) -> None:
    first = VolumeTier(min_trades=0, max_trades=10, price_per_trade=Decimal(1))
    last = VolumeTier(min_trades=11, price_per_trade=Decimal(1))
    tiers = (replace(first, **{cell: value}), last)
    problems = found(usage_based_pricing=Pricing(trade_volume_tiers=tiers))
    assert (f"usage_based_pricing.trade_volume_tiers.0.{cell}", message) in problems


def test_tiers_with_a_gap_are_found_in_the_contract() -> None:
    tiers = (
        VolumeTier(min_trades=0, max_trades=10, price_per_trade=Decimal(1)),
        VolumeTier(min_trades=12, price_per_trade=Decimal(1)),
    )
    assert found(usage_based_pricing=Pricing(trade_volume_tiers=tiers)) == [
        (
            "usage_based_pricing.trade_volume_tiers.1.min_trades",
            "This leaves a gap after the tier above. Start at 11.",
        )
    ]


def test_all_problems_are_told_at_once() -> None:
    paths = [path for path, _ in found(account_id="", currency="?", end_date=date(2025, 1, 1), anchor_day=40)]
    assert paths == ["account_id", "currency", "end_date", "anchor_day"]


@pytest.mark.parametrize("account", [".", "..", " a", "a ", "a\nb", "a\u202eb", "a\x00b", "a\u2028b"])
def test_an_account_id_can_be_told_and_stand_in_an_address(account: str) -> None:
    assert "account_id" in [path for path, _ in found(account_id=account)]


@pytest.mark.parametrize("account", ["a b", "é", "a/b", "...", "116508"])
def test_an_account_id_may_be_what_another_service_gave(account: str) -> None:
    assert found(account_id=account) == []
