"""Benchmarks against a throw-away MongoDB and SQLite: `make bench`, or `python -m benchmarks` in the environment.

Machines differ and so do their moods, so nothing here is a number to keep: each table compares what was measured
in turns within one run.
"""

import os

import django

# Nothing of the developer's environment reaches a benchmark.
os.environ |= {"DATABASE_URL": "", "MONGODB_URI": "", "DEBUG": "", "HTTPS": ""}
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
