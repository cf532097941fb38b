"""`{% fixed %}`: what is kept, by which values, and that nothing else of a page gets into it."""

from collections.abc import Iterator
from itertools import count

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import mark_safe


class Counting:
    """A value that is another one whenever a template asks for it, and yet the same value."""

    def __init__(self) -> None:
        self.times: Iterator[int] = count(1)

    def asked(self) -> int:
        return next(self.times)


def template(source: str) -> Template:
    return Template("{% load ui %}" + source)


def rendered(source: Template, **context: object) -> str:
    return source.render(Context(context))


def test_a_fixed_part_is_rendered_once_for_the_same_value() -> None:
    page, value = template("{% fixed value=value %}{{ value.asked }}{% endfixed %}"), Counting()

    assert [rendered(page, value=value), rendered(page, value=value)] == ["1", "1"]


def test_a_fixed_part_is_rendered_anew_for_another_value() -> None:
    page = template("{% fixed theme=person.theme %}<b>{{ theme }}</b>{% endfixed %}")

    assert rendered(page, person={"theme": "dark"}) == "<b>dark</b>"
    assert rendered(page, person={"theme": "light"}) == "<b>light</b>"


def test_a_fixed_part_knows_nothing_of_the_page_but_what_is_named() -> None:
    page = template("{% fixed theme=theme %}{{ name }}{{ request.path }}{{ theme }}{% endfixed %}")

    assert rendered(page, theme="dark", name="Maya", request={"path": "/"}) == "dark"


def test_markup_that_is_trusted_does_not_vouch_for_an_equal_text_that_is_not() -> None:
    page = template("{% fixed name=name %}{{ name }}{% endfixed %}")

    assert rendered(page, name=mark_safe("<b>")) == "<b>"
    assert rendered(page, name="<b>") == "&lt;b&gt;"


def test_a_fixed_part_takes_other_templates_and_tags() -> None:
    page = template('{% fixed %}{% include "components/_required.html" %}{% icon "plus" %}{% endfixed %}')

    assert 'title="Required"' in rendered(page)
    assert '#plus"' in rendered(page)


def test_a_value_without_a_name_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="fixed takes name=value, not “theme”"):
        template("{% fixed theme %}{% endfixed %}")


def test_an_address_is_that_of_the_page() -> None:
    assert rendered(template("{% address 'contracts:list' %}")) == "/contracts/"
