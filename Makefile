# Talking Piece. Needs Python 3.11 or newer, make, and the package registry. `make` lists what there is.

PYTHON ?= python3
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help sandbox run test format lock screenshots faults bench eval learn

help: ## This list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /  make \1\t/'

sandbox: $(VENV)/sandbox.done ## Try the bot in a browser, without a Discord account [PORT=8080]
	@$(BIN)/python -m bot sandbox --port $(PORT)

run: $(VENV)/run.done ## Run the bot on Discord; settings in .env, see .env.example
	@$(BIN)/python -m bot run

test: $(VENV)/dev.done ## Every check and test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/pyright
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

format: $(VENV)/dev.done ## Put the code in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

screenshots: $(VENV)/dev.done ## Make the pictures of the README anew, from the sandbox
	$(BIN)/python tools/screenshots.py

faults: $(VENV)/dev.done ## Let everything go wrong at once, and count what was lost: ten minutes [SHORT=1]
	$(BIN)/python -m tests.wire.campaign $(if $(SHORT),--short)

bench: $(VENV)/dev.done ## Measure how fast things are, each beside its baseline
	$(BIN)/python -m bench
	$(BIN)/python -m bench.screen

eval: $(VENV)/dev.done ## Measure how much the screen finds, and what it wrongly flags
	$(BIN)/python -m bench.eval

learn: $(VENV)/dev.done ## Learn the signs of every language anew, from tests/data/lines
	$(BIN)/python -m tools.learn

lock: $(VENV)/dev.done ## Pin the newest dependencies that fit pyproject.toml
	$(BIN)/python tools/lock.py

# Each set of packages is installed once, and again when its lock file changes. Hashes are checked.
$(VENV)/%.done: requirements/%.txt | $(VENV)/bin/python
	@echo "Installing what is pinned in $< (a minute the first time)"
	@$(PIP) install --quiet --require-hashes -r $<
	@touch $@

$(VENV)/dev.done: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what is pinned in $< (a minute the first time)"
	@$(PIP) install --quiet --require-hashes -r $<
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Talking Piece needs Python 3.11 or newer; name one with: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
