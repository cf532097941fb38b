"""Runs every benchmark."""

from benchmarks import api, explorer, imports, ingest, logging, pages, ratelimit, rollup

for benchmark in (pages, explorer, api, logging, rollup, imports, ingest, ratelimit):
    benchmark.main()
    print()
