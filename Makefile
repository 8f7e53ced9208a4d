# The two commands: `make run` shows the service at work, `make test` checks everything. `make help` lists the rest.

SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
SOURCES := feedback_service tests benchmarks migrations/env.py
# Two for each core: many tests wait for processes, and for time to pass.
WORKERS ?= $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN))))
# Where this is set, every worker would prepare every test file anew, each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test browser check lint types contracts unit suite bench lock clean

help:  ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-12s%s\n", $$1, $$2 }' Makefile
	@echo
	@echo "ARGS=\"…\"     what the command is given besides, e.g. make run ARGS=\"--once --customers 3\""
	@echo "PYTHON=…     the Python (3.11 to 3.14) for a new $(VENV); make clean removes the old one"
	@echo "WORKERS=…    how many tests run at once in make test"

run: $(VENV)/installed browser  ## set up, then the demo: sandbox platforms, real service, live progress (Ctrl-C stops it)
	@echo "==> feedback-service demo (needs no account, key or server; Ctrl-C stops it)"
	@$(BIN)/feedback-service demo $(ARGS)

test: $(VENV)/installed-dev browser lint types contracts suite  ## set up, then all checks: lint, types, import contracts, the whole suite

check: $(VENV)/installed-dev lint types contracts unit  ## the quick part: lint, types, contracts, unit tests

lint: $(VENV)/installed-dev
	@echo "==> ruff"
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)

types: $(VENV)/installed-dev
	@echo "==> mypy --strict"
	@$(BIN)/mypy

contracts: $(VENV)/installed-dev
	@echo "==> import contracts"
	@$(BIN)/lint-imports --no-cache

unit: $(VENV)/installed-dev
	@echo "==> unit tests"
	@$(BIN)/python -m pytest -q -n auto --dist loadgroup tests/unit

suite: $(VENV)/installed-dev
	@echo "==> the whole suite (real PostgreSQL, processes and signals; a few minutes)"
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup tests

bench: $(VENV)/installed-dev  ## one figure: make bench NAME=rate|memory|claims|pipeline|chaos|queue|browser|platforms
	@$(BIN)/python -m benchmarks $(NAME) $(ARGS)

browser:  ## install Chromium, its driver and Xvfb where that may be done; without them the rest works
	@scripts/install-system-packages --check >/dev/null 2>&1 \
		|| { echo "==> Chromium, its driver and Xvfb"; scripts/install-system-packages; } \
		|| echo "==> not all of it is there: what needs it says so, everything else works"

lock:  ## rewrite the lock files from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --group build --group dev -c requirements.lock --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.lock

clean:  ## remove the virtual environment, the demo's database and caches
	rm -rf $(VENV) data .mypy_cache .ruff_cache .pytest_cache .hypothesis

# A virtual environment that was moved with its directory still runs the old place's code, and one whose Python is gone
# runs none: both are made anew.
IGNORED := $(shell test "$$(cat $(VENV)/place 2>/dev/null)" = "$$(pwd -P)" -a -x $(BIN)/python \
	|| rm -f $(BIN)/python $(VENV)/installed $(VENV)/installed-dev)

$(VENV)/bin/python:
	@scripts/make-venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python requirements.lock pyproject.toml
	@scripts/install $(VENV) requirements.lock
	@touch $@

$(VENV)/installed-dev: $(VENV)/bin/python requirements-dev.lock pyproject.toml
	@scripts/install $(VENV) requirements-dev.lock
	@touch $@ $(VENV)/installed
