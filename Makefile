# `make demo` and `make test` need Python 3.11 or later with its venv module; all else they fetch.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= ../shared/data

.PHONY: demo test lint types relevance bench fuzz extraction stories sync clean

demo: $(VENV)/installed
	$(BIN)/searchidx rebuild seeds/
	@echo
	$(BIN)/searchidx query "minor crimes governance" --limit 3

test: lint types $(VENV)/tested
	$(BIN)/pytest

lint: $(VENV)/tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/tested
	$(BIN)/mypy

relevance: $(VENV)/measured
	$(BIN)/python benchmarks/relevance.py --data $(DATA) --out docs/relevance.md

# Half an hour or so; SIZES="10000 30000" is enough for a look.
SIZES ?= 10000 30000 100000 300000 1000000
bench: $(VENV)/measured
	$(BIN)/python benchmarks/compare.py --corpus reuters --data $(DATA) --out docs/benchmarks.json
	$(BIN)/python benchmarks/compare.py --corpus generated --articles 100000 --out docs/benchmarks.json
	$(BIN)/python benchmarks/growth.py --sizes $(SIZES) --out docs/growth.json
	$(BIN)/python benchmarks/picture.py docs/benchmarks.json docs/growth.json docs/benchmarks.svg
	$(BIN)/python benchmarks/tables.py docs/benchmarks.json docs/growth.json docs/benchmarks.md

# A million random strings through the parser, ten minutes.
fuzz: $(VENV)/installed
	$(BIN)/python -m tests.query.fuzz

extraction: $(VENV)/measured
	$(BIN)/python benchmarks/extraction.py --data $(DATA) --out docs/extraction.md

# Copies of one story, found and not; and what finding them costs a build.
stories: $(VENV)/measured
	$(BIN)/python benchmarks/stories.py --data $(DATA) --out docs/stories.md

sync: $(VENV)/measured
	$(BIN)/python benchmarks/syncing.py

clean:
	rm -rf $(VENV) index/MANIFEST index/*MAIN*

$(VENV)/made:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and "searchidx needs Python 3.11 or later, this is %d.%d: say make PYTHON=python3.11" % v[:2])'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/installed: $(VENV)/made pyproject.toml
	$(BIN)/pip install -qq --disable-pip-version-check -e .
	touch $@

$(VENV)/tested: $(VENV)/made pyproject.toml
	$(BIN)/pip install -qq --disable-pip-version-check -e '.[test]'
	touch $@ $(VENV)/installed

# Pips older than this fail over the name that readability-lxml has for an extra of lxml.
$(VENV)/measured: $(VENV)/made pyproject.toml
	$(BIN)/pip install -qq --disable-pip-version-check 'pip>=24.1'
	$(BIN)/pip install -qq --disable-pip-version-check -e '.[bench]'
	touch $@ $(VENV)/installed
