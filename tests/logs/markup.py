"""What of a page a text of a log has brought in: elements, attributes, addresses; nothing, where all is escaped."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from tests.logs.payloads import MARK

# What our templates are made of. Whatever else stands in a page has come from elsewhere.
OUR_ELEMENTS = frozenset(
    "a article aside b bdi body br button caption circle code del details dialog div dd dl dt fieldset footer "
    "form g h1 h2 h3 head header hr html i img input ins kbd label legend li line link main menu meta nav ol "
    "optgroup option p path polyline q rect script section select small span strong summary svg table tbody "
    "td template text tfoot th thead time title tr ul use wbr".split()
)
ADDRESS_ATTRIBUTES = {"href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href"}
ADDRESSES = ("hx-get", "hx-post", "hx-push-url", "hx-put", "hx-delete", "hx-patch", *ADDRESS_ATTRIBUTES)
# Where our own scripts and templates put texts that nobody runs or follows.
TEXTS = {"aria-label", "title", "value", "content", "placeholder", "datetime", "hx-headers", "alt"}


class Reader(HTMLParser):
    """Reads a page as a browser would, and collects what is not ours."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.foreign: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in OUR_ELEMENTS:
            self.foreign.append(f"<{tag}>")
        for name, value in attrs:
            self.foreign += [f"<{tag} {name}={value!r}>" for _ in problems(tag, name, value or "")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.foreign.append(f"<!--{data}-->")

    def handle_pi(self, data: str) -> None:
        self.foreign.append(f"<?{data}>")


def problems(tag: str, name: str, value: str) -> Iterator[str]:
    """Why an attribute cannot be ours."""
    plain = "".join(character for character in value.lower() if character > " ")
    if MARK in name or name.startswith(("on", "hx-on", "data-hx", "style", "srcdoc")):
        yield "a name"
    if name in ADDRESSES and plain not in ("true", "false") and not plain.startswith(("/", "?", "#")):
        yield "an address of another kind"
    if name in ADDRESSES and plain.startswith("//"):
        yield "another site"
    if name.startswith("hx-") and name not in ADDRESSES and name not in TEXTS and MARK in plain:
        yield "an instruction"
    # A form carries what is asked for, whose name is that of a field.
    if name in ("id", "class", "name", "for", "type", "rel") and (tag, name) != ("input", "name") and MARK in plain:
        yield "a part of the page's own"
    if tag in ("script", "link") and MARK in plain:
        yield "a resource"


def foreign_in(response: Any) -> list[str]:
    """What a log has brought into an answer."""
    reader = Reader()
    reader.feed(content_of(response))
    reader.close()
    return reader.foreign


def content_of(response: Any) -> str:
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    return raw.decode()
