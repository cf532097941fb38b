"""The domain needs the standard library alone."""

import subprocess
import sys

import pytest
from django.conf import settings

MODULES = sorted(
    ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
    for app in ("contracts", "logs")
    for path in (settings.BASE_DIR / app / "domain").glob("[a-z]*.py")
)
# A module that is None cannot be imported.
IMPORT = "import sys; sys.modules |= dict.fromkeys({blocked}); import {module}"
BLOCKED = ["django", "pymongo", "bson", "mongo", "users", "config"]


@pytest.mark.parametrize("module", MODULES)
def test_it_is_imported_where_there_is_no_django_and_no_pymongo(module: str) -> None:
    source = IMPORT.format(blocked=BLOCKED, module=module)
    outcome = subprocess.run([sys.executable, "-c", source], cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert outcome.stderr == ""
