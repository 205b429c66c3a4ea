# make demo   from nothing to a searchable workspace (installs the core once)
# make test   everything that CI runs
# make check  style, types and the rules of the house
# make bench  the published figures, measured beside their peers
# make clean  forget the environment and the caches

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
DEMO ?= demo
BENCHES ?= $(filter-out recording table curves tasks_quality,$(patsubst bench/%.py,%,$(wildcard bench/*.py)))
QUERY ?= 배우 연기
BIN := $(VENV)/bin
MALGIL := $(BIN)/malgil
FIRST_ID := $(BIN)/python -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])'
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet -c constraints.txt

# Data for tests and benches that need real corpora. Without the folder they are skipped.
MALGIL_DATA ?= $(abspath ../shared/data)
ifneq ($(wildcard $(MALGIL_DATA)/.),)
export MALGIL_DATA
else
unexport MALGIL_DATA
endif

.PHONY: help demo test check lint package bench clean

help:
	@grep '^# make' Makefile | cut -c3-

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "malgil needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
	       "Name another one: make demo PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing malgil's core into $(VENV) (once)"
	$(PIP) -e .
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing what the tests need into $(VENV) (once)"
	$(PIP) -e '.[test]'
	@touch $@ $(VENV)/.core

$(DEMO)/reviews.csv: | $(VENV)/.core
	@mkdir -p $(DEMO)
	$(MALGIL) sample -n 3000 -o $@

demo: $(VENV)/.core $(DEMO)/reviews.csv
	$(MALGIL) build $(DEMO)/reviews.csv -o $(DEMO)/workspace
	$(MALGIL) search $(DEMO)/workspace "$(QUERY)" -k 5
	@id="$$($(MALGIL) search $(DEMO)/workspace "$(QUERY)" -k 1 --json | $(FIRST_ID))"; \
	  set -x; \
	  $(MALGIL) similar $(DEMO)/workspace --doc "$$id" -k 5; \
	  $(MALGIL) explain $(DEMO)/workspace --doc "$$id" --query "$(QUERY)"
	@echo "The report: $(abspath $(DEMO))/workspace/report.html"

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint
	$(BIN)/python -m pytest -q -n $(WORKERS) tests/house

test: check package
	$(BIN)/python -m pytest -q -n $(WORKERS) --ignore=tests/house

# The wheel holds every file of the package, and works from where it is unpacked.
package: $(VENV)/.test
	rm -rf build/wheel
	$(BIN)/python -m pip --disable-pip-version-check wheel --quiet --no-deps -w build/wheel .
	$(BIN)/python -m zipfile -e build/wheel/malgil-*.whl build/wheel/unpacked
	diff <(find malgil -type f -not -path '*/__pycache__/*' | sort) \
	     <(cd build/wheel/unpacked && find malgil -type f | sort)
	cd build/wheel/unpacked && $(abspath $(BIN))/python -m malgil --lang ko --help > help.txt
	cd build/wheel/unpacked && $(abspath $(BIN))/python -m malgil sample -n 20 -o reviews.csv -q

bench: $(VENV)/.test
	@for name in $(BENCHES); do echo "== $$name"; $(BIN)/python bench/$$name.py; done
	$(BIN)/python bench/table.py
	$(BIN)/python bench/curves.py

clean:
	rm -rf $(VENV) demo build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
