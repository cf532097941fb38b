"""A process that asks a rate limit: `python -m tests.mongo.limited KEY MAX TRIES`; prints how many passed."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from mongo.ratelimit import check_rate_limit  # noqa: E402

key, most, tries = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
sys.stdin.readline()
decisions = [check_rate_limit(key, most, 3_600) for _ in range(tries)]
if any(decision.degraded for decision in decisions):
    raise SystemExit("MongoDB could not be asked.")
print(sum(decision.allowed for decision in decisions))
