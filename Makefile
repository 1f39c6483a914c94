# Needs Python 3.11 or newer and make; everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-packages
DEV := $(VENV)/.dev-packages

.PHONY: openapi-packages openapi-rules breaking install serve test check check-pages format types content lock schema openapi clients node-packages bench clean

install: $(DEV)

$(RUN): requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $(RUN) $@

serve: $(RUN)                ## build the release if the content changed, then serve it
	$(BIN)/python -m app serve

test: $(DEV)                 ## run the tests and report branch coverage
	$(BIN)/python -m coverage run -m pytest
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

check: $(DEV)                ## format, lint, types, import contracts, content, generated files fresh
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/python -m app check --no-notices --no-asks
	$(BIN)/python -m app openapi --check docs/openapi-v1.json
	$(BIN)/python -m app schema --check docs/schemas
	$(BIN)/python clients/python/generate.py --check
	@if command -v npm > /dev/null; then $(MAKE) --no-print-directory openapi-rules; else echo "no Node here: the rules of Spectral and Redocly run in CI"; fi

openapi-packages: tools/openapi/node_modules/.package-lock.json

tools/openapi/node_modules/.package-lock.json: tools/openapi/package-lock.json
	cd tools/openapi && npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

openapi-rules: $(DEV) openapi-packages ## the contract, in OpenAPI 3.1 and 3.0, by the recommended rules of Spectral and Redocly; needs Node 20 with npm
	@mkdir -p var
	$(BIN)/python -m app openapi --rendition 3.0 var/openapi-v1-3.0.json
	tools/openapi/check.sh docs/openapi-v1.json var/openapi-v1-3.0.json

breaking: $(DEV)             ## compare docs/openapi-v1.json with that of the commit BASE (default: the last tag, else origin/main or main)
	$(BIN)/python -m tools.breaking $(if $(BASE),--base $(BASE))

check-pages: $(DEV) node-packages ## look at the pages in Chromium with axe; needs Chromium too
	$(BIN)/python -m pytest tests/api/pages/test_browser.py

format: $(DEV)               ## put the code into form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

openapi: $(DEV)              ## write docs/openapi-v1.json, and what the Python client takes from it
	$(BIN)/python -m app openapi docs/openapi-v1.json
	$(BIN)/python clients/python/generate.py

schema: $(DEV)               ## write the JSON Schemas for editors
	$(BIN)/python -m app schema docs/schemas

node-packages:               ## generate and compile the TypeScript client and the treatment page, install what looks at the pages; needs Node 20 with npm
	cd clients/typescript && npm ci --no-audit --no-fund && npm run --silent build
	cd examples/treatment-page && npm ci --no-audit --no-fund && npm run --silent build
	cd web && npm ci --no-audit --no-fund

clients: $(DEV) node-packages ## generate, compile and test the clients and the worked examples
	$(BIN)/python -m pytest tests/clients

content: $(DEV)              ## check the content and show notices too
	$(BIN)/python -m app check

lock: $(DEV)                 ## choose versions anew and pin them by hash
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/python -m uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.txt
	$(BIN)/python -m uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean:
	rm -rf $(VENV) var .pytest_cache .ruff_cache .hypothesis .coverage* htmlcov
