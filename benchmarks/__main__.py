"""Runs every benchmark."""

from benchmarks import imports, logging, pages, rollup

for benchmark in (pages, logging, rollup, imports):
    benchmark.main()
    print()
