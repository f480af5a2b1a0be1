# The commands for developers and CI. `make run` needs only Python, and starts MemoryLoop.
PYTHON ?= python3
BIN := .venv/bin
TEMPLATES := templates search/templates
INSTALL := $(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps

.PHONY: run test check contract bench eval format lock chromium

.venv/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "MemoryLoop needs Python 3.11 or newer. Choose one with: make PYTHON=python3.12")'
	@test -x $(BIN)/python || { echo "Creating .venv. This takes a minute or two, once."; $(PYTHON) -m venv .venv; }
	$(INSTALL) -r requirements.lock
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	$(INSTALL) -r requirements-dev.lock
	@touch $@

.venv/.installed-bench: requirements-bench.lock .venv/.installed-dev
	$(INSTALL) -r requirements-bench.lock
	@touch $@

run: .venv/.installed
	@exec $(BIN)/python manage.py up

test: .venv/.installed-dev chromium
	$(BIN)/python -m pytest -n 3

# The browser tests need Chromium. If it cannot be installed, they are skipped with a message, and in CI this fails.
chromium: .venv/.installed-dev
	@$(BIN)/python -m tests.chromium

check: .venv/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --check --quiet $(TEMPLATES)
	$(BIN)/djlint --lint --quiet $(TEMPLATES)
	$(BIN)/python -m tests.prettier --check
	$(MAKE) test

# Sends some 20,000 generated requests and compares each response with the OpenAPI document. CONTRACT_SEED=2 sends others.
contract: .venv/.installed-dev
	CONTRACT_CALLS=$(or $(CONTRACT_CALLS),21500) $(BIN)/python -m pytest tests/security/test_api_contract.py

# Prints each figure beside its baseline from the same run. BENCH=search runs one benchmark.
bench: .venv/.installed-bench
	$(BIN)/python -m bench $(BENCH)

# How well search finds what answers a question, by language and mode. CRANFIELD=directory adds that collection.
eval: .venv/.installed-bench
	$(BIN)/python -m bench retrieval

format: .venv/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet $(TEMPLATES)
	$(BIN)/python -m tests.prettier --write

# Needs uv. The lock files contain versions and hashes for every platform, and no download addresses.
COMPILE = uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	--custom-compile-command 'make lock' pyproject.toml
lock:
	$(COMPILE) -o requirements.lock
	$(COMPILE) --group dev -o requirements-dev.lock
	$(COMPILE) --group dev --group bench -o requirements-bench.lock
