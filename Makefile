# The one front door. `make help` tells what is behind it.

PORT ?= 8000
ARGS ?=
# What a real deployment would be given, for the checks that judge settings as if this were one.
AS_IF_DEPLOYED = CONNECTOR_MODE=production SITE_URL=https://connector.example.org \
	SECRET_KEY=$$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(48))') \
	SEALING_KEYS=k1:$$(.venv/bin/python -c 'import secrets; print(secrets.token_hex(32))') \
	BLIND_INDEX_KEY=$$(.venv/bin/python -c 'import secrets; print(secrets.token_hex(32))') \
	DATABASE_URL="postgresql://jc_all:x@db.example.org/connector?sslmode=verify-full&sslrootcert=system" \
	REDIS_URL=rediss://redis.example.org:6379/0

export PORT
.DEFAULT_GOAL := help
.PHONY: help demo test bench check lint types contracts templates migrations deploy lock manage shell messages docs sbom format clean

help: ## Say what can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

demo: .venv/runtime.stamp ## Run the whole product with a world to try it on: make demo PORT=8001
	@exec .venv/bin/python -m alliance.engine_room demo --with-parent

test: .venv/develop.stamp ## Run every test: make test ARGS="tests/placements -k present"
	@.venv/bin/python -m pytest -n auto $(ARGS)

bench: .venv/develop.stamp ## What the walls cost, at a million people (minutes; keeps its database): make bench
	@.venv/bin/python -m tests.bench $(ARGS)

check: lint types contracts templates migrations deploy docs-in-step ## Everything that must hold before a change is shared
	@echo "All checks hold."

lint: .venv/develop.stamp ## Style and likely mistakes (ruff)
	@.venv/bin/python -m ruff check .
	@.venv/bin/python -m ruff format --check .

types: .venv/develop.stamp ## Types (mypy, strict)
	@.venv/bin/python -m mypy

contracts: .venv/develop.stamp ## Floors and rooms: who may import whom (import-linter)
	@.venv/bin/lint-imports

templates: .venv/develop.stamp ## Templates (djade, djlint)
	@git ls-files -z --cached --others --exclude-standard 'templates/*.html' | xargs -0 .venv/bin/djade --check
	@.venv/bin/python -m djlint --quiet --lint templates

migrations: .venv/develop.stamp ## Models and migrations in step
	@.venv/bin/python manage.py makemigrations --check --dry-run

deploy: .venv/develop.stamp ## Settings as a deployment would have them (check --deploy)
	@for service in all web staff worker; do \
		$(AS_IF_DEPLOYED) CONNECTOR_SERVICE=$$service .venv/bin/python manage.py check --deploy --fail-level WARNING || exit 1; \
	done

.PHONY: docs-in-step
docs-in-step: .venv/develop.stamp
	@.venv/bin/python manage.py draw_lifecycles --check
	@.venv/bin/python manage.py messages --check

docs: .venv/runtime.stamp ## Draw docs/lifecycles from the code
	@.venv/bin/python manage.py draw_lifecycles

sbom: .venv/develop.stamp ## List what the product is made of, with licences (CycloneDX, var/sbom.json)
	@mkdir -p var
	@.venv/bin/cyclonedx-py requirements requirements/runtime.txt --output-reproducible --output-file var/sbom.json
	@.venv/bin/python manage.py bill_of_materials var/sbom.json

format: .venv/develop.stamp ## Put code and templates into the agreed shape
	@.venv/bin/python -m ruff check --fix .
	@.venv/bin/python -m ruff format .
	@git ls-files -z --cached --others --exclude-standard 'templates/*.html' | xargs -0 .venv/bin/djade

messages: .venv/develop.stamp ## Gather what is to be translated, and compile what is
	@.venv/bin/python manage.py messages

lock: .venv/develop.stamp ## Pin the requirements anew, with hashes and without addresses
	@test -x var/uv/bin/uv || { .venv/bin/python -m venv var/uv && var/uv/bin/python -m pip install -qq uv==0.13.9; }
	@for wanted in runtime develop; do \
		sources=requirements/runtime.in; \
		[ $$wanted = runtime ] || sources="$$sources requirements/develop.in"; \
		var/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
			--output-file requirements/$$wanted.txt $$sources || exit 1; \
	done

manage: .venv/runtime.stamp ## Run an operator's command: make manage ARGS="outcomes --as-of 2026-06-30"
	@.venv/bin/python manage.py $(ARGS)

shell: .venv/runtime.stamp ## A Python prompt in the running demo's world
	@.venv/bin/python manage.py shell

clean: ## Forget the demo: its database, queue, letters and logs (asks first)
	@printf 'Remove var/ with everything the demo remembers? [y/N] '; read -r answer; \
	if [ "$$answer" = y ]; then rm -rf var && echo "Gone."; else echo "Kept."; fi

.venv/runtime.stamp: requirements/runtime.txt
	@bin/environment runtime

.venv/develop.stamp: requirements/develop.txt
	@bin/environment develop
