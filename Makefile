# Two commands start here: `make run` and `make test`. Each makes what it needs; all of it lies under var/.

PORT ?= 8000
HOST ?= 127.0.0.1
VENV := var/venv
PY := $(VENV)/bin/python
export PORT HOST
export PYTHONUNBUFFERED := 1
export UV_CACHE_DIR ?= $(CURDIR)/var/cache/uv
export PIP_CACHE_DIR ?= $(CURDIR)/var/cache/pip
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/var/cache/pycache

.DEFAULT_GOAL := help
.PHONY: help run demo test check format bench prove lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: ## everything needed to try it: environment, database, demonstration county, web and worker (PORT=8000)
	@sh requirements/install base
	@exec $(PY) manage.py serve

demo: ## load the demonstration county into the database if it is empty, and list its sign-ins
	@sh requirements/install base
	@$(PY) manage.py migrate --noinput -v 0
	@$(PY) manage.py demo --if-empty
	@$(PY) manage.py demo --sign-ins

test: ## every test, on SQLite, PostgreSQL, Redis and in Chromium (REQUIRE_SERVICES=1: fail where one is missing)
	@sh requirements/install dev
	@$(PY) -m tests

check: ## format, lint, types, import contracts, templates, migrations, documents, production settings
	@sh requirements/install dev
	@$(PY) -m tests.check

format: ## let ruff mend what it can
	@sh requirements/install dev
	@$(PY) -m ruff format -q .
	@$(PY) -m ruff check -q --fix .

bench: ## each bar of the benchmark with its floor, from one run (also in var/bench/figures.json)
	@sh requirements/install dev
	@$(PY) -m tests.bench

prove: ## what is proved about access, in figures, on PostgreSQL (also in var/prove/figures.json; PROOFS="matrix walls": some)
	@sh requirements/install dev
	@$(PY) -m tests.prove $(PROOFS)

lock: ## resolve the dependencies of pyproject.toml again, with hashes
	@sh requirements/install dev
	@sh requirements/lock

clean: ## remove everything that was made (var/), the database too
	rm -rf var
