"""Everything `make run` and `make test` need, fetched and built into the project's folder.

Runs under any Python from 3.9, with the standard library only: it is what makes the project's own
environment. Each step is skipped while what it was made from has not changed, so a second call takes
a fraction of a second and needs no network.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Callable, Dict, Iterable, List, Optional, Tuple

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".run"
BIN = HOME / "bin"
STAMPS = HOME / "installed.json"
VENV = ROOT / ".venv"

PYTHON = (3, 13)
LIVEKIT_SERVER = "github.com/livekit/livekit-server/cmd/server@v1.13.5"
VERSITYGW = "github.com/versity/versitygw/cmd/versitygw@v1.7.0"
# These two only read files of deployment, in tests: `make readers`.
CADDY = "github.com/caddyserver/caddy/v2/cmd/caddy@v2.11.9"
COMPOSE = "github.com/docker/compose/v5/cmd@v5.0.2"
ROOM_SOURCES = ("join/room", "package.json", "package-lock.json", "vite.config.ts", "tsconfig.json")


class InstallError(Exception):
    """Something that could not be fetched or built, as a sentence that says what to do."""


# Running and skipping


def say(text: str) -> None:
    print(f"install: {text}", flush=True)


def run(*command: str, env: Optional[Dict[str, str]] = None) -> None:
    """Run a command with its output on the terminal; InstallError when it fails."""
    try:
        subprocess.run(command, cwd=ROOT, env=env or dict(os.environ), check=True)
    except FileNotFoundError as error:
        raise InstallError(f"{command[0]} was not found") from error
    except subprocess.CalledProcessError as error:
        raise InstallError(f"`{' '.join(command)}` failed with status {error.returncode}") from error


def output(*command: str) -> Optional[str]:
    """What a command prints, or None when it cannot be run."""
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="replace").strip()


def digest(names: Iterable[str]) -> str:
    """SHA-256 over the contents of files and of whole folders, by name."""
    total = hashlib.sha256()
    for name in names:
        path = ROOT / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file():
                total.update(f"{file.relative_to(ROOT)}\0".encode())
                total.update(file.read_bytes())
    return total.hexdigest()


def stamps() -> Dict[str, str]:
    try:
        return dict(json.loads(STAMPS.read_text()))
    except (OSError, ValueError):
        return {}


def step(name: str, made_from: str, result: Path, make: Callable[[], None]) -> None:
    """Call `make` unless `result` stands and was made from the same things."""
    if result.exists() and stamps().get(name) == made_from:
        return
    say(f"{name} …")
    started = time.monotonic()
    make()
    if not result.exists():
        raise InstallError(f"{name} was built, but {result} is not there")
    STAMPS.write_text(json.dumps({**stamps(), name: made_from}, indent=1) + "\n")
    say(f"{name}: done in {time.monotonic() - started:.0f} s")


# Finding


def version(command: List[str]) -> Tuple[int, ...]:
    """The first dotted number a command prints, e.g. (3, 13, 0); () when it does not run."""
    words = (output(*command) or "").replace("go", " ").replace("v", " ").split()
    for word in words:
        parts = word.split(".")
        if len(parts) > 1 and parts[0].isdigit() and parts[1].isdigit():
            return tuple(int(part) for part in parts if part.isdigit())
    return ()


def is_python(candidate: str) -> bool:
    return version([candidate, "--version"])[:2] == PYTHON


def find_python() -> Optional[str]:
    """Python 3.13 on PATH, then among pyenv's versions. A pyenv shim may stand on PATH and not run."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates = [sys.executable, *filter(None, map(shutil.which, ("python3.13", "python3", "python")))]
    candidates += [str(path) for path in sorted(pyenv.glob("versions/3.13*/bin/python"), reverse=True)]
    return next(filter(is_python, candidates), None)


def find_uv() -> str:
    own = HOME / "uv" / "bin" / "uv"
    found = shutil.which("uv")
    if found and version([found, "--version"]) >= (0, 5):
        return found
    step("uv", digest(["requirements-uv.lock"]), own, lambda: make_uv(own))
    return str(own)


def make_uv(own: Path) -> None:
    """uv from its wheel, or, where this Python has neither venv nor pip, from its own installer."""
    target = own.parent.parent
    for way in (uv_in_environment, uv_by_pip, uv_by_installer):
        shutil.rmtree(target, ignore_errors=True)
        try:
            return way(target)
        except InstallError as error:
            say(f"uv, another way: {error}")
    raise InstallError("uv could not be installed: put uv on PATH, or give this Python venv or pip")


PIP_UV = ("pip", "install", "--quiet", "--require-hashes", "--requirement", "requirements-uv.lock")


def uv_in_environment(target: Path) -> None:
    run(sys.executable, "-m", "venv", str(target))
    run(str(target / "bin" / "python"), "-m", *PIP_UV)


def uv_by_pip(target: Path) -> None:
    run(sys.executable, "-m", *PIP_UV, "--target", str(target))


def uv_by_installer(target: Path) -> None:
    """uv's documented installer, of the version that requirements-uv.lock names."""
    named = (ROOT / "requirements-uv.lock").read_text().split("\nuv==")[1].split()[0]
    script = HOME / "uv-installer.sh"
    try:
        with urllib.request.urlopen(f"https://astral.sh/uv/{named}/install.sh", timeout=30) as answer:
            script.write_bytes(answer.read())
    except OSError as error:
        raise InstallError(f"its installer cannot be fetched ({error})") from error
    run("sh", str(script), env={**os.environ, "UV_UNMANAGED_INSTALL": str(target / "bin")})


def sync(uv: str, environment: Path, lock: str) -> None:
    """Make an environment hold exactly what a lock file names."""
    env = {**os.environ, "VIRTUAL_ENV": str(environment)}
    run(uv, "pip", "sync", "--compile-bytecode", "--require-hashes", lock, env=env)


# The parts


def install_python() -> None:
    """`.venv` with Python 3.13 and exactly what requirements-dev.lock names."""
    python = VENV / "bin" / "python"

    def make() -> None:
        uv = find_uv()
        if not is_python(str(python)):
            make_environment(uv, find_python())
        sync(uv, VENV, "requirements-dev.lock")

    step("Python packages", digest(["requirements-dev.lock"]), python, make)


def make_environment(uv: str, python: Optional[str]) -> None:
    """An empty `.venv` with this Python, or with one that uv brings."""
    try:
        run(uv, "venv", "--quiet", "--clear", "--python", python or "3.13", str(VENV))
    except InstallError as error:
        raise InstallError(
            "Python 3.13 is neither on PATH nor among pyenv's versions, and uv could not bring it: "
            "install it (pyenv install 3.13), then try again"
        ) from error


def from_wheel(name: str) -> Path:
    """The environment `.run/<name>` with requirements-<name>.lock in it."""
    home = HOME / name
    lock = f"requirements-{name}.lock"

    def make() -> None:
        uv = find_uv()
        run(uv, "venv", "--quiet", "--clear", "--python", str(VENV / "bin" / "python"), str(home))
        sync(uv, home, lock)

    step(f"{name} from its wheel", digest([lock]), home / "bin", make)
    return home


def node_folder() -> str:
    """The folder with `node` and `npm`: PATH's when Vite accepts it, else the wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    found = version([node, "--version"]) if node and npm else ()
    if node and ((20, 19) <= found < (21,) or found >= (22, 12)):
        return str(Path(node).parent)
    return str(from_wheel("node") / "bin")


def install_room() -> None:
    """`node_modules/`, and the call page built by Vite into `join/static/room/`."""
    packages = digest(["package.json", "package-lock.json"])
    page = digest(ROOM_SOURCES)
    modules, built = ROOT / "node_modules", ROOT / "join" / "static" / "room" / "manifest.json"
    if modules.exists() and built.exists() and stamps().get("call page") == page:
        return
    folder = node_folder()
    env = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    step("npm packages", packages, modules, lambda: run("npm", "ci", "--no-audit", "--no-fund", env=env))
    step("call page", page, built, lambda: run("npm", "run", "--silent", "build", env=env))


def go_command() -> str:
    """Go from PATH when it can build both programs (1.26 or later), else from its wheel."""
    found = shutil.which("go")
    if found and version([found, "version"]) >= (1, 26):
        return found
    return str(from_wheel("go") / "bin" / "go")


def install_go_program(name: str, source: str, minutes: str) -> None:
    """A program on PATH is used as it is; else it is built into `.run/bin/`."""
    if shutil.which(name):
        return
    target = BIN / name

    def make() -> None:
        say(f"{name} is compiled from source: about {minutes} on two cores, once")
        BIN.mkdir(parents=True, exist_ok=True)
        built = BIN / Path(source.partition("@")[0]).name  # `go install` names a binary after its folder
        run(go_command(), "install", "-v", source, env={**os.environ, "GOBIN": str(BIN)})
        built.replace(target)

    step(name, source, target, make)


def main() -> int:
    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure", lambda **unused: None)(errors="replace")
    HOME.mkdir(exist_ok=True)
    with (HOME / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # `make run` and `make test` may both come here at once
        try:
            install_python()
            install_room()
            install_go_program("livekit-server", LIVEKIT_SERVER, "4 minutes")
            install_go_program("versitygw", VERSITYGW, "a minute")
            if "readers" in sys.argv[1:]:
                install_go_program("caddy", CADDY, "two minutes")
                install_go_program("docker-compose-v5", COMPOSE, "a minute")
        except InstallError as error:
            print(f"install: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
