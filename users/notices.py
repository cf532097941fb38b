"""Messages above a form."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message above the form: tone is ok, info, warn or bad."""

    tone: str
    title: str
    text: str
