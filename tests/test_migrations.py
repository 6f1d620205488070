"""Migrations run while the service does: none locks a table for long, or breaks the former version."""

import re
import tomllib
from typing import Any

import pytest
from django.core.management import call_command
from django_migration_linter.management.commands.lintmigrations import Command

from local.env import ROOT

# Not in a transaction, which indexes that are built concurrently refuse.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def in_project_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The linter reads its configuration there."""
    monkeypatch.chdir(ROOT)


def refused(capsys: pytest.CaptureFixture[str], **options: Any) -> set[str]:
    """The migrations that the linter refuses, by their names; the options replace those of pyproject.toml."""
    try:
        call_command(Command(), no_cache=True, warnings_as_errors=[], project_root_path=str(ROOT), **options)
    except SystemExit:
        return set(re.findall(r"^\(\w+, (\w+)\)\.\.\. ERR", capsys.readouterr().out, re.MULTILINE))
    return set()


def test_every_migration_is_safe_or_accepted_with_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys) == set()


def test_none_is_accepted_that_would_not_be_refused(capsys: pytest.CaptureFixture[str]) -> None:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["django_migration_linter"]
    assert refused(capsys, ignore_name=["none"]) == set(configuration["ignore_name"])
