"""The settings as they are in production, with the static files collected into a folder of the test's own."""

import os

from config.settings import *  # noqa: F403

STATIC_ROOT = os.environ["COLLECTED_STATIC_FILES"]
