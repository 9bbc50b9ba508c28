# Two commands do all the set-up: `make run` and `make test`. Both need nothing but Python 3.11 or newer.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test evaluate chaos lint train lock clean

run: $(VENV)/.ready
	$(BIN)/dateline up $(ARGS)

# A process for each core, up to four: much of the time goes in waiting for the services that tests start.
WORKERS ?= auto
test: $(VENV)/.ready-dev
	$(BIN)/pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist loadfile $(ARGS)

# Scores every step of enrich on the corpora of `DATELINE_CORPORA` or ARGS="--corpora DIR"; docs/enrichment.md has the table.
evaluate: $(VENV)/.ready-dev
	$(INSTALL) --require-hashes -r requirements-train.lock
	$(BIN)/python -m benchmarks.evaluate $(ARGS)

# The wire under fire (docs/guarantee.md): `make chaos ROUNDS=1000`, `make chaos SEED=7` to play one round again.
ROUNDS ?= 3
RATE ?= 200
WITHIN ?= 60
FAULTS ?= 8
BROKER ?= single
chaos: $(VENV)/.ready-dev
	$(BIN)/python -m tests.chaos --broker $(BROKER) --rounds $(ROUNDS) --rate $(RATE) --within $(WITHIN) --faults $(FAULTS) \
		$(if $(SEED),--seed $(SEED)) $(if $(FIRST),--first $(FIRST)) $(if $(ONLY),--only '$(ONLY)') $(ARGS)

lint: $(VENV)/.ready-dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

# The models that ship, made again from the corpora unpacked in $(CORPORA); see docs/models.
CORPORA ?= corpora
train: $(VENV)/.ready-dev
	$(INSTALL) --require-hashes -r requirements-train.lock
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m training.topics --corpora $(CORPORA)
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m training.names --corpora $(CORPORA)
	$(BIN)/python -m training.phrases --corpora $(CORPORA)
	$(BIN)/python -m training.stories --corpora $(CORPORA)

# Every version and hash, for all platforms and Pythons: what runs, what also tests, what builds the package, what trains and is compared with. Needs uv.
PIN := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	--no-header
lock:
	$(PIN) -o requirements.lock pyproject.toml
	$(PIN) --extra dev --constraint requirements.lock -o requirements-dev.lock pyproject.toml
	$(PIN) --group build --constraint requirements-dev.lock -o requirements-build.lock
	$(PIN) --extra train --extra evaluate --constraint requirements-dev.lock -o requirements-train.lock pyproject.toml

clean:
	rm -rf $(VENV)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dateline needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(VENV)/.ready: requirements.lock requirements-build.lock pyproject.toml | $(VENV)/bin/python
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --require-hashes -r requirements-build.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(INSTALL) --require-hashes -r requirements-dev.lock
	touch $@
