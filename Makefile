# The commands of this project. `make demo` and `make test` need nothing but Python 3.11 and git;
# they set up what they use.

PYTHON := .venv/bin/python
DATA ?= ../shared/data
RUNTIME := .venv/ready-runtime
DEVELOPMENT := .venv/ready-development
LOCK := uv.lock scripts/setup scripts/uv-requirements.txt

.PHONY: help setup demo demo-reset test check fmt clean bench corpus tour

help:
	@echo "make setup       the virtual environment, and what the system must have"
	@echo "make demo        set up, start everything, play the demo firm's month; Ctrl-C stops"
	@echo "make demo-reset  delete the demo's data"
	@echo "make test        every test: rules, pages and sweeps; journeys; the fault test"
	@echo "make check       style, types, imports, lints, migrations and lock in step"
	@echo "make fmt         format the code"
	@echo "make bench       the measurements, each beside what it is measured against"
	@echo "make corpus      read the statement corpus in $(DATA), where that lies"
	@echo "make tour        docs/tour anew: every page as a picture, in two widths"
	@echo "make clean       delete the virtual environment, caches and data"

setup: $(RUNTIME)

$(RUNTIME): $(LOCK)
	@scripts/setup runtime

$(DEVELOPMENT): $(LOCK)
	@scripts/setup development

demo: $(RUNTIME)
	@exec .venv/bin/backoffice demo

demo-reset: $(RUNTIME)
	@$(PYTHON) -m backoffice.demo.reset

test: $(DEVELOPMENT)
	@exec $(PYTHON) -m tests.run

check: $(DEVELOPMENT)
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy
	.venv/bin/lint-imports --config pyproject.toml
	$(PYTHON) -m tests.lints
	.uv/bin/python -m uv lock --check --quiet
	.venv/bin/backoffice migrate --check

fmt: $(DEVELOPMENT)
	$(PYTHON) -m ruff check --fix
	$(PYTHON) -m ruff format

bench: $(DEVELOPMENT)
	@$(PYTHON) -m benchmarks

corpus: $(DEVELOPMENT)
	@for kind in camt mt940 ofx; do \
	  $(PYTHON) -m tests.corpus.statements $(DATA)/corpus/bank/$$kind \
	    $(DATA)/corpus/expected/bank/$$kind --at-least 0.95 || exit 1; \
	done

tour: $(DEVELOPMENT)
	@$(PYTHON) -m tests.tour

clean:
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m backoffice.demo.reset; fi
	rm -rf .venv .uv var .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
