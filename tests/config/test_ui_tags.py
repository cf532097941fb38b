"""The template tags: what they print, and that nothing they are given becomes markup."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.html import strip_tags

from config.ui import climbs, tags
from contracts.domain.pricing import Line
from contracts.shown.year import MonthInSmall, Year

EVIL = "<b>\"'&"


def rendered(source: str, path: str = "/", **context: Any) -> str:
    request = RequestFactory().get(path)
    return Template("{% load ui %}" + source).render(Context({"request": request, **context}))


def test_a_pill_says_the_status_in_words() -> None:
    assert rendered("{% pill s %}", s="pending_renewal") == (
        '<span class="pill" data-tone="info">Pending renewal</span>'
    )


@pytest.mark.parametrize("status", [EVIL, None, 7, {"a": 1}])
def test_a_pill_takes_any_status_that_another_service_wrote(status: Any) -> None:
    assert "<b>" not in rendered("{% pill s %}", s=status)


def test_money_keeps_number_and_currency_together() -> None:
    assert rendered("{% money a 'USD' %}", a=Decimal("1234.5")) == (
        '<span class="money">1,234.50\xa0<small>USD</small></span>'
    )


@pytest.mark.parametrize("amount", ["12 dollars", 1.5, True, Decimal("sNaN"), [1]])
def test_money_marks_what_is_no_amount(amount: Any) -> None:
    assert 'class="odd"' in rendered("{% money a 'USD' %}", a=amount)


def test_a_long_sum_goes_on_below_itself_between_thousands() -> None:
    shown = rendered("{% money a 'USD' %}", a=Decimal("123456789012345.67"))
    assert ">123,<wbr>456,<wbr>789,<wbr>012,<wbr>345.67\xa0<" in shown


def test_money_escapes_an_odd_currency() -> None:
    assert "&lt;b&gt;" in rendered("{% money a c %}", a=1, c=EVIL)


@pytest.mark.parametrize(
    ("unit", "quantity", "price", "told"),
    [
        ("days", "30", None, "5.00\xa0JOD|"),
        ("trades", "1", "0.125", "5.00\xa0JOD1 trade|0.125\xa0JOD a trade"),
        ("trades", "1200", "0.1", "5.00\xa0JOD1,200 trades|0.100\xa0JOD a trade"),
        ("value", "50000.5", "0.25", "5.00\xa0JODof 50,000.500|0.25\xa0% of the value"),
    ],
)
def test_a_line_of_an_invoice_says_what_it_is_for(unit: str, quantity: str, price: str | None, told: str) -> None:
    line = Line(
        label="", quantity=Decimal(quantity), unit=unit, price=price and Decimal(price), amount=Decimal("5.000")
    )
    shown = rendered("{% invoiced line 'JOD' %}|{% unit_price line 'JOD' %}", line=line)

    assert strip_tags(shown).replace("5.000", "5.00") == told


def test_a_line_that_no_unit_reaches_has_no_amount() -> None:
    assert "–" in rendered("{% invoiced None evil %}", evil=EVIL)


def test_a_date_is_told_twice() -> None:
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    shown = rendered("{% when d %}", d=tomorrow)

    assert "<b>tomorrow</b><i> · </i>" in shown
    assert f'datetime="{tomorrow.isoformat()}"' in shown


def test_a_moment_has_its_seconds_in_the_title() -> None:
    then = datetime(2026, 11, 21, 14, 2, 7, tzinfo=UTC)

    shown = rendered("{% when d now %}", d=then, now=then + timedelta(minutes=2))

    assert 'title="2026-11-21 14:02:07 UTC"' in shown
    assert "<b>2 min ago</b><i> · </i><span>21 Nov 2026 14:02 UTC</span>" in shown


@pytest.mark.parametrize("tag", ["when", "day", "moment"])
def test_what_is_no_date_is_marked_as_odd(tag: str) -> None:
    assert rendered("{% " + tag + " d %}", d=EVIL).startswith('<span class="odd" title="Not a date">&lt;b&gt;')


def test_a_day_has_no_relative_part() -> None:
    assert rendered("{% day d %}", d=date(2026, 12, 3)).endswith(">3 Dec 2026</time>")


def test_the_query_string_keeps_what_is_not_changed_and_drops_the_page() -> None:
    assert rendered("{% qs status='active' %}", "/?q=a&page=3") == "?q=a&amp;status=active"


def test_the_query_string_loses_what_is_set_to_nothing() -> None:
    assert rendered("{% qs q=None status='' page=2 %}", "/?q=a&status=b&page=3") == "?page=2"


def test_the_query_string_is_encoded_and_escaped() -> None:
    assert rendered("{% qs tag=evil %}", "/?q=%22%3E%3Cscript%3E", evil="a&b=c\"'") == (
        "?q=%22%3E%3Cscript%3E&amp;tag=a%26b%3Dc%22%27"
    )


def test_a_chip_takes_away_one_value_of_several() -> None:
    assert rendered("{% qs_without 'tag' 'vip' %}", "/?tag=vip&tag=eu&page=2") == "?tag=eu"


def test_an_icon_is_decorative_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in rendered('{% icon "plus" %}')
    assert 'role="img" aria-label="&lt;b&gt;' in rendered('{% icon "plus" label=evil %}', evil=EVIL)


def test_an_icon_that_is_not_in_the_sprite_is_refused() -> None:
    with pytest.raises(LookupError, match="not in the sprite"):
        tags.icon("no-such-icon")


def test_a_copy_button_escapes_what_it_copies() -> None:
    assert 'data-copy="&lt;b&gt;&quot;&#x27;&amp;"' in rendered("{% copy text %}", text=EVIL)


def test_an_avatar_keeps_its_colour() -> None:
    assert rendered("{% avatar n %}", n="Halden Bank") == rendered("{% avatar n %}", n="Halden Bank")
    assert "<b>" not in rendered("{% avatar n %}", n=EVIL)


def widths(shown: str) -> dict[str, str]:
    """How far each bar reaches, by its class; of the tick, where it stands."""
    return {
        name: at or width
        for name, at, width in re.findall(r'class="(\w+)"(?: x="(\S+)")?[^>]* width="(\S+)"', shown)
    }


@pytest.mark.parametrize(
    ("used", "expected", "reach"),
    [
        (50.0, None, {"track": "100%", "fill": "40%", "tick": "80%"}),
        (50.0, 100.0, {"track": "100%", "leads": "80%", "fill": "40%", "tick": "80%"}),
        (0.0, 0.0, {"track": "100%", "tick": "80%"}),
        (200.0, 400.0, {"track": "100%", "leads": "100%", "fill": "50%", "tick": "25%"}),
    ],
)
def test_the_tick_of_a_limit_is_always_seen(used: float, expected: float | None, reach: dict[str, str]) -> None:
    assert widths(rendered("{% limit_bar used expected %}", used=used, expected=expected)) == reach


def month(number: int, by_day: dict[int, int], **more: Any) -> MonthInSmall:
    given: dict[str, Any] = {
        "expected": None,
        "percent": "",
        "is_over": False,
        "is_running": False,
        "names_year": number == 1,
        **more,
    }
    trades = sum(by_day.values())
    return MonthInSmall(first=date(2026, number, 1), trades=trades, by_day=by_day, days=30, until=30, **given)


def test_a_month_in_small_says_in_text_what_it_draws() -> None:
    year = Year((month(1, {3: 1200}, percent="120\xa0%", is_over=True), month(2, {})), 1200, 1000)
    january, february = rendered("{% climbs year '/u/' current %}", year=year, current=date(2026, 2, 1)).split(
        "</li>"
    )[:2]

    assert 'data-tone="bad"><a href="/u/?month=2026-01">' in january
    assert "1,200" in january and "120\xa0%" in january and "circle-alert" in january
    assert 'href="/u/?month=2026-02" aria-current="page"' in february
    assert '<b aria-hidden="true">Feb</b><span class="vh">February 2026</span>' in february


def test_a_month_climbs_on_the_scale_of_all() -> None:
    shown = climbs.drawing(month(1, {3: 10, 4: 10}), Year((), 40, 30))

    assert 'd="M0 1000H2L3 750L4 500H30"' in shown
    assert '<path class="limit" d="M0 250H30"/>' in shown


def test_a_running_month_ends_today_and_leads_on() -> None:
    running = replace(month(1, {3: 10}, expected=40), until=2.5)

    assert '<path class="leads" d="M2.5 750L30 0"/>' in climbs.drawing(running, Year((), 40))


def test_months_without_trades_are_drawn_all_the_same() -> None:
    assert 'd="M0 1000H30"' in climbs.drawing(month(1, {}), Year((), 0))


def test_the_column_that_stands_out_can_be_named() -> None:
    shown = rendered("{% bar_chart 'x' rows mark=0 %}", rows=[("a", 1, ""), ("b", 1, "")])

    assert '<g class="column last" data-label="a"' in shown


@pytest.mark.parametrize(
    ("numbers", "axis"),
    [
        ([0, 0], ["0", "1", "2", "3", "4"]),
        ([1, 3], ["0", "1", "2", "3", "4"]),
        ([5], ["0", "2", "4", "6", "8"]),
        ([10], ["0", "3", "6", "9", "12"]),
        ([45], ["0", "15", "30", "45", "60"]),
        ([9001], ["0", "2.5k", "5k", "7.5k", "10k"]),
        ([0.5, 1], ["0", "0.25", "0.5", "0.75", "1"]),
    ],
)
def test_an_axis_of_whole_numbers_has_whole_steps(numbers: list[float], axis: list[str]) -> None:
    shown = rendered("{% bar_chart 'x' rows every=99 %}", rows=[("", number, "") for number in numbers])

    assert re.findall(r'text-anchor="end">([^<]+)<', shown) == axis


@pytest.mark.parametrize(
    "source",
    [
        "{% climbs year evil %}",
        "{% mix_bar rows %}",
        "{% bar_list rows %}",
        "{% bar_chart evil rows title=evil limit=2 limit_label=evil %}",
    ],
)
def test_charts_escape_their_texts_and_hold_no_inline_style(source: str) -> None:
    year = Year((month(1, {3: 1}),), 1)
    shown = rendered(source, rows=[(EVIL, 3, EVIL), ("b", 0, "warn")], evil=EVIL, year=year)

    assert EVIL not in shown
    assert "style=" not in shown


@pytest.mark.parametrize("source", ["{% mix_bar rows %}", "{% bar_list rows %}", "{% bar_chart 'x' rows %}"])
def test_charts_of_nothing_are_drawn_all_the_same(source: str) -> None:
    assert "<svg" in rendered(source, rows=[]) or "<ul" in rendered(source, rows=[])


def test_a_spark_needs_two_points() -> None:
    assert rendered("{% spark points %}", points=[1]) == ""
    assert "<polyline" in rendered("{% spark points %}", points=[1, 1])


class TierForm(forms.Form):
    up_to = forms.IntegerField(label="Up to")


TierSet = forms.formset_factory(TierForm, can_delete=True, extra=0)


def tier_set(**rows: str) -> forms.BaseFormSet:
    return TierSet({"t-TOTAL_FORMS": "2", "t-INITIAL_FORMS": "2", "t-0-up_to": "x", **rows}, prefix="t")


def test_problems_name_the_row_and_lead_to_the_field() -> None:
    first, second = tags.problems_of([], [tier_set()])

    assert first == ("id_t-0-up_to", "Row 1, Up to", "Enter a whole number.")
    assert second == ("id_t-1-up_to", "Row 2, Up to", "This field is required.")


def test_problems_of_a_removed_row_do_not_count() -> None:
    assert len(tags.problems_of([], [tier_set(**{"t-1-DELETE": "on"})])) == 1


def test_a_field_without_errors_makes_no_summary() -> None:
    assert render_to_string("components/_problems.html", {"forms": [TierForm({"up_to": "1"})]}).strip() == ""


def test_a_field_points_at_its_errors_and_its_help() -> None:
    form = TierForm({"up_to": "x"})
    form.fields["up_to"].help_text = "Inclusive."
    form.fields["up_to"].suffix = "trades"
    shown = form["up_to"].as_field_group()

    assert 'aria-invalid="true"' in shown
    assert 'aria-describedby="id_up_to_helptext id_up_to_error"' in shown
    assert '<span class="affix">trades</span>' in shown


def test_rows_bring_a_template_for_new_ones_and_a_button_that_works_without_javascript() -> None:
    shown = render_to_string(
        "components/_rows.html", {"formset": tier_set(), "title": "Tiers", "add": "Add a tier"}
    )

    assert 'name="t-__prefix__-up_to"' in shown
    assert '<button class="btn" name="add" value="t" data-add-row formnovalidate>' in shown
