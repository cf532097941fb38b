"""A form is filled in, sent by a browser, and read: opening and saving changes nothing, and rows come and go."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from contracts import seen
from contracts.documents import flat, from_document, to_document
from contracts.domain import fields
from contracts.domain.diff import changes
from contracts.domain.errors import Problem
from contracts.domain.model import AddOn, Contract, Pricing, UsageLimits, VolumeTier
from contracts.forms.bundle import ContractForms, with_values
from contracts.forms.rows import MOST_SHOWN, TABLES
from tests.factories import make_contract
from tests.html import fields_of
from tests.strategies import AMOUNTS, AWKWARD, contracts, quick

AREAS = ("notes", "features", "tags", "sla_terms__penalty_terms")
TIERS = "usage_based_pricing.trade_volume_tiers"


def sent(forms: ContractForms, **entries: str) -> QueryDict:
    """What a browser sends of the form, some entries made: no line ends from a single line, CRLF from several."""
    controls = "".join(str(field) for form in shown(forms) for field in form)
    page = f'<form id="contract-form">{controls}</form>'.replace("\r\n", "\n").replace("\r", "\n")
    data = QueryDict(mutable=True)
    for name, values in fields_of(page).items():
        data.setlist(name, [typed(value, name in AREAS) for value in values])
    for name, value in entries.items():
        data[name] = value
    return data


def shown(forms: ContractForms) -> list[object]:
    tables = forms.tables.values()
    return [forms.main, *(part for table in tables for part in (table.management_form, *table.forms))]


def typed(value: str, is_area: bool) -> str:
    return value.replace("\n", "\r\n") if is_area else value.replace("\n", "")


def read(base: Contract, data: QueryDict) -> Contract:
    forms = ContractForms(base, data)
    assert forms.is_valid(), [form.errors for form in shown(forms)]
    return forms.contract()


def extras_of(contract: Contract) -> list[list[str]]:
    """What the rows of each table hold beside their columns; as text, since NaN is not equal to itself."""
    return [[repr(row.extra) for row in contract.at(table.path)] for table, *_ in TABLES.values()]


@quick
@given(contracts())
def test_opening_and_saving_changes_nothing(contract: Contract) -> None:
    after = read(contract, sent(ContractForms(contract)))
    assert after == contract
    assert extras_of(after) == extras_of(contract)


@quick
@given(contracts())
def test_opening_and_saving_over_what_the_form_was_made_from_is_no_change(contract: Contract) -> None:
    base, live = (from_document(seen.unpack(seen.pack(to_document(contract)))) for _ in range(2))
    after = read(base, sent(ContractForms(base)))
    assert changes(flat(live), flat(after)) == ()


@quick
@given(contracts())
def test_a_form_that_came_back_can_be_sent_again(contract: Contract) -> None:
    once = sent(ContractForms(contract))
    assert sent(ContractForms(contract, once)) == once
    assert read(contract, sent(ContractForms(contract, once))) == contract


@quick
@given(contracts())
def test_a_new_contract_is_read_as_it_was_filled_in(contract: Contract) -> None:
    new = replace(contract, contract_id="")
    assert read(new, sent(ContractForms(new))) == new


@quick
@given(contracts(), contracts())
def test_what_a_form_starts_with_is_what_it_gives(base: Contract, wanted: Contract) -> None:
    wanted = replace(wanted, start_date=base.start_date, status=base.status)
    after = read(base, sent(ContractForms(base, shown=wanted)))
    assert as_typed(after) == as_typed(wanted)


def as_typed(contract: Contract) -> dict[str, object]:
    """The terms as a browser would let them be typed: without outer space and with plain line ends."""
    state = {path: value for path, value in flat(contract).items() if path not in ("account_id", "renewal_date")}
    columns = {table.path: [column.name for column in table.columns] for table, *_ in TABLES.values()}
    rows = {
        path: [{name: tidy(row[name]) for name in names} for row in state[path]] for path, names in columns.items()
    }
    return {path: tidy(value) for path, value in {**state, **rows}.items()}


def tidy(value: object) -> object:
    if isinstance(value, str):
        return "".join(value.split())
    if isinstance(value, list):
        return "".join("".join(part.split()) for part in value) if all(isinstance(p, str) for p in value) else value
    return value


@pytest.mark.parametrize("text", AWKWARD)
@pytest.mark.parametrize("path", ["account_name", "primary_contact.phone", "notes", "sla_terms.penalty_terms"])
def test_a_text_that_no_browser_would_send_stays(path: str, text: str) -> None:
    contract = with_values(make_contract(), {path: text})
    assert read(contract, sent(ContractForms(contract))).at(path) == text


@pytest.mark.parametrize("text", AWKWARD)
def test_a_name_in_a_row_that_no_browser_would_send_stays(text: str) -> None:
    contract = make_contract(add_ons=(AddOn(name=text, monthly_fee=Decimal(1)),))
    assert read(contract, sent(ContractForms(contract))).add_ons == contract.add_ons


@pytest.mark.parametrize("text", AWKWARD)
def test_a_line_that_no_browser_would_send_stays(text: str) -> None:
    contract = make_contract(features=("plain", text))
    assert read(contract, sent(ContractForms(contract))).features == ("plain", text)


def test_what_is_typed_loses_its_outer_space_and_browser_line_ends() -> None:
    contract = make_contract(notes=" as stored ")
    data = sent(ContractForms(contract))
    data["account_name"], data["notes"] = "  Northwind  ", " one\r\ntwo "
    after = read(contract, data)
    assert (after.account_name, after.notes) == ("Northwind", "one\ntwo")


def test_lines_are_read_one_by_one_without_the_blank_ones() -> None:
    contract = make_contract()
    data = sent(ContractForms(contract))
    data["tags"] = "\r\n vip \r\n\r\nlate\r\n"
    assert read(contract, data).tags == ("vip", "late")


@quick
@given(AMOUNTS, AMOUNTS)
def test_an_amount_is_read_digit_for_digit(fee: Decimal, most: Decimal) -> None:
    contract = make_contract(base_monthly_fee=fee, usage_limits=UsageLimits(max_trade_value=most))
    after = read(contract, sent(ContractForms(contract)))
    assert (f"{after.base_monthly_fee:f}", f"{after.usage_limits.max_trade_value:f}") == (f"{fee:f}", f"{most:f}")


@pytest.mark.parametrize(
    ("typed_seconds", "read_as"),
    [("20", 20), ("20.0", 20), ("0.5", Decimal("0.5")), ("1" + "0" * 30, Decimal(10) ** 30), ("", None)],
)
def test_whole_seconds_are_whole(typed_seconds: str, read_as: object) -> None:
    contract = make_contract()
    data = sent(ContractForms(contract))
    data["usage_limits__sla_threshold_seconds"] = typed_seconds
    seconds = read(contract, data).usage_limits.sla_threshold_seconds
    assert seconds == read_as
    assert type(seconds) is type(read_as)


def with_labels() -> Contract:
    """A contract whose volume tiers carry what another service wrote there."""
    tiers = make_contract().usage_based_pricing.trade_volume_tiers
    labelled = tuple(replace(tier, extra={"label": number}) for number, tier in enumerate(tiers))
    return make_contract(usage_based_pricing=Pricing(trade_volume_tiers=labelled))


def test_a_row_that_changes_keeps_what_we_do_not_know_of_it() -> None:
    data = sent(ContractForms(with_labels()))
    data["volume-1-price_per_trade"] = "0.07"
    tier = read(with_labels(), data).at(TIERS)[1]
    assert (tier.price_per_trade, tier.extra) == (Decimal("0.07"), {"label": 1})


def test_a_row_after_a_removed_one_keeps_its_own() -> None:
    data = sent(ContractForms(with_labels()))
    data["volume-0-DELETE"] = "on"
    (tier,) = read(with_labels(), data).at(TIERS)
    assert (tier.min_trades, tier.extra) == (1001, {"label": 1})


def test_a_removed_row_may_hold_anything() -> None:
    data = sent(ContractForms(make_contract()))
    data["volume-0-DELETE"], data["volume-0-min_trades"] = "on", "never mind"
    assert len(read(make_contract(), data).at(TIERS)) == 1


def test_an_added_row_is_read_and_one_left_blank_is_not() -> None:
    data = sent(ContractForms(make_contract()))
    data["add_ons-TOTAL_FORMS"], data["add_ons-1-active"] = "3", "on"
    data["add_ons-2-name"], data["add_ons-2-monthly_fee"] = "Reports", "5"
    added = read(make_contract(), data).add_ons[1:]
    assert added == (AddOn(name="Reports", monthly_fee=Decimal(5), active=False),)


def test_a_row_may_be_typed_as_the_contract_had_it_before() -> None:
    contract = make_contract()
    without = replace(contract, usage_based_pricing=Pricing(trade_volume_tiers=contract.at(TIERS)[:1]))
    data = sent(ContractForms(contract, shown=without), **{"volume-TOTAL_FORMS": "2"})
    data["volume-1-min_trades"], data["volume-1-price_per_trade"] = "1001", "0.08"
    assert read(contract, data).at(TIERS) == contract.at(TIERS)


@pytest.mark.parametrize("origin", ["9", "-1", "x", "9" * 5_000])
def test_a_row_of_no_origin_brings_nothing_along(origin: str) -> None:
    data = sent(ContractForms(with_labels()))
    data["volume-0-origin"] = origin
    forms = ContractForms(with_labels(), data)
    assert not forms.is_valid() or forms.contract().at(TIERS)[0].extra == {}


def test_a_cell_that_is_no_number_is_refused_beside_it() -> None:
    data = sent(ContractForms(make_contract()))
    data["value-1-percentage_fee"] = "much"
    forms = ContractForms(make_contract(), data)
    assert not forms.is_valid()
    assert list(forms.tables["value"].forms[1].errors) == ["percentage_fee"]


@pytest.mark.parametrize("prefix", TABLES)
def test_a_row_is_added_without_a_word_about_what_is_half_done(prefix: str) -> None:
    data = sent(ContractForms(make_contract()), **{"base_monthly_fee": "oops", "notes": "half done"})
    forms = ContractForms.with_one_more_row(make_contract(), data, prefix)
    assert len(forms.tables[prefix].forms) == len(make_contract().at(TABLES[prefix][0].path)) + 1
    assert [form.errors for form in shown(forms) if hasattr(form, "quiet") and form.errors] == []
    assert sent(forms)["base_monthly_fee"] == "oops"


@pytest.mark.parametrize("total", ["", "x", "-1", "²", "999999", "9" * 5_000])
@pytest.mark.parametrize("prefix", ["volume", "nothing"])
def test_a_row_cannot_be_added_to_what_is_no_table(prefix: str, total: str) -> None:
    data = sent(ContractForms(make_contract()))
    data[f"{prefix}-TOTAL_FORMS"] = total
    forms = ContractForms.with_one_more_row(make_contract(), data, prefix)
    assert all(len(table.forms) <= MOST_SHOWN for table in forms.tables.values())


PATHS = [field.path for field in fields.TERMS if not field.columns]
CELLS = [f"{table.path}.0.{column.path}" for table, *_ in TABLES.values() for column in table.columns]


@pytest.mark.parametrize("path", [*PATHS, *CELLS])
def test_every_problem_stands_beside_its_field(path: str) -> None:
    forms = ContractForms(make_contract(), sent(ContractForms(make_contract())))
    assert forms.is_valid()
    forms.add_problems([Problem(path, "Not like this."), Problem(path, "Nor like that.")])
    told = [errors for form in shown(forms) for errors in form.errors.values()]
    assert told == [["Not like this."]]
    assert "__all__" not in forms.main.errors


@pytest.mark.parametrize("path", ["contract_id", "account_id", "crm.id"])
def test_a_problem_with_what_the_form_does_not_show_stands_above_it(path: str) -> None:
    contract = make_contract(contract_id="C-1")
    forms = ContractForms(contract, sent(ContractForms(contract)))
    assert forms.is_valid()
    forms.add_problems([Problem(path, "Not like this.")])
    assert forms.main.non_field_errors() == ["Not like this."]


def test_a_problem_of_a_row_stands_beside_it_when_others_are_removed() -> None:
    data = sent(ContractForms(make_contract()), **{"volume-0-DELETE": "on"})
    forms = ContractForms(make_contract(), data)
    assert forms.is_valid()
    forms.add_problems([Problem(f"{TIERS}.0.min_trades", "The first tier starts at 0 or 1.")])
    assert [list(form.errors) for form in forms.tables["volume"].forms] == [[], ["min_trades"]]


@quick
@given(st.dictionaries(st.sampled_from(sorted(sent(ContractForms(make_contract())))), st.text(), max_size=6))
def test_whatever_is_sent_is_read_or_refused(entries: dict[str, str]) -> None:
    forms = ContractForms(make_contract(), sent(ContractForms(make_contract()), **entries))
    if forms.is_valid():
        flat(forms.contract())
    forms.add_broken_rules()


def test_a_tier_row_is_made_for_each_tier() -> None:
    tiers = tuple(VolumeTier(min_trades=n, max_trades=n, price_per_trade=Decimal(n)) for n in range(1, 31))
    contract = make_contract(usage_based_pricing=Pricing(trade_volume_tiers=tiers))
    assert read(contract, sent(ContractForms(contract))).at(TIERS) == tiers
