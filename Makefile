# Everything a person or a machine does with this repository. `make help` lists it.

COMPOSE ?= docker compose
PROMTOOL ?= promtool
HELM ?= helm
PODMAN ?= podman
ESCM = .venv/bin/escm
PYTEST = .venv/bin/python -m pytest
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE # else each process compiles all modules again

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: environment-test ## make .venv with everything that run, test and lint need

run: environment-run ## start the whole system; Ctrl-C stops it
	@.venv/bin/python -m deploy.packaging.clients
	@exec $(ESCM) up --with-parent

test: environment-test ## run the tests of every change, on servers of their own
	@exec $(PYTEST) -n 3 -m "not long" --tier=test

test-long: environment-test ## run the tests that cost more than a second each
	@exec $(PYTEST) -n 3 -m long --tier=long

test-journeys: environment-test ## walk the whole system over HTTP, and run the commands of the guides
	@exec $(PYTEST) tests/journeys -o norecursedirs= -n 2

test-brief: environment-test ## run what differs most between machines and versions of Python: rules, shared, a journey
	@$(PYTEST) tests/architecture tests/deploy tests/shared -n 2 -m "not long"
	@exec $(PYTEST) tests/journeys/test_country.py -n 0

test-all: environment-test ## run the tests of `test`, `test-long` and `test-journeys` at once
	@exec $(PYTEST) tests tests/journeys -n 3 --tier=all

coverage: environment-test ## run the tests once and print the coverage of services and shared, with branches
	@mkdir -p .local && exec $(PYTEST) -n 3 --cov --cov-report=term

test-systems: environment-test ## start, observe, back up, restore, audit and upgrade whole systems
	@exec $(PYTEST) tests/systems -o norecursedirs= -n 2

test-faults: environment-test ## kill, stop and cut off real processes, and check the promises; FAULT_SEED=… replays
	@exec $(PYTEST) tests/faults -o norecursedirs= -p no:randomly -n 3 -m "not long"

test-faults-long: environment-test ## the same, with what takes minutes
	@exec $(PYTEST) tests/faults -o norecursedirs= -p no:randomly

test-contract: environment-test ## lint the contract, look for breaks, and run clients made from it; needs npm and glewlwyd
	@exec $(PYTEST) tests/clients -o norecursedirs="node_modules generated" -p no:randomly

test-containers: environment-test ## build the images, run them and kill parts; COMPOSE=… is what stands for `docker compose`
	@COMPOSE="$(COMPOSE)" exec $(PYTEST) tests/containers -o norecursedirs= -p no:randomly

test-edge: environment-test ## run nginx as it is deployed in front of the system, and try to lie to it; needs nginx
	@exec $(PYTEST) tests/edge -o norecursedirs=

test-scanner: environment-test ## scan files with a real clamd; needs clamd
	@exec $(PYTEST) tests/scanner -o norecursedirs= -n 0

test-browser: environment-test environment-browser ## open the pages in Chromium, call the system from there; needs chromium
	@exec $(PYTEST) tests/browser -o norecursedirs= -n 2

test-kubernetes: environment-test ## render the Helm chart, validate it and compare it with the containers; HELM=… is what renders
	@HELM="$(HELM)" exec $(PYTEST) tests/kubernetes -o norecursedirs=play -n 2

test-play: environment-test ## build the images, one of them twice, and run the chart's workloads as pods; COMPOSE=… and PODMAN=… are the commands
	@COMPOSE="$(COMPOSE)" PODMAN="$(PODMAN)" exec $(PYTEST) tests/kubernetes/play -o norecursedirs= -p no:randomly

test-release: environment-test environment-release ## build a release twice, install its wheel and run the system from it
	@exec $(PYTEST) tests/release -o norecursedirs= -n 2

test-scale: environment-test ## run the journeys behind PgBouncer, and what is for several machines; needs pgbouncer
	@TEST_POOLER=1 exec $(PYTEST) tests/scale tests/journeys -o norecursedirs= -n 2

test-observability: ## check the alerts, run their tests and check what is scraped; needs promtool
	cd deploy/observability && $(PROMTOOL) check config prometheus.yml && $(PROMTOOL) test rules rules.test.yml

lint: environment-test ## check style, types, imports, words, spelling and the Dockerfile
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PYTEST) -q tests/architecture
	.venv/bin/typos
	.venv/bin/hadolint deploy/containers/Dockerfile

bench: environment-test ## measure against a bare bound, into .local/bench.json; BENCH=W1,W2 picks
	@exec .venv/bin/python -m tests.bench

lighthouse: environment-test ## run Lighthouse on four pages of a running system; ORIGIN=… is its address; needs npm and chromium
	@exec .venv/bin/python -m tests.browser.lighthouse

bench-quality: environment-test ## measure how often matching is right, into .local/quality.json; QUALITY=affiliations picks
	@exec .venv/bin/python -m tests.bench.quality

openapi: environment-run ## write the published contract to services/portal/specs, and the models of the Python client from it
	$(ESCM) openapi
	.venv/bin/python -m clients.python.generate

client-types: environment-test ## write the types of the TypeScript client from the contract, and compile it; needs npm
	@exec .venv/bin/python -m tests.clients.typescript

matrix: environment-run ## write the pages of docs/ about roles, notifications and settings, and which role reads what, from the code
	$(ESCM) matrix

release: environment-release ## build the last commit into dist/: wheel, clients, chart, SBOM, digests; and the images, where COMPOSE=… runs
	@.venv/bin/python -m deploy.packaging dist
	@if $(COMPOSE) version >/dev/null 2>&1; then $(MAKE) release-images; else echo "No images: $(COMPOSE) does not run here."; fi

release-images: ## build the images of this version; PYTHON_IMAGE=python@sha256:… is what they are based on
	@test -z "$$(git status --porcelain)" || { echo "Commit first: images are built from the tree."; exit 1; }
	@echo "$$PYTHON_IMAGE" | grep -Eqx '[^[:space:]@]+@sha256:[0-9a-f]{64}' || \
		{ echo "PYTHON_IMAGE=$$PYTHON_IMAGE names no digest: python@sha256: and 64 hexadecimal digits."; exit 1; }
	@RELEASE=$$($(or $(PYTHON),python3) -m deploy.packaging.version) SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(COMPOSE) build

clean: ## remove the data, logs and caches of this clone
	@$(or $(PYTHON),python3) deploy/local/clean.py

environment-%:
	@$(or $(PYTHON),python3) deploy/local/environment.py $* $(PYTHON)

.PHONY: help setup run test coverage test-systems test-faults test-faults-long test-contract test-containers test-edge test-scanner test-browser test-kubernetes test-play test-release test-scale test-observability lint bench lighthouse bench-quality openapi client-types matrix release release-images clean
