"""What a browser makes of a page: what it would send of a form, and where rows of a list lead."""

import re
from html import unescape
from html.parser import HTMLParser


def fields_of(page, form_id="contract-form"):
    """Names and values of the form with this id, as lists; untouched, without the buttons."""
    reader = _Fields(form_id)
    reader.feed(page)
    assert reader.data, f"the page holds no form {form_id}"
    return reader.data


def row_links(response):
    """The addresses of the list's rows, in their order; a row without one is left out."""
    return [unescape(link) for link in re.findall(r'class="row-link" href="([^"]+)"', response.content.decode())]


class _Fields(HTMLParser):
    """Collects what a browser would send of the first form with this id."""

    def __init__(self, form_id):
        super().__init__()
        self.form_id, self.inside, self.skip = form_id, False, 0
        self.data, self.area, self.select = {}, None, None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self.inside = given.get("id") == self.form_id
        if tag == "template":
            self.skip += 1
        if not self.inside or self.skip or "disabled" in given:
            return
        name = given.get("name")
        if tag == "input" and name and given.get("type") not in ("checkbox", "radio", "submit"):
            self.data.setdefault(name, []).append(given.get("value", ""))
        elif tag == "input" and name and "checked" in given:
            self.data.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "textarea":
            self.area = name
            self.data[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given and self.select:
            self.data[self.select] = [given.get("value", "")]

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        if tag == "template":
            self.skip -= 1
        if tag == "textarea":
            self.area = None
        if tag == "select":
            self.select = None

    def handle_data(self, text):
        if self.area:
            self.data[self.area][0] += text.removeprefix("\n")
