"""Runs every benchmark."""

from benchmarks import api, imports, ingest, logging, pages, ratelimit, rollup

for benchmark in (pages, api, logging, rollup, imports, ingest, ratelimit):
    benchmark.main()
    print()
