# Counterseal: `make demo` and `make test` set up everything they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
STAMP := $(VENV)/.stamp-

.PHONY: help demo test coverage check bench spark docs lock golden clean
help:  ## say what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)

$(STAMP)build: requirements/build.txt | $(BIN)/python
	$(PIP) install --require-hashes -r requirements/build.txt
	@touch $@

$(STAMP)run: requirements/run.txt pyproject.toml $(STAMP)build
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(STAMP)dev: requirements/dev.txt $(STAMP)run
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(STAMP)bench: requirements/bench.txt $(STAMP)dev
	$(PIP) install --require-hashes -r requirements/bench.txt
	@touch $@

$(STAMP)spark: requirements/spark.txt $(STAMP)dev
	$(PIP) install --require-hashes --no-build-isolation -r requirements/spark.txt
	@touch $@

demo: $(STAMP)run  ## review a change of the example estate, seal and verify the decision
	$(BIN)/counterseal demo demo

test: $(STAMP)dev lint  ## lint, types, import contracts and the whole test suite
	$(BIN)/python -m pytest -n 2 --dist worksteal

coverage: $(STAMP)dev  ## branch coverage of the quick tests; tracing doubles their time
	rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -n 2 --dist worksteal -m "not slow"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

check: $(STAMP)dev lint  ## the same without the slow tests
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow and not ui"

.PHONY: lint
lint: $(STAMP)dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: $(STAMP)bench  ## measure against named peers, as ratios in one run
	$(BIN)/python benchmarks/run.py

spark: $(STAMP)spark  ## trials over a local Spark cluster: same bytes (456 MB to fetch; needs Java)
	$(BIN)/python -m pytest tests/workspace/spark tests/workspace/tables/test_spark.py tests/workspace/linking/test_on_spark.py

docs: $(STAMP)dev  ## regenerate the reference pages that are generated from the code
	$(BIN)/python docs/generate.py

golden: $(STAMP)dev  ## rewrite golden files; then read `git diff`
	$(BIN)/python -m pytest tests/golden --rewrite

lock: $(STAMP)dev  ## compile the hashed requirement files again
	$(PIP) install uv
	for g in run dev bench; do \
	  $(BIN)/uv pip compile -q pyproject.toml $$([ $$g = run ] || echo --group $$g) --universal --python-version 3.11 \
	    --generate-hashes --no-annotate --no-header -o requirements/$$g.txt; done
	for e in spark linkage; do \
	  $(BIN)/uv pip compile -q pyproject.toml --extra $$e -c requirements/dev.txt --universal --python-version 3.11 \
	    --generate-hashes --no-annotate --no-header -o requirements/$$e.txt; done
	$(BIN)/uv pip compile -q requirements/build.in --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header -o requirements/build.txt

clean:  ## remove what the other targets made
	rm -rf $(VENV) demo .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis
