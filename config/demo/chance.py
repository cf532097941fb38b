"""Chance that can be repeated: each part of the demo draws from a source of its own."""

from random import Random


def draws(*names: object) -> Random:
    """A source of random numbers, the same for the same names, and independent of all others."""
    # Demo data needs no secrets.
    return Random(":".join(map(str, names)))  # noqa: S311
