"""Whose entries a page shows: all of a log, or those of one account below its contract."""

from dataclasses import dataclass

from logs.kinds import Log


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A log as somebody may see it at an address.

    `base` is the address of the list, with a slash at its end, below which all of its pages lie. `account` is None
    for the whole log. `crumbs` lead there: addresses and their words. `can_export`: whether this person
    may take the entries away.
    """

    log: Log
    base: str
    title: str
    account: str | None = None
    crumbs: tuple[tuple[str, str], ...] = ()
    can_export: bool = False

    @property
    def is_whole(self) -> bool:
        return self.account is None
