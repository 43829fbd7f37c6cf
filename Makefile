# `make` lists what there is. Everything happens in .venv; nothing is installed elsewhere.

BIN ?= .venv/bin
READY := .venv/.ready
ROOMS := command sensors simulations console fengsui.py
LOCALE := sensors/locale
# Not 1883: a broker of one's own may be there already, and README's alarm would go to that one.
MQTT_PORT ?= 2883
LISTEN ?= 127.0.0.1:8460

.DEFAULT_GOAL := help
.PHONY: help setup drill run test snapshots check bench words lock

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## .venv with all that is locked in requirements.lock; needs python3 >= 3.11 or uv

$(READY): requirements.lock pyproject.toml scripts/setup
	@sh scripts/setup

drill: setup ## the smoke drill: a fire on the hill, from the first alarm to the report
	@$(BIN)/fengsui drill smoke

run: setup ## the command post of the reference township; in a terminal, with the console on it
	@FENGSUI_MQTT_PORT=$(MQTT_PORT) $(BIN)/fengsui serve --township townships/jingming \
	  --listen $(LISTEN) --console

test: setup ## all tests, on real servers
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

snapshots: setup ## the screens of the console anew, to be looked at: git diff tests/console/snapshots
	@FENGSUI_SNAPSHOTS=write $(BIN)/python -m pytest -q tests/console/test_snapshots.py

check: setup ## lint, format, types, architecture, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/unit/test_architecture.py tests/unit/test_words.py

bench: setup ## the budgets of the design, measured on this machine
	@$(BIN)/fengsui bench

words: setup ## collect what a person reads, update the .po files, compile the .mo files
	@BIN=$(BIN) sh scripts/words $(ROOMS)

lock: ## requirements.lock anew from pyproject.toml, for every platform; needs uv
	uv pip compile pyproject.toml --extra dev --extra build --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --upgrade --quiet \
	  --custom-compile-command "make lock" --output-file requirements.lock
