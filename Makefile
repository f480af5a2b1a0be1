# Everything a person or CI types. `make run` on a bare machine is enough to see MemoryLoop work.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check bench format lock

.venv/.installed: requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

run: .venv/.installed
	exec $(BIN)/python manage.py up

test: .venv/.installed-dev
	$(BIN)/python -m pytest -n 2

check: .venv/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(MAKE) test

format: .venv/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
