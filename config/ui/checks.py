"""A wrong icon name stops `manage.py check`, not a page."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from lucide import IconDoesNotExist
from lucide.templatetags.lucide import lucide

from config.ui.sprite import ICONS

# {% icon "plus" %}, and icon="plus" or action_icon="plus" where a component is included.
USE = re.compile(r"""(?<!\.)icon(?:\s+|=)["']([\w-]+)["']""")


def icons_exist(**kwargs: Any) -> list[CheckMessage]:
    """Every icon of the sprite is one that lucide has, and every icon of a template is in the sprite."""
    folders = [Path(folder) for engine in settings.TEMPLATES for folder in engine["DIRS"]]
    return [*unknown_to_lucide(ICONS), *missing_in_sprite(folders)]


def unknown_to_lucide(names: Iterable[str]) -> Iterator[Error]:
    for name in names:
        try:
            lucide(name)
        except IconDoesNotExist:
            yield Error(
                f"There is no icon “{name}”.",
                hint="Lucide renames icons between releases. Mend the name in config/ui/sprite.py.",
                id="config.E001",
            )


def missing_in_sprite(folders: Iterable[Path]) -> Iterator[Error]:
    for template in (path for folder in folders for path in sorted(folder.rglob("*.html"))):
        for name in sorted(set(USE.findall(template.read_text())) - set(ICONS)):
            yield Error(
                f"{template.name} uses the icon “{name}”, which is not in the sprite.",
                hint="Add the name to ICONS in config/ui/sprite.py.",
                id="config.E002",
            )
