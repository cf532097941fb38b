"""Runs every benchmark."""

from benchmarks import logging, pages, rollup

for benchmark in (pages, logging, rollup):
    benchmark.main()
    print()
