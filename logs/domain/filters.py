"""Which entries of a log somebody wants to see."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Fields that must hold one of some texts, and fields that must hold none of theirs; dotted names go deeper.

    `text` is to stand somewhere in what is searched. From `start` on, up to and without `end`. `account` keeps to
    the entries of one account, whatever else is asked for. `last` names a start that moves with time, so that
    cursors go on holding while it does. Undated entries are those whose timestamp is missing or
    no date; they are seen by themselves.
    """

    fields: Mapping[str, Values] = field(default_factory=dict)
    without: Mapping[str, Values] = field(default_factory=dict)
    text: str = ""
    start: datetime | None = None
    end: datetime | None = None
    last: str = ""
    account: str | None = None
    is_undated: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether more is asked for than a time."""
        return bool(self.fields or self.without or self.text)

    def beside(self, name: str) -> "LogFilter":
        """The same but for what is asked of one field: what its other values would find."""
        kept = {other: values for other, values in self.fields.items() if other != name}
        others = {other: values for other, values in self.without.items() if other != name}
        return replace(self, fields=kept, without=others)
