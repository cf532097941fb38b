"""Words for lists in plain text: names on one line, and days as seen from today."""

# A name longer than this says no more, and breaks every list.
LONGEST = 120


def one_line(text: str, longest: int = LONGEST) -> str:
    """The text on one line without anything invisible, cut where it is longer."""
    visible = "".join(letter if letter.isprintable() else " " for letter in text)
    line = " ".join(visible.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def distance(days: int) -> str:
    """A number of days from today: `in 7 days`, `tomorrow`, `today`, `yesterday`, `7 days ago`."""
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in near:
        return near[days]
    return f"in {days:,} days" if days > 0 else f"{-days:,} days ago"
