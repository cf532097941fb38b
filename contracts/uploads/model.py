"""An import from the browser as a value: the file that came, what its columns mean, and how far it has got."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contracts.domain.fields import BY_PATH, Field
from contracts.planning import CHANGED, NEW, OUTCOMES, Mode

# What becomes of an import: its columns are asked for where the header does not name fields, then come two runs.
COLUMNS, CHECKING, CHECKED, IMPORTING, DONE = STATES = ("columns", "checking", "checked", "importing", "done")
RUNNING = (CHECKING, IMPORTING)

TABLE, LINES = "csv", "ndjson"
MODES = {"new": Mode(), "update": Mode(update=True), "overwrite": Mode(overwrite=True)}

# All that there is of an import goes a day after its last step; nobody wants half of a file, so one that is being
# written stays for longer.
LIFETIME, WRITING_LIFETIME = timedelta(days=1), timedelta(days=7)
MOST_BYTES = 20 * 2**20
MOST_ROWS = 10_000
MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row of the file starts: the byte from its beginning, and the number of the line."""

    offset: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A file as it came: `kind` is csv or ndjson, `body` where its rows begin, `rows` how many there are.

    A table has a header, with a few `samples` of each column; `columns` are the paths of the fields that those seem
    to fill, "" for one that fills none. `names_fields` tells that nobody need be asked.
    """

    kind: str
    rows: int
    name: str = ""
    size: int = 0
    body: Place = Place()
    delimiter: str = ","
    header: tuple[str, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()
    columns: tuple[str, ...] = ()
    names_fields: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """`plan` names a comparison with the live contracts, each check has its own; `place` is how far it has got.

    `counts` holds rows by outcome; `existing` of them would change if existing contracts were to be changed, `late`
    ones were refused when they were to be written, `cancels` would cancel a contract, for a `reason` that is given
    then, and `unknown` ones name a contract id that no contract has. `written` counts those that are dealt with, up
    to the line `at`. `is_claimed` tells that a slice was under way when the import was read.
    """

    import_id: str
    user: int
    file: Arrived
    mode: str
    state: str
    plan: str
    created_at: datetime
    expires_at: datetime
    columns: tuple[str, ...] = ()
    place: Place = Place()
    counts: Mapping[str, int] = field(default_factory=dict)
    ignored: Mapping[str, int] = field(default_factory=dict)
    at: int = 0
    written: int = 0
    stopped: bool = False
    reason: str = ""
    is_claimed: bool = False

    @property
    def is_going(self) -> bool:
        """Whether the page is to ask for slices, or to wait for the last one after a stop."""
        return self.state in RUNNING and (not self.stopped or self.is_claimed)

    @property
    def cancels(self) -> int:
        """How many contracts the file cancels."""
        return self.counts.get("cancels", 0)

    @property
    def imported(self) -> int:
        """How many rows were added or changed a contract."""
        return self.written - self.counts.get("late", 0)

    @property
    def can_be_checked(self) -> bool:
        """Whether nothing of it has been written yet, so that it can be compared anew."""
        return self.state in (COLUMNS, CHECKING, CHECKED)

    @property
    def checked(self) -> int:
        """How many rows have been compared with the live contracts."""
        return sum(self.counts.get(outcome, 0) for outcome in OUTCOMES)

    @property
    def wanted(self) -> int:
        """How many rows are to be written, those that turned out refused on the way included."""
        return sum(self.counts.get(name, 0) for name in (NEW, CHANGED, "late"))

    @property
    def progress(self) -> tuple[int, int]:
        """How many rows the present run is done with, and how many it has in all."""
        return (self.checked, self.file.rows) if self.state == CHECKING else (self.written, self.wanted)

    @property
    def fields(self) -> list[Field | None]:
        """The field that each column fills, None where it is left out."""
        return [BY_PATH.get(path) for path in self.columns]

    @property
    def left_out(self) -> list[str]:
        """The headers of columns that fill no field."""
        return [name for name, path in zip(self.file.header, self.columns, strict=True) if not path]
