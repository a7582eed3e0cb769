# Set-up and the two commands of the README. Everything is kept in .venv and the cache folder.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-$(shell $(PYTHON) -c 'import hashlib; print(hashlib.sha256(open("deploy/requirements.txt", "rb").read()).hexdigest()[:12])')
DEV := $(VENV)/.dev-$(shell $(PYTHON) -c 'import hashlib; print(hashlib.sha256(open("deploy/requirements-dev.txt", "rb").read()).hexdigest()[:12])')
PIP := $(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --require-hashes --no-deps

.PHONY: demo demo-pairs up test test-odoo lint bench docs lock record clean setup prestashop-module

demo: setup
	$(BIN)/waybill demo

# The demo for each kind of store with each kind of ERP, and one table in the end.
demo-pairs: setup
	$(BIN)/waybill demo --pairs --folder var/demo-pairs

up: setup
	$(BIN)/waybill up

setup: $(RUN)
	@echo "Looking for a Temporal server …"
	@$(BIN)/python -m starter.temporal_server

test: $(DEV) setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# The ERP conformance suites against a real Odoo, as an administrator: make test-odoo URL=… DB=… USER=… KEY=…
test-odoo: $(DEV)
	@ODOO_URL='$(URL)' ODOO_DB='$(DB)' ODOO_USER='$(USER)' ODOO_KEY='$(KEY)' \
		$(BIN)/python -m pytest -rs --timeout 900 tests/live/odoo.py

lint: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV) setup
	$(BIN)/python -m tests.bench

# Record the histories under tests/replay anew; look at what changed before you commit them.
record: $(DEV) setup
	$(BIN)/python -m tests.replay.record

docs: $(RUN)
	$(BIN)/python -m docs.configuration_page > docs/configuration.md
	$(BIN)/python -m docs.sandbox_page > docs/sandboxes.md
	$(BIN)/python -m domain.mapping.schema > docs/schemas/mapping.schema.json
	$(BIN)/python -m docs.rules_page > docs/rules.md
	$(BIN)/python -m domain.rules.schema > docs/schemas/rules.schema.json

# The module for the shop, as a zip in var/.
prestashop-module:
	$(PYTHON) deploy/prestashop/package.py

# Needs `uv` on PATH. The files carry hashes and no index address.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml --extra build -o deploy/requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml --extra build --extra dev -o deploy/requirements-dev.txt

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Waybill needs Python 3.11 or newer; name one with make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(RUN): $(VENV)/bin/python
	@echo "Installing what Waybill runs with …"
	$(PIP) -r deploy/requirements.txt
	@$(PIP:--require-hashes=) --no-build-isolation --quiet -e .
	@touch $@

$(DEV): $(RUN)
	@echo "Installing what the tests need …"
	$(PIP) -r deploy/requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) var build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
