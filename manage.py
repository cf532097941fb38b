#!/usr/bin/env python
"""Django's command line; a malformed setting ends it with one sentence instead of a traceback."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from mongo import client


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        sys.exit(f"Counterpart cannot start: {problem}")
    finally:
        # Before the interpreter is ending, since then a new client cannot connect in every version of Python.
        client.finish()


if __name__ == "__main__":
    main()
