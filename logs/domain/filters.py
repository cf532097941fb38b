"""Which entries of a log somebody wants to see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Fields with the texts they must hold; from `start` on, up to and without `end`.

    Undated entries are those whose timestamp is missing or no date; they are seen by themselves.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    start: datetime | None = None
    end: datetime | None = None
    is_undated: bool = False
