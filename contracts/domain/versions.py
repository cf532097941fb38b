"""How addresses name the states of a contract: a version by its number, the live contract as `now`."""

from typing import Literal

Name = int | Literal["now"]

NOW: Literal["now"] = "now"
# What MongoDB holds as a whole number; no contract has come as far.
MOST = 2**63 - 1


def named(text: str) -> Name:
    """The version that a text names. Raises ValueError."""
    if text == NOW:
        return NOW
    if not (text.isascii() and text.isdecimal() and len(text) < len(str(MOST))):
        raise ValueError(f"“{text}” is not the number of a version.")
    return int(text)


def label(name: Name) -> str:
    """What people call a state: `Version 3`, `Now`."""
    return "Now" if name == NOW else f"Version {name}"
