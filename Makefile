# Every recipe sets up what it needs in .venv, from requirements that are pinned
# and hashed; nothing is installed outside this folder. README.md shows the plain
# commands underneath.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$p" && break; \
	done)
# Which line of Datasette: 0.65 or 1.0. Each has its own virtual environment.
DATASETTE ?= 0.65

LOCKS := .requirements
ifeq ($(DATASETTE),0.65)
VENV := .venv
TEST_LOCK := $(LOCKS)/test.txt
else
VENV := .venv-$(DATASETTE)
TEST_LOCK := $(LOCKS)/test-datasette-$(DATASETTE).txt
endif
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
# The project itself: editable, with nothing fetched beside the locked requirements.
PROJECT := $(PIP) install --no-deps --no-build-isolation --editable .
# Apart, since Datasette and sqlite-utils take this build of SQLite wherever they find it.
OTHER_SQLITE := $(PIP) install --require-hashes --upgrade --target $(VENV)/other-sqlite \
	-r $(LOCKS)/other-sqlite.txt

.DEFAULT_GOAL := help
.PHONY: help demo test test-all wheel-test format format-check lint types contracts docs docs-check \
	bench faults check lock install-test install-dev clean

help:
	@echo 'make demo       build the demo registry and serve it on a loopback address (PORT=8001)'
	@echo 'make test       run every test (DATASETTE=1.0 for the other line)'
	@echo 'make test-all   run every test on both lines of Datasette'
	@echo 'make check      format, lint, types, contracts and docs, then every test'
	@echo 'make wheel-test install the wheel outside this folder and use it'
	@echo 'make format     write the format; also: lint types contracts docs'
	@echo 'make bench      print speeds as ratios; make faults: every fault, and long property tests'
	@echo 'make lock       renew the locked requirements'
	@echo 'make clean      remove what these recipes made'

demo: $(VENV)/.installed-run
	$(BIN)/heritage demo --dir demo $(if $(PORT),--port $(PORT))

test: install-test
	$(BIN)/python -m pytest $(PYTEST)

test-all:
	$(MAKE) test DATASETTE=0.65
	$(MAKE) test DATASETTE=1.0

wheel-test: install-test
	bash .ci/wheel-test $(BIN)/python

format: install-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

format-check: install-dev
	$(BIN)/ruff format --check .

lint: install-dev
	$(BIN)/ruff check .

types: install-dev
	$(BIN)/python -m mypy

contracts: install-dev
	$(BIN)/lint-imports --no-logo

docs: install-test
	$(BIN)/python docs/generate.py

docs-check: install-test
	$(BIN)/python docs/generate.py --check

bench: install-test
	@set -e; for script in benchmarks/[a-z]*.py; do \
		echo "== $$script"; $(BIN)/python "$$script"; \
	done

faults: install-test
	HYPOTHESIS_PROFILE=deep $(BIN)/python -m pytest -m 'not browser' $(PYTEST)

check: format-check lint types contracts docs-check test

lock: install-dev
	UV_CUSTOM_COMPILE_COMMAND='make lock' sh $(LOCKS)/renew $(BIN)/python

install-test: $(VENV)/.installed-test
install-dev: $(VENV)/.installed-dev

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or later is needed, and none was found; name one: make PYTHON=...' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The test environments of a line hold what running needs, so that either comes first.
$(VENV)/.installed-run: pyproject.toml $(LOCKS)/run.txt | $(BIN)/python
	$(PIP) install --require-hashes -r $(LOCKS)/run.txt
	$(PROJECT)
	@touch $@

$(VENV)/.installed-test: pyproject.toml $(TEST_LOCK) $(LOCKS)/other-sqlite.txt | $(BIN)/python
	$(PIP) install --require-hashes -r $(TEST_LOCK)
	$(OTHER_SQLITE)
	$(PROJECT)
	@touch $@ $(VENV)/.installed-run

$(VENV)/.installed-dev: pyproject.toml $(LOCKS)/dev.txt $(LOCKS)/other-sqlite.txt | $(BIN)/python
	$(PIP) install --require-hashes -r $(LOCKS)/dev.txt
	$(OTHER_SQLITE)
	$(PROJECT)
	@touch $@ $(VENV)/.installed-run $(VENV)/.installed-test

clean:
	rm -rf .venv .venv-1.0 build dist demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
