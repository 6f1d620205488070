"""Programs of the system, brought by apt-get where that can be used without asking anybody."""

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

UPDATE_SECONDS, INSTALL_SECONDS = 180.0, 900.0
WAITS = ("-o", "DPkg::Lock::Timeout=120")  # for a system that updates itself at this moment
QUIET = {"DEBIAN_FRONTEND": "noninteractive"}


def install(*packages: str) -> bool:
    """Whether they were installed: as root, or by a sudo that wants no password."""
    root = _as_root()
    if root is None:
        return False
    update = (*root, "apt-get", "update", "-qq")
    add = (*root, "apt-get", "install", "-y", "-qq", *WAITS, "--no-install-recommends", *packages)
    return attempt(*update, seconds=UPDATE_SECONDS) and attempt(*add, seconds=INSTALL_SECONDS)


def _as_root() -> list[str] | None:
    """What is to be put before a command; None where apt-get is out of reach."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    allowed = shutil.which("sudo") and subprocess.run([*sudo, "true"], capture_output=True).returncode == 0
    return [*sudo, *(f"{name}={value}" for name, value in QUIET.items())] if allowed else None


def attempt(*command: str, seconds: float) -> bool:
    """Whether a command ended well in time. It has no terminal to ask on; of what it says, a failure's last
    line is passed on, without the trace below it."""
    say(f"{' '.join((Path(command[0]).name, *command[1:]))} …")
    with tempfile.TemporaryFile() as said:
        try:
            status = _status(command, said.fileno(), seconds)
        except OSError as error:
            say(str(error))
            return False
        said.seek(0)
        lines = said.read().decode(errors="replace").split("\n")
    if status is None:
        say(f"given up after {seconds:.0f} s")
    elif status:
        plain = [line for line in lines if line.strip() and not line[0].isspace()]
        say(plain[-1] if plain else f"status {status}")
    return status == 0


def _status(command: tuple[str, ...], said: int, seconds: float) -> int | None:
    """None when it was still running. A session of its own: no terminal, and it can be ended as a whole."""
    env = {**os.environ, **QUIET}
    process = subprocess.Popen(
        command, env=env, start_new_session=True, stdin=subprocess.DEVNULL, stdout=said, stderr=said
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """What sudo runs belongs to root and is left to itself."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        with suppress(ProcessLookupError, PermissionError, subprocess.TimeoutExpired):
            os.killpg(process.pid, sign)
            process.wait(5)


def say(words: str) -> None:
    print(f"tools: {words}", flush=True)
