"""Finding and skipping; that everything is really built, a fresh clone shows."""

import sys
from pathlib import Path

import pytest

from local import install


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(install, "STAMPS", tmp_path / "installed.json")
    return tmp_path


def program(path: Path, says: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)
    return str(path)


def test_a_step_is_made_once(home: Path) -> None:
    made: list[int] = []

    def make() -> None:
        made.append(1)
        (home / "result").write_text("x")

    for _ in range(2):
        install.step("a thing", "from this", home / "result", make)
    assert made == [1]


@pytest.mark.parametrize("change", ["sources", "result"])
def test_a_step_is_made_again_when_its_sources_changed_or_its_result_is_gone(home: Path, change: str) -> None:
    made: list[int] = []

    def make() -> None:
        made.append(1)
        (home / "result").write_text("x")

    install.step("a thing", "from this", home / "result", make)
    if change == "result":
        (home / "result").unlink()
    install.step("a thing", "from that" if change == "sources" else "from this", home / "result", make)
    assert made == [1, 1]


def test_a_step_that_failed_is_tried_again(home: Path) -> None:
    def fail() -> None:
        raise install.InstallError("no network")

    made: list[int] = []

    def make() -> None:
        made.append(1)
        (home / "result").write_text("x")

    with pytest.raises(install.InstallError, match="no network"):
        install.step("a thing", "from this", home / "result", fail)
    install.step("a thing", "from this", home / "result", make)
    assert made == [1]


@pytest.mark.parametrize(
    ("says", "version"),
    [
        ("Python 3.13.0", (3, 13, 0)),
        ("v20.20.2", (20, 20, 2)),
        ("go version go1.26.8 linux/amd64", (1, 26, 8)),
        ("uv 0.13.9 (abc 2026-01-01)", (0, 13, 9)),
        ("nonsense", ()),
    ],
)
def test_versions_are_read_as_programs_print_them(
    tmp_path: Path, says: str, version: tuple[int, ...]
) -> None:
    assert install.version([program(tmp_path / "program", f"'{says}'")]) == version


def test_a_program_that_does_not_run_has_no_version(tmp_path: Path) -> None:
    assert install.version([str(tmp_path / "missing")]) == ()


def test_python_is_looked_for_on_path_and_then_among_pyenv_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = program(tmp_path / "bin" / "python3.13", "not for this folder >&2; exit 127")
    kept = program(tmp_path / "pyenv" / "versions" / "3.13.7" / "bin" / "python", "Python 3.13.7")
    monkeypatch.setattr(sys, "executable", program(tmp_path / "old", "Python 3.9.2"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert install.find_python() == kept
    program(Path(shim), "Python 3.13.1")
    assert install.find_python() == shim


def test_without_any_python_of_the_right_age_uv_has_to_bring_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", program(tmp_path / "old", "Python 3.9.2"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert install.find_python() is None


@pytest.mark.parametrize(
    ("says", "is_accepted"), [("v20.19.0", True), ("v20.18.9", False), ("v21.7.0", False), ("v22.12.0", True)]
)
def test_node_on_path_is_used_when_vite_accepts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, is_accepted: bool
) -> None:
    program(tmp_path / "bin" / "node", says)
    program(tmp_path / "bin" / "npm", "11")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(install, "from_wheel", lambda name: tmp_path / "wheel")
    expected = tmp_path / ("bin" if is_accepted else "wheel/bin")
    assert install.node_folder() == str(expected)


GO = """
while [ $# -gt 1 ]; do shift; done
name=${1%%@*}
printf "%s" "$1" > "$GOBIN/${name##*/}"
"""


@pytest.fixture
def go(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Go that writes the source's name into the binary that it would build; the folder for binaries."""
    command = program(home / "path" / "go", f"go version go1.26.8{GO}")
    monkeypatch.setattr(install, "BIN", home / "bin")
    monkeypatch.setattr(install, "go_command", lambda: command)
    monkeypatch.setenv("PATH", f"{home / 'path'}:/usr/bin:/bin")
    return home / "bin"


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("livekit-server", install.LIVEKIT_SERVER),
        ("versitygw", install.VERSITYGW),
        ("caddy", install.CADDY),
        ("docker-compose-v5", install.COMPOSE),
    ],
)
def test_a_go_program_is_built_once_under_its_own_name(go: Path, name: str, source: str) -> None:
    install.install_go_program(name, source, "a minute")
    assert [(built.name, built.read_text()) for built in go.iterdir()] == [(name, source)]
    (go / name).write_text("as it was")
    install.install_go_program(name, source, "a minute")
    assert (go / name).read_text() == "as it was"


def test_another_version_of_a_go_program_is_built_anew(go: Path) -> None:
    install.install_go_program("versitygw", "x.org/cmd/versitygw@v1.6.0", "a minute")
    install.install_go_program("versitygw", "x.org/cmd/versitygw@v1.7.0", "a minute")
    assert (go / "versitygw").read_text() == "x.org/cmd/versitygw@v1.7.0"


def test_a_go_program_on_path_is_used_as_it_is(go: Path) -> None:
    program(go.parent / "path" / "versitygw", "1.7")
    install.install_go_program("versitygw", install.VERSITYGW, "a minute")
    assert not go.exists()
