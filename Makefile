# make help tells what there is. Everything runs in environments that make makes from lock files with hashes.
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
ROOT := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))
PY := $(ROOT).venv/bin/python
export PORT DETACH ALLOWED_PRIVATE_HOSTS STACK_DIR DEMO

.PHONY: help environments start stop update status test lint format unit integration e2e bench openapi fuzz deploy account key plan logs \
        schedules sam-local sam-local-api lock connector clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

environments: ## make the three virtual environments (other targets do it themselves)
	@cd $(ROOT) && $(PYTHON) local/environments.py

start: environments ## start the local stack and show a run; PORT= DETACH=1 DEMO=0 ALLOWED_PRIVATE_HOSTS= STACK_DIR=
	@cd $(ROOT) && exec $(PY) -m local.stack start

update: environments ## build and deploy the present sources to the running stack
	@cd $(ROOT) && exec $(PY) -m local.stack update

stop: ## end the local stack
	@cd $(ROOT) && if [ -x $(PY) ]; then $(PY) -m local.stack stop; else echo "Nothing was started here."; fi

status: ## tell whether the local stack runs, and where
	@cd $(ROOT) && $(PY) -m local.stack status

account: ## make an account and its first key: NAME=acme PLAN=free|starter|pro|business|unlimited [MAX_RUNS=] [ENV=]
	@cd $(ROOT) && $(PY) -m local.operator --env '$(or $(ENV),local)' account --name '$(NAME)' --plan '$(or $(PLAN),free)' $(if $(MAX_RUNS),--max-runs '$(MAX_RUNS)')

key: ## make a further key: ACCOUNT=acct_... NAME=ci [SCOPES=workflows:read,...] [ENV=]
	@cd $(ROOT) && $(PY) -m local.operator --env '$(or $(ENV),local)' key --account '$(ACCOUNT)' --name '$(NAME)' --scopes '$(or $(SCOPES),*)'

plan: ## change an account's plan: ACCOUNT=acct_... PLAN=pro [MAX_RUNS=10|none|plan] [ENV=]
	@cd $(ROOT) && $(PY) -m local.operator --env '$(or $(ENV),local)' plan --account '$(ACCOUNT)' --plan '$(PLAN)' $(if $(MAX_RUNS),--max-runs '$(MAX_RUNS)')

schedules: ## list trigger schedules that drifted: [MEND=1] [ENV=]
	@cd $(ROOT) && $(PY) -m local.operator --env '$(or $(ENV),local)' schedules $(if $(MEND),--mend)

logs: ## show a function's log lines on the local stack: FUNCTION=workflows [SINCE=10] (minutes) [FOLLOW=1]
	@cd $(ROOT) && $(PY) -m local.logs '$(FUNCTION)' --since '$(or $(SINCE),10)' $(if $(FOLLOW),--follow)

test: environments ## lint, unit, integration and e2e tests, on a stack of their own
	@cd $(ROOT) && exec $(PY) -m local.checks test

lint: environments ## ruff, mypy, import-linter, cfn-lint, sam validate, state machines
	@cd $(ROOT) && exec $(PY) -m local.checks lint

format: environments ## let ruff mend and format the sources
	@cd $(ROOT) && .venv/bin/ruff check --fix-only --quiet . ; .venv/bin/ruff format .

unit: environments ## unit tests alone
	@cd $(ROOT) && exec $(PY) -m pytest tests/unit -q -n 2

integration: environments ## integration tests alone
	@cd $(ROOT) && exec $(PY) -m pytest tests/integration -q

e2e: environments ## end-to-end tests alone
	@cd $(ROOT) && exec $(PY) -m pytest tests/e2e -q

bench: environments ## measure; JSON on stdout; ARGS=--write makes docs/benchmarks.md
	@cd $(ROOT) && exec $(PY) -m tests.benchmarks $(ARGS)

openapi: environments ## write the OpenAPI document that the API serves, from the code
	@cd $(ROOT) && exec $(PY) -m local.openapi
	@cd $(ROOT)sdks/javascript && if [ -d node_modules ]; then npm run --silent generate; else echo "Types of the JavaScript SDK: run npm ci --ignore-scripts in sdks/javascript, then this again."; fi

fuzz: environments ## schemathesis against a stack of its own, long: [EXAMPLES=500]
	@cd $(ROOT) && FUZZ_EXAMPLES='$(or $(EXAMPLES),500)' exec $(PY) -m pytest tests/e2e -q -m fuzz

deploy: environments ## build and deploy to AWS: ENV=dev|prod
	@cd $(ROOT) && exec $(PY) -m local.release '$(ENV)'

sam-local: environments ## sam local invoke with a sample event against the local stack: FUNCTION=workflows EVENT=list
	@cd $(ROOT) && exec $(PY) -m local.containers invoke '$(FUNCTION)' '$(EVENT)'

sam-local-api: environments ## sam local start-api against the local stack [API_PORT=3000]
	@cd $(ROOT) && exec $(PY) -m local.containers api '$(or $(API_PORT),3000)'

lock: environments ## write the lock files anew
	@cd $(ROOT) && sh requirements/lock.sh

connector: environments ## scaffold a connector: NAME=x
	@cd $(ROOT) && exec $(PY) -m local.connector '$(NAME)'

clean: stop ## remove all that make made
	@cd $(ROOT) && rm -rf .venv .venv-emulator .venv-sam .local .aws-sam .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
