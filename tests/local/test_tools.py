"""How Chromium and `ip` are found or brought, with fakes of every command on PATH."""

import os
import time
from pathlib import Path

import pytest

from local import apt, chromium, tools

WORKS = "echo Chromium 1.2.3"


class Machine:
    """What is on PATH, and what was called there, in order."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.log = folder / "bin", folder / "log"
        self.bin.mkdir()
        self.log.touch()

    def has(self, name: str, does: str = "exit 0") -> Path:
        """A command that writes down how it was called."""
        return program(self.bin / name, f'echo {name} "$@" >>{self.log}\n{does}')

    def makes(self, file: Path | str, does: str = WORKS) -> str:
        """A line of shell: from then on, there is a program that does this."""
        ready = program(self.log.parent / "ready" / Path(file).name, does)
        return f"/bin/mkdir -p {Path(file).parent} && /bin/cp {ready} {file}"

    @property
    def called(self) -> list[str]:
        return [line for line in self.log.read_text().splitlines() if "--version" not in line]


def program(file: Path, does: str) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{does}\n")
    file.chmod(0o755)
    return file


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Root's, with nothing but `ip` and a Playwright that gets nothing."""
    made = Machine(tmp_path)
    monkeypatch.setenv("PATH", str(made.bin))
    monkeypatch.setattr(chromium, "playwrights_place", lambda: str(tmp_path / "browsers" / "chrome"))
    monkeypatch.setattr(
        chromium,
        "PLAYWRIGHT",
        made.has("playwright", "echo Error: no way; echo '    at fetch (node:9)'; exit 1"),
    )
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    made.has("ip")
    return made


INSTALL = " ".join(("apt-get install -y -qq", *apt.WAITS, "--no-install-recommends"))


@pytest.mark.parametrize("name", chromium.NAMES)
def test_one_on_path_is_taken_and_nothing_is_asked_of_the_network(machine: Machine, name: str) -> None:
    machine.has(name, WORKS)
    assert tools.main() == 0
    assert chromium.find() == str(machine.bin / name)
    assert machine.called == []


def test_without_one_playwright_downloads_its_own(machine: Machine) -> None:
    place = chromium.playwrights_place()
    machine.has("playwright", machine.makes(place))
    machine.has("apt-get")
    assert tools.main() == 0
    assert chromium.find() == place
    assert machine.called == ["playwright install chromium"]


def test_playwright_itself_is_asked_where_it_downloads_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    chromium.playwrights_place.cache_clear()
    assert Path(chromium.playwrights_place()).is_relative_to(tmp_path)
    chromium.playwrights_place.cache_clear()


def test_a_download_that_does_not_run_is_not_taken(machine: Machine) -> None:
    place = chromium.playwrights_place()
    machine.has("playwright", machine.makes(place, "echo libnss3.so is missing; exit 127"))
    machine.has("apt-get", f'[ "$1" = update ] || {{ {machine.makes(machine.bin / "chromium")}; }}')
    assert tools.main() == 0
    assert chromium.find() == str(machine.bin / "chromium")


def test_a_name_on_path_that_does_not_run_is_not_taken(machine: Machine) -> None:
    machine.has("chromium-browser", "echo this needs a snap; exit 1")
    machine.has("google-chrome", WORKS)
    assert chromium.find() == str(machine.bin / "google-chrome")


def test_where_playwright_fails_apt_brings_it(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.has("apt-get", f'[ "$1" = update ] || {{ {machine.makes(machine.bin / "chromium")}; }}')
    assert tools.main() == 0
    assert chromium.find() == str(machine.bin / "chromium")
    assert machine.called == ["playwright install chromium", "apt-get update -qq", f"{INSTALL} chromium"]
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 4
    assert said[:2] == ["tools: playwright install chromium …", "tools: Error: no way"]


def test_who_is_not_root_uses_a_sudo_that_asks_nothing(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine.has("sudo", 'shift\n[ "$1" = true ] && exit 0\nexport "$1"\nshift\nexec "$@"')
    brings = machine.makes(machine.bin / "chromium")
    machine.has(
        "apt-get", f'[ "$DEBIAN_FRONTEND" = noninteractive ] || exit 1\n[ "$1" = update ] || {{ {brings}; }}'
    )
    assert tools.main() == 0
    assert "sudo -n true" in machine.called
    assert machine.called[-1] == f"{INSTALL} chromium"


def test_a_sudo_that_wants_a_password_is_left_alone(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine.has("sudo", "echo a password is required; exit 1")
    machine.has("apt-get")
    assert tools.main() == 1
    assert machine.called == ["playwright install chromium", "sudo -n true"]
    assert capsys.readouterr().err == f"tools: {chromium.HOW_TO_GET}\n"


@pytest.mark.parametrize("breaks", ["update", "install"])
def test_where_nothing_works_it_is_said_what_to_do(
    machine: Machine, capsys: pytest.CaptureFixture[str], breaks: str
) -> None:
    machine.has("apt-get", f'[ "$1" != {breaks} ]')
    assert tools.main() == 1
    assert capsys.readouterr().err == f"tools: {chromium.HOW_TO_GET}\n"


def test_a_machine_without_apt_is_told_the_same(machine: Machine) -> None:
    assert tools.main() == 1
    assert machine.called == ["playwright install chromium"]


def test_a_way_that_hangs_is_given_up_with_all_that_it_started(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(chromium, "DOWNLOAD_SECONDS", 0.3)
    machine.has("playwright", f"/bin/sleep 600 & echo $! >{machine.bin}/pid; read answer; wait")
    machine.has("apt-get", f'[ "$1" = update ] || {{ {machine.makes(machine.bin / "chromium")}; }}')
    started = time.monotonic()
    assert tools.main() == 0
    assert time.monotonic() - started < 20
    assert "given up" in capsys.readouterr().out
    sleeper = int((machine.bin / "pid").read_text())
    assert not Path(f"/proc/{sleeper}/exe").exists()


def test_nobody_is_asked_anything(machine: Machine) -> None:
    asks = machine.has("asks", "read answer || exit 3; [ -t 0 ] && exit 4; exit 0")
    assert not apt.attempt(str(asks), seconds=5)


def test_a_missing_ip_is_brought_and_can_be_done_without(machine: Machine) -> None:
    machine.has("chromium", WORKS)
    (machine.bin / "ip").unlink()
    machine.has("apt-get", "exit 1")
    assert tools.main() == 0
    machine.has("apt-get")
    assert tools.main() == 0
    assert machine.called == ["apt-get update -qq", "apt-get update -qq", f"{INSTALL} iproute2"]


def test_a_further_program_is_brought_by_its_name(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.has("chromium", WORKS)
    assert tools.main(["wrk"]) == 1
    assert "there is no wrk" in capsys.readouterr().err
    machine.has("apt-get", f'[ "$1" = update ] || {{ {machine.makes(machine.bin / "wrk")}; }}')
    assert tools.main(["wrk"]) == 0
    assert machine.called == ["apt-get update -qq", f"{INSTALL} wrk"]
    assert tools.main(["wrk"]) == 0
