"""`make audit` with fakes of the programs that ask."""

import sys
from pathlib import Path

import pytest

from local import audit, install
from tests.local.test_tools import Machine, program


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """On which each of them knows of nothing, and one program was compiled."""
    made = Machine(tmp_path)
    for name in ("npm", "pip-audit", "govulncheck"):
        made.has(name)
    compiled = tmp_path / "compiled"
    program(compiled / "versitygw", "exit 0")
    monkeypatch.setenv("PATH", str(made.bin))
    monkeypatch.setattr(sys, "executable", str(made.bin / "python"))
    monkeypatch.setattr(install, "BIN", compiled)
    monkeypatch.setattr(install, "node_folder", lambda: str(made.bin))
    return made


def test_each_lock_and_each_compiled_program_is_asked_about(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    assert audit.main() == 0
    *pip, npm, go = machine.called
    assert [line.split()[-1] for line in pip] == [*audit.LOCKS]
    assert (npm, go) == ("npm audit", f"govulncheck -mode=binary {install.BIN / 'versitygw'}")
    assert "nothing is known to be wrong" in capfd.readouterr().out


def test_every_lock_of_python_packages_that_the_project_runs_is_among_them() -> None:
    """The others bring one program each: Go, Node, uv."""
    locks = {path.name for path in install.ROOT.glob("requirements*.lock")}
    assert locks - {*audit.LOCKS} == {f"requirements-{name}.lock" for name in ("go", "node", "uv")}


@pytest.mark.parametrize("name", ["npm", "pip-audit", "govulncheck"])
def test_what_is_known_or_cannot_be_asked_fails_after_all_were_asked(
    machine: Machine, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    machine.has(name, "exit 1")
    assert audit.main() == 1
    assert len(machine.called) == len(audit.LOCKS) + 2
    said = capfd.readouterr()
    assert "something is known, or nobody could be asked" in said.err
    assert "nothing is known" not in said.out


def test_without_govulncheck_it_fails_and_says_what_to_install(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    (machine.bin / "govulncheck").unlink()
    assert audit.main() == 1
    said = capfd.readouterr().err
    assert "there is no govulncheck: install it and try again" in said
    assert "versitygw, compiled: something is known, or nobody could be asked" in said


def test_a_package_that_the_database_does_not_have_is_not_passed_over(machine: Machine) -> None:
    audit.main()
    assert all("--strict" in line for line in machine.called if line.startswith("pip-audit"))
