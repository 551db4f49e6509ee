# PersonaKit. `make` alone lists what can be done.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CODE := services clients gateway deploy docs eval examples protos/*.py tests bench
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test coverage eval fuzz chaos check lint types protos docs site cli generate openapi format baseline pins audit seed reset bench

help:  ## List what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.runs $(if $(RELOAD),$(VENV)/.develops)  ## Start the whole system, until Ctrl-C; RELOAD=1: again when code changes
	@PERSONAKIT_RELOAD=$(RELOAD) $(BIN)/python -m deploy.local

test: $(VENV)/.develops  ## Run every test on the real parts
	@$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

coverage: $(VENV)/.develops  ## Run every test and tell what none reaches (half as long again)
	@$(BIN)/pytest -n 2 --dist loadfile --cov --cov-report term:skip-covered $(ARGS)

# Cases for each RPC, path and door; in `make test` it is 12.
fuzz: $(VENV)/.develops  ## Try thousands of hostile requests on the whole system (minutes)
	@PERSONAKIT_FUZZ=1000 $(BIN)/pytest -s tests/hostile $(ARGS)

chaos: $(VENV)/.develops  ## Break the real system in every way, and count what is lost (minutes)
	@PERSONAKIT_CHAOS=full $(BIN)/pytest tests/chaos $(ARGS)

# The commit times are not part of the project; without them their rows say "not run".
eval: $(VENV)/.develops  ## Measure how true the traits are: make eval COMMITS=path of commit times
	$(BIN)/python -m eval $(if $(COMMITS),--commits $(COMMITS)) $(ARGS)

check: lint types protos docs  ## Lint, types, import contracts, protos, docs, generated files fresh

lint: $(VENV)/.develops
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo

types: $(VENV)/.develops
	$(BIN)/mypy $(CODE)

# buf reads the descriptor set that protoc made, so that it needs no network.
BUF := $(BIN)/buf --log-format text
API := gateway/personakit.binpb
protos: $(VENV)/.develops
	$(BUF) format --diff --exit-code protos
	$(BUF) lint $(API) --config protos/buf.yaml --exclude-path google --exclude-path buf
	$(BUF) breaking $(API) --against protos/baseline.binpb --config protos/buf.yaml
	@fresh=$$(mktemp -d) && trap 'rm -r "$$fresh"' EXIT && \
	  $(BIN)/python protos/generate.py --into "$$fresh" 2>/dev/null && \
	  diff -r -x __pycache__ "$$fresh/protos/gen" protos/gen && \
	  (cd "$$fresh/gateway" && find . -type f | while read -r file; do \
	    cmp "$$file" "$(CURDIR)/gateway/$$file" || exit 1; done) && \
	  if [ -x $(OPENAPI) ]; then echo "generated files are fresh"; else \
	    echo "generated files are fresh; gateway/openapi.json is skipped (see make openapi)"; fi

bench: $(VENV)/.compares  ## Measure the performance table; ROW=name measures one row
	@$(BIN)/python -m bench $(ROW)

# Broken links and anchors are errors; the output goes nowhere.
SITE = NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict --site-dir
docs: $(VENV)/.develops
	@fresh=$$(mktemp -d) && trap 'rm -r "$$fresh"' EXIT && \
	  $(MAKE) -s cli CLI="$$fresh" >/dev/null && diff -r "$$fresh" docs/cli && \
	  $(SITE) "$$fresh/site" && echo "the docs are whole"

site: $(VENV)/.develops  ## Build the documentation as a site, in site/
	$(SITE) site

CLI := docs/cli
cli: $(VENV)/.develops  ## Generate the reference of the command line
	@$(BIN)/typer clients.cli.main utils docs --name persona-kit --output $(CLI)/persona-kit.md
	@$(BIN)/typer clients.workbench.main utils docs --name persona-kit-workbench \
	  --output $(CLI)/persona-kit-workbench.md

generate: $(VENV)/.develops  ## Generate stubs and descriptors from the protos
	$(BIN)/buf format -w protos
	$(BIN)/python protos/generate.py

# The tool is a Go program: it is installed once, and generate leaves the document alone without it.
OPENAPI := $(BIN)/protoc-gen-openapiv2
openapi: $(OPENAPI) generate  ## Generate the OpenAPI document as well (needs Go)

$(OPENAPI): | $(VENV)/.develops
	GOBIN=$(CURDIR)/$(BIN) go install github.com/grpc-ecosystem/grpc-gateway/v2/$(@F)@v2.33.0

baseline: generate  ## Take the API as it is for released: later changes must not break it
	cp $(API) protos/baseline.binpb

format: $(VENV)/.develops  ## Format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

pins: ## Pin the newest versions that pyproject.toml allows
	@fresh=$$(mktemp -d) && trap 'rm -r "$$fresh"' EXIT && $(PYTHON) -m venv "$$fresh" && \
	  "$$fresh/bin/pip" install -q -e . && \
	  "$$fresh/bin/pip" freeze --exclude-editable >requirements.txt && \
	  "$$fresh/bin/pip" install -q -e '.[dev]' && \
	  "$$fresh/bin/pip" freeze --exclude-editable | grep -vxFf requirements.txt >requirements-dev.txt

seed: $(VENV)/.runs  ## Record ten sample people in the running system
	@$(BIN)/persona-kit-workbench seed

PINS := requirements.txt requirements-dev.txt
audit: $(VENV)/.develops  ## Look the pinned versions up among known holes (needs the network)
	@out=$$($(BIN)/pip-audit -s osv --disable-pip --no-deps --progress-spinner off $(PINS:%=-r %) 2>&1) \
	  && echo "$$out" || case "$$out" in \
	  *ConnectionError*) echo "nothing was audited: api.osv.dev cannot be reached from here"; exit 2;; \
	  *) echo "$$out"; exit 1;; esac

reset:  ## Forget everything that the local system has stored
	$(BIN)/python -m deploy.local reset

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runs: $(VENV)/bin/python requirements.txt pyproject.toml
	@echo "installing what runs (once, about a minute)"
	@$(BIN)/pip install -q -r requirements.txt && $(BIN)/pip install -q --no-deps -e .
	@touch $@

$(VENV)/.develops: $(VENV)/.runs requirements-dev.txt
	@echo "installing what develops (once, about a minute)"
	@$(BIN)/pip install -q -r requirements-dev.txt
	@touch $@

$(VENV)/.compares: $(VENV)/.develops requirements-bench.txt
	@echo "installing what is compared with (once)"
	@$(BIN)/pip install -q -r requirements-bench.txt
	@touch $@
