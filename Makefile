# Everything runs in .venv, which the first target that needs it makes: `make demo` and `make test` work in a fresh clone.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
INSTALLED := .venv/.installed
INSTALLED_DOCS := .venv/.installed-docs

# Lark's tables for the grammar, computed here so that no run has to. Lark numbers its states differently each time, so
# they are written only when the grammar has changed.
define TABLES
import json
from msdl import library
from msdl.language.parse import tables
new = tables(library.GRAMMAR.read_text(encoding="utf-8"))
old = json.loads(library.TABLES.read_text(encoding="utf-8")) if library.TABLES.exists() else {}
if old.get("digest") != new["digest"]:
    text = json.dumps(new, separators=(",", ":"), sort_keys=True)
    library.TABLES.write_text(text + "\n", encoding="utf-8")
endef
export TABLES

.PHONY: help demo test lint check fix golden gallery wheel site clean
.DEFAULT_GOAL := help

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##/  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(INSTALLED)  ## draw, train and calibrate a network of the library, and measure what early exit saves
	@$(BIN)/python examples/demo.py

test: $(INSTALLED)  ## the tests
	$(BIN)/pytest

lint: $(INSTALLED)  ## formatting, style, types, direction of imports
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## all that must hold before a change is handed in

fix: $(INSTALLED)  ## format, and mend what ruff can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

golden: $(INSTALLED)  ## write the parser's tables and all golden files anew; read the difference before you commit it
	$(BIN)/python -c "$$TABLES"
	$(BIN)/pytest --update-golden

gallery: $(INSTALLED)  ## write docs/gallery.md, its pictures and docs/zoo.md anew, and run examples/tour.ipynb
	$(BIN)/pytest --quiet --update-golden tests/docs/test_gallery.py tests/docs/test_zoo.py tests/test_tour.py

wheel: $(INSTALLED)  ## dist/msdl-*.whl
	$(BIN)/pip wheel --quiet --no-build-isolation --no-deps --wheel-dir dist .

site: $(INSTALLED_DOCS)  ## build/site/index.html, the documentation
	$(BIN)/sphinx-build -q -W --keep-going -d build/doctrees docs build/site

clean:  ## remove what the targets made, .venv included
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# torch first and by its exact version: a range would fetch a newest build with gigabytes of CUDA libraries.
$(INSTALLED): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet -c constraints.txt torch==2.13.0
	$(BIN)/pip install --quiet -c constraints.txt -e '.[train,onnx,dev]'
	touch $@

$(INSTALLED_DOCS): $(INSTALLED)
	$(BIN)/pip install --quiet -c constraints.txt -e '.[docs]'
	touch $@
