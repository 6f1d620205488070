# The project's commands. Everything they need lands in .venv/, node_modules/ and .run/.

PYTHON ?= python3
VENV := .venv/bin

.PHONY: install run test check unit e2e format

install:
	@$(PYTHON) local/install.py

# The shell is replaced, so that a signal reaches the stack itself.
run: install
	@exec $(VENV)/python -m local.run

