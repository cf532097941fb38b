"""`{% fixed %}`: a part of a page that is the same for the same values, and so is rendered once in a process."""

from functools import lru_cache
from typing import Any

from django.template import Context, Node, NodeList, Template, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token, token_kwargs

# The values of many people on many pages.
MOST_KEPT = 256


class Fixed(Node):
    """Keeps what its nodes become for each of the values by which it is fixed.

    The nodes are given these values and nothing else of the page, so that nothing of one page gets onto another.
    """

    def __init__(self, nodelist: NodeList, values: dict[str, FilterExpression]) -> None:
        self.values = values
        self.template = Template("")
        self.template.nodelist = nodelist
        # A text that is markup already is equal to one that is not, but is of another type.
        self.kept = lru_cache(maxsize=MOST_KEPT, typed=True)(self._rendered)

    def render(self, context: Context) -> str:
        return self.kept(*[value.resolve(context) for value in self.values.values()])

    def _rendered(self, *values: Any) -> str:
        return self.template.render(Context(dict(zip(self.values, values, strict=True))))


def fixed(parser: Parser, token: Token) -> Fixed:
    """`{% fixed %}…{% endfixed %}`, or `{% fixed theme=theme name=user.name %}…` with all that stands inside."""
    tag, *bits = token.split_contents()
    values = token_kwargs(bits, parser)
    if bits:
        raise TemplateSyntaxError(f"{tag} takes name=value, not “{' '.join(bits)}”.")
    nodelist = parser.parse(("endfixed",))
    parser.delete_first_token()
    return Fixed(nodelist, values)
