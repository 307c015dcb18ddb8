# Two commands do everything: `make run` and `make test`. Each sets up what is missing first.
PYTHON := .venv/bin/python
SAMSPOR := .venv/bin/samspor

.PHONY: run test lint types bench promises reset setup setup-tests protos contracts

run: setup
	@exec $(SAMSPOR) run

test: setup-tests
	@$(PYTHON) -m pytest -n 3 --dist loadfile --no-loadscope-reorder

lint: setup
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	.venv/bin/buf lint protos

types: setup
	$(PYTHON) -m mypy

bench: setup
	$(PYTHON) -m benchmarks

promises: setup-tests
	$(PYTHON) -m tests.promises

promise-%: setup-tests
	$(PYTHON) -m tests.promises $*

reset: setup
	@$(SAMSPOR) reset

contracts: setup
	$(PYTHON) -m libs.spec.contracts

protos: setup
	bash deploy/local/protos.sh

setup:
	@bash deploy/local/setup.sh

setup-tests:
	@bash deploy/local/setup.sh tests
