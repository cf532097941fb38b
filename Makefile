# Everything to run, test and look at Counterpart. `make` alone lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --only-binary secantusdb
# Narrows `make test` and `make prove`, as in: make test ARGS="tests/mongo -k breaker"
ARGS ?=

# What `make prove` tries with many more examples than `make test`.
PROPERTIES := tests/contracts/domain tests/contracts/test_documents.py tests/contracts/test_forms.py \
	tests/config/test_api_schema.py

# With a MongoDB of your own, nothing embedded is needed.
LOCAL := $(if $(MONGODB_URI),requirements.txt,requirements-local.txt)

.DEFAULT_GOAL := help
.PHONY: help run test prove lint bench shots

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: $(VENV)/$(LOCAL) ## install, prepare and serve on http://127.0.0.1:8000 (PORT=…)
	@$(BIN)/python manage.py quickstart

test: $(VENV)/requirements-dev.txt ## run all tests, in a browser too where there is a Chromium (ARGS=…)
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal $(ARGS)

prove: $(VENV)/requirements-dev.txt ## run the long proofs: outages, kills, load, large data
	@EXAMPLES=500 $(BIN)/python -m pytest --override-ini addopts=--strict-markers --capture=no tests/prove $(PROPERTIES) $(ARGS)

lint: $(VENV)/requirements-dev.txt ## check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(VENV)/requirements-dev.txt ## run the benchmarks
	@$(BIN)/python -m benchmarks

shots: $(VENV)/requirements-dev.txt ## take the pictures of the README anew
	@$(BIN)/python -m docs.shots

# One stamp for each requirements file, so that a second run installs nothing.
$(VENV)/requirements.txt: requirements.txt | $(BIN)/python
	@echo "Installing $< into $(VENV) …"
	@$(PIP) -r $<
	@touch $@

$(VENV)/requirements-local.txt: requirements-local.txt requirements.txt | $(BIN)/python
	@echo "Installing $< into $(VENV) …"
	@$(PIP) -r $< || { echo; echo "That did not work; pip says why above. If it is secantusdb that has no wheel for this" \
	  "machine, set MONGODB_URI to a MongoDB 7+ replica set and run make again."; exit 1; }
	@touch $@

$(VENV)/requirements-dev.txt: requirements-dev.txt requirements-local.txt requirements.txt | $(BIN)/python
	@echo "Installing $< into $(VENV) …"
	@$(PIP) -r $<
	@touch $@

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON). Install Python 3.11, 3.12 or 3.13, or name" \
	  "the one you have: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { echo \
	  "Counterpart needs Python 3.11, 3.12 or 3.13; $$($(PYTHON) --version) is none of them. Name another:" \
	  "make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "The virtual environment could not be made; on Debian and" \
	  "Ubuntu, install python3-venv."; exit 1; }
