SHELL := /bin/bash
.DELETE_ON_ERROR:
.NOTPARALLEL:

PYTHON_IN_VENV := .venv/bin/python
MANAGE := $(PYTHON_IN_VENV) manage.py
APPS := core audit files orgs accounts notices sanzhang reporting kexie_portal
CHECK_VAR := $(or $(KEXIE_VAR),$(CURDIR)/var)/test
TEST_PROCESSES ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n > 4 ? 4 : n)))
PYTEST_ARGS ?=

.PHONY: run test check bench requirements clean clean-data system-run system-test \
	check-code check-templates check-types check-floors check-migrations check-deployment

# The portal, on this machine: everything it needs, then web, worker and beat until Ctrl-C.
run: .venv/.base system-run static/dist/.built
	@exec setpriv --pdeathsig TERM -- $(PYTHON_IN_VENV) -m kexie_portal.launch

# Everything the tests need, then all of them. PYTEST_ARGS narrows them down.
test: .venv/.dev system-test static/dist/.built
	@$(PYTHON_IN_VENV) -m pytest -n $(TEST_PROCESSES) --dist worksteal --create-db $(PYTEST_ARGS)

check: check-code check-templates check-types check-floors check-migrations check-deployment

check-code: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

check-templates: .venv/.dev
	.venv/bin/djlint --lint --quiet templates

check-types: .venv/.dev
	.venv/bin/mypy $(APPS)

check-floors: .venv/.dev
	.venv/bin/lint-imports

check-migrations: .venv/.dev
	KEXIE_VAR="$(CHECK_VAR)" $(MANAGE) makemigrations --check --dry-run

check-deployment: .venv/.dev
	@KEXIE_VAR="$(CHECK_VAR)" PRODUCTION=1 ALLOWED_HOSTS=portal.example.org \
		SECRET_KEY=$$($(PYTHON_IN_VENV) -c 'import secrets; print(secrets.token_urlsafe(64))') \
		FIELD_KEYS=$$($(PYTHON_IN_VENV) -c 'from cryptography.fernet import Fernet as F; print(F.generate_key().decode())') \
		$(MANAGE) check --deploy --fail-level WARNING

bench: .venv/.dev system-run static/dist/.built
	@$(MANAGE) bench

# Pins and hashes anew what base.in and dev.in ask for.
requirements: .venv/.dev
	cd requirements && for list in base dev; do \
		../.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
			--generate-hashes --no-header --no-annotate $$list.in -o $$list.txt || exit 1; \
	done

clean:
	rm -rf .venv node_modules static/dist var/staticfiles .mypy_cache .pytest_cache .ruff_cache .hypothesis

# The embedded database too: the next run begins with a new demo province.
clean-data:
	rm -rf var

.venv/.base: requirements/base.txt
	@bin/python-environment base

.venv/.dev: requirements/dev.txt
	@bin/python-environment dev

system-run: | .venv/.base
	@bin/system-packages run

system-test: | .venv/.dev
	@bin/system-packages test

node_modules/.installed: package-lock.json package.json | .venv/.base
	@echo "正在安装前端依赖……"
	@bin/npm ci --ignore-scripts --loglevel=error
	@touch $@

static/dist/.built: node_modules/.installed $(shell find static_src -type f 2>/dev/null)
	@bin/npm run build --silent
	@touch $@
