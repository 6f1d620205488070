# The project's commands. Everything they need lands in .venv/, node_modules/ and .run/.

PYTHON ?= python3
VENV := .venv/bin

.PHONY: install readers tools run test check unit e2e fuzz soak drill mutants bench format pictures schema words
.PHONY: lock audit licences

install:
	@$(PYTHON) local/install.py

# Caddy and Docker Compose, which only read the files of deployment in tests (tests/deploy): skipped without them.
readers: install
	@$(PYTHON) local/install.py readers

# Chromium and `ip`, for tests: found, or brought while there is a network.
tools: install
	@$(VENV)/python -m local.tools

# The shell is replaced, so that a signal reaches the stack itself.
run: install
	@exec $(VENV)/python -m local.run

# Everything that a commit must pass.
test: tools check unit e2e

check: install
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy .
	$(VENV)/lint-imports --no-cache
	$(VENV)/python -m pytest tests/test_migrations.py --quiet
	@$(VENV)/python -m local.node lint
	@$(VENV)/python -m local.node test

unit: install
	$(VENV)/python -m pytest tests --ignore tests/e2e --numprocesses auto

# Moves media: in a network of its own, where the system allows it. Two stacks side by side: much of it is waiting.
e2e: tools
	$(VENV)/python -m local.private $(VENV)/python -m pytest tests/e2e --numprocesses 2 --dist loadfile

# More than 20,000 cases against the live service, in about twenty minutes.
fuzz: install
	FUZZ_CASES=3500 FUZZ_AT_LEAST=20000 $(VENV)/python -m local.private $(VENV)/python -m pytest tests/e2e/test_fuzz.py -rP

# A hundred thousand steps of what can go wrong around money, and a recording of twenty minutes; about an hour.
soak: install
	SOAK_STEPS=100000 $(VENV)/python -m pytest tests/billing/test_hostile_world.py --capture=no
	EGRESS_SOAK_MINUTES=20 $(VENV)/python -m local.private $(VENV)/python -m pytest tests/e2e/test_egress_long.py --capture=no

# What becomes of recordings when something breaks, on the real stack, and of calls that have no network for minutes;
# then people in real calls while every part is killed again and again: is each second billed once, and does every
# recording come to an end? About 40 minutes in all.
# make drill MINUTES=3 is a short one; DRILL_SEED repeats one.
RECORDINGS := tests/e2e/test_recordings_long.py tests/e2e/test_recordings_broken.py \
	tests/e2e/test_egress_like_official.py tests/e2e/test_egress_failures.py tests/e2e/test_recording_child.py
ROOM := tests/e2e/test_room_breaks_long.py tests/e2e/test_room_tools.py tests/e2e/test_crowd.py \
	tests/e2e/test_room_full.py tests/e2e/test_room_pictures.py
drill: tools
	RECORDINGS_LONG=1 $(VENV)/python -m local.private $(VENV)/python -m pytest $(RECORDINGS)
	ROOM_LONG=1 $(VENV)/python -m local.private $(VENV)/python -m pytest $(ROOM)
	$(VENV)/python -m local.private $(VENV)/python -m tests.drill $(MINUTES)

# How fast, beside what others would write, beside the least that can be, and at scale; half an hour, on a machine that
# does nothing else. Writes docs/performance.md. `make bench BENCH=--quick` takes three minutes and writes nothing.
bench: tools
	@$(VENV)/python -m local.tools wrk
	$(VENV)/python -m local.private $(VENV)/python -m bench $(BENCH)

# Mutation testing: how many faults, planted in billing's pure functions, the tests find. No parts are started: these
# tests need none.
mutants: install
	@rm -rf mutants
	UPCLASS_TEST_PARTS=none DEBUG=1 $(VENV)/mutmut run
	@$(VENV)/mutmut results

# Writes the pictures of README and docs/ anew, by the tests that take them.
PICTURES := tests/e2e/test_two_people_meet.py tests/e2e/test_join_pages_looks.py tests/e2e/test_room_looks.py
pictures: tools
	UPDATE_PICTURES=1 $(VENV)/python -m local.private $(VENV)/python -m pytest $(PICTURES)

# The OpenAPI document, made from the code; a test fails when the committed one is stale.
schema: install
	$(VENV)/python manage.py write_schema

# The catalogues of translations, made from what the pages say; tests fail while a sentence has no translation.
words: install
	DEBUG=1 DJANGO_SETTINGS_MODULE=upclass.settings $(VENV)/python -m tests.join.catalogues

format: install
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .
	@$(VENV)/python -m local.node format

# What is known to be wrong with what is depended on; asks the databases of advisories, and fails where it cannot.
audit: install
	@$(VENV)/python -m local.audit

# docs/licences.md, made from what is installed; a test fails when the committed one is stale.
licences: install
	$(VENV)/python -m local.licences

# Pins what pyproject.toml asks for; uv must be on PATH.
COMPILE := uv pip compile --quiet --universal --generate-hashes --python-version 3.13 --no-emit-index-url
lock:
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) --group dev pyproject.toml -o requirements-dev.lock
	$(COMPILE) --group pyproject.toml:egress -o requirements-egress.lock
	$(COMPILE) --group pyproject.toml:go -o requirements-go.lock
	$(COMPILE) --group pyproject.toml:node -o requirements-node.lock
