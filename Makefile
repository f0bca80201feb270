# One word for each thing a developer does here. `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

OFFICE ?= mazamitla
HOME_DIR ?= var
PORT ?= 8000
OFFICE_URL ?= http://localhost:$(PORT)
WORKERS ?= auto

VENV := .venv
BIN := $(VENV)/bin
TESTING := DJANGO_SETTINGS_MODULE=pregon.config.testing

##@ For everyone

.PHONY: help
help: ## List what can be asked for
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(VENV)/base.stamp ## Furnish a sample office and open it (OFFICE=mazamitla HOME_DIR=var PORT=8000)
	$(BIN)/pregon demo $(OFFICE) --home $(HOME_DIR) --port $(PORT)

.PHONY: install
install: $(VENV)/base.stamp ## Prepare .venv with what an office needs, and nothing more

.PHONY: motor
motor: $(VENV)/motor.stamp ## The same, and what an office on several machines needs (Celery)

.PHONY: setup
setup: $(VENV)/dev.stamp ## Prepare .venv with everything a developer needs

##@ Proof

.PHONY: test
test: setup system lint types floors migrations ## Prove everything: style, types, floors, suite, databases, journeys
	$(BIN)/pytest -n $(WORKERS) --maxprocesses 8 -m "not journey and not peers"
	scripts/with-postgres $(BIN)/pytest -n $(WORKERS) --maxprocesses 8 -m postgresql
	$(BIN)/pytest -m journey

.PHONY: test-peers
test-peers: setup ## Run the channels against heavy programs of others, which this installs (minutes, 600 MB)
	scripts/install-peers .cache/peers
	$(BIN)/pytest -m peers

.PHONY: check
check: setup lint types floors migrations ## Prove the core in some two minutes, without single channels, browser, PostgreSQL or mail servers
	$(BIN)/pytest -n $(WORKERS) --maxprocesses 8 -m "not journey and not system and not parts and not peers" --ignore=tests/faults --ignore-glob="tests/channels/*/*"

.PHONY: faults
faults: setup ## Kill a thousand workers at work and count what was lost, doubled or left in doubt
	TEST_KILLS=1000 TEST_OUTAGE=65 $(BIN)/pytest -s tests/faults
	TEST_KILLS=1000 TEST_OUTAGE=65 scripts/with-postgres $(BIN)/pytest -s tests/faults

.PHONY: lint
lint: setup ## Look for faults of style without changing a file
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/djlint src --lint --quiet

.PHONY: types
types: setup ## Check the types
	$(BIN)/mypy

.PHONY: floors
floors: setup ## Check that imports only point down
	$(BIN)/lint-imports --no-logo

.PHONY: migrations
migrations: setup ## Check that no migration is missing and that Django finds nothing wrong
	$(TESTING) $(BIN)/django-admin makemigrations --check --dry-run
	$(TESTING) $(BIN)/django-admin check --fail-level WARNING

.PHONY: bench
bench: setup ## Measure Pregón beside its peers and print the ratios
	scripts/system-packages bench
	$(BIN)/python benchmarks/run.py

.PHONY: recording
recording: setup ## Record three browsers on a live coverage whose hub is killed (docs/reference/live.md)
	scripts/system-packages chromium
	$(BIN)/python benchmarks/recording.py

.PHONY: plan-year
plan-year: setup ## Live a year of the plan day by day, close its months, and prove the chain (docs/reference/plan-year.md)
	$(BIN)/python benchmarks/year.py

.PHONY: screens
screens: setup ## Take pictures of the pages on a phone and a large screen (docs/reference/screens.md)
	scripts/system-packages chromium
	$(BIN)/python benchmarks/screens.py

.PHONY: accessibility
accessibility: setup ## Ask axe about every kind of page (docs/reference/accessibility.md)
	scripts/system-packages chromium
	$(BIN)/python benchmarks/accessibility.py

.PHONY: lighthouse
lighthouse: setup ## Ask Lighthouse about the public pages of a running office (OFFICE_URL=http://localhost:8000)
	scripts/system-packages chromium
	scripts/install-lighthouse .cache/lighthouse
	$(BIN)/python benchmarks/lighthouse/measure.py $(OFFICE_URL) .cache/lighthouse docs/reference/lighthouse.md

##@ Care

.PHONY: format
format: setup ## Put the code into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: system
system: ## Install what the tests ask of the system (Debian and Ubuntu), or name it
	scripts/system-packages test

.PHONY: requirements
requirements: ## Pin the newest versions that requirements/*.in allow, with their hashes
	scripts/pin-requirements

.PHONY: clean
clean: ## Remove what can be made again (never an office's home)
	rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# --- The environment: one folder, two sets; the larger holds the smaller -----------------------------------

$(VENV)/bin/python:
	python=$$(scripts/find-python); "$$python" -m venv $(VENV)

$(VENV)/base.stamp: requirements/base.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/base.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/motor.stamp: requirements/motor.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/motor.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $(VENV)/base.stamp $@

$(VENV)/dev.stamp: requirements/dev.txt requirements/base.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $(VENV)/base.stamp $@
