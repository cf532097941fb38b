"""Runs every benchmark."""

from benchmarks import pages

pages.main()
