"""The image's steps by hand: what an engine would do with Dockerfile and .dockerignore, in a clean folder.

All stages share that folder, for each works in a folder of its own (/page, /build, /venv, /app).
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from local import install
from local.env import ROOT

FILE = ROOT / "Dockerfile"
OWN = re.compile(r"(?<![\w./-])/(page|build|venv|app)\b")  # folders that the Dockerfile makes
NOT_BY_HAND = "pip install"  # of uv, which is here already


class StepFailed(Exception):
    """Which step, and what it said."""


# Reading


def steps() -> Iterator[tuple[str, str]]:
    """Instruction and arguments, e.g. ("RUN", "npm ci")."""
    lines = (line for line in FILE.read_text().splitlines() if not line.startswith("#"))
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        if line:
            instruction, _, arguments = line.partition(" ")
            yield instruction, arguments.strip()


def last(instruction: str) -> str:
    """The arguments of an instruction, as the last stage has it."""
    return [arguments for name, arguments in steps() if name == instruction][-1]


def command() -> list[str]:
    """What a container runs without further arguments."""
    return list(json.loads(last("CMD")))


def health_check() -> list[str]:
    return list(json.loads(last("HEALTHCHECK").partition("CMD")[2]))


# What gets in


def pattern(line: str) -> re.Pattern[str]:
    """A line of .dockerignore: it means a path, and all below it."""
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    words = re.split(r"(\*\*/|\*\*|\*)", line)
    return re.compile("".join(parts.get(word, re.escape(word)) for word in words) + "(?:/.*)?")


def is_let_in(path: str) -> bool:
    """The last line that means a path decides."""
    answer = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#") and pattern(line.removeprefix("!")).fullmatch(path):
            answer = line.startswith("!")
    return answer


def tracked() -> list[str]:
    """Each file of the repository, and what is about to become one."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def copy_context(target: Path) -> None:
    for name in filter(is_let_in, tracked()):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target / name)


# Performing


class Image:
    """An image in `root`; `env` is what it gives its programs, `skipped` what was not done.

    One that was made there before is only read again.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.context, self.done = root, root / "context", root / "done"
        self.skipped: list[str] = []
        self.folder, self.env = root, {"PATH": ""}

    def here(self, text: str) -> str:
        return OWN.sub(rf"{self.root}/\1", text)

    def make(self) -> None:
        self.is_made = self.done.exists()
        if not self.is_made:
            copy_context(self.context)
        for instruction, arguments in steps():
            if instruction not in SAID_TO_AN_ENGINE:
                ACTIONS[instruction](self, arguments)
        self.done.touch()

    def begin(self, arguments: str) -> None:
        self.folder, self.env = self.root, {"PATH": ""}

    def work_in(self, arguments: str) -> None:
        self.folder = Path(self.here(arguments))
        self.folder.mkdir(parents=True, exist_ok=True)

    def set_env(self, arguments: str) -> None:
        for pair in shlex.split(arguments):
            name, _, value = pair.partition("=")
            self.env[name] = self.here(value).replace("$PATH", self.env["PATH"])

    def copy(self, arguments: str) -> None:
        words = shlex.split(arguments)
        source = self.context
        if words[0].startswith("--from="):
            source = self.root
            words = [self.here(word) for word in words[1:]]
        *names, target = words
        for name in names:
            self._copy(source / name, self.folder / target)

    def _copy(self, source: Path, target: Path) -> None:
        if self.is_made or source == target:  # the same folder holds all stages
            return
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)

    def run(self, arguments: str) -> None:
        if arguments.startswith(NOT_BY_HAND):
            self.skipped.append(arguments)
        elif not self.is_made:
            self._perform(arguments)

    def _perform(self, arguments: str) -> None:
        for env in (self._tools(UV_OFFLINE="1"), self._tools()):  # caches know all after `make install`
            done = subprocess.run(
                ["/bin/sh", "-c", self.here(arguments)],
                cwd=self.folder,
                env=env,
                capture_output=True,
                text=True,
            )
            if done.returncode == 0:
                return
        raise StepFailed(f"{arguments}\n{done.stdout}{done.stderr}")

    def _tools(self, **more: str) -> dict[str, str]:
        """What the base images bring, from this machine: Python, Node, uv; and caches."""
        brought = [Path(sys.base_prefix) / "bin", install.node_folder(), Path(install.find_uv()).parent]
        path = os.pathsep.join([self.env["PATH"].rstrip(":"), *map(str, brought), os.environ["PATH"]])
        kept = {name: value for name, value in os.environ.items() if is_of_the_machine(name)}
        return {**kept, "npm_config_prefer_offline": "true", **self.env, "PATH": path.lstrip(":"), **more}

    # A started container

    def files(self) -> set[Path]:
        return set((self.root / "app").rglob("*")) | set((self.root / "venv").rglob("*"))

    def call(self, words: Iterable[str], env: dict[str, str]) -> list[str]:
        """A command line that runs in the image, with nothing of this process' environment."""
        variables = {**self.env, **env, "PATH": f"{self.env['PATH']}/usr/bin:/bin", "HOME": "/nonexistent"}
        pairs = [f"{name}={value}" for name, value in variables.items()]
        return ["env", "-i", f"--chdir={self.root / 'app'}", *pairs, *words]


ACTIONS: dict[str, Callable[[Image, str], None]] = {
    "FROM": Image.begin,
    "WORKDIR": Image.work_in,
    "ENV": Image.set_env,
    "COPY": Image.copy,
    "RUN": Image.run,
}
SAID_TO_AN_ENGINE = ("USER", "EXPOSE", "HEALTHCHECK", "CMD")  # of containers that it starts


def is_of_the_machine(name: str) -> bool:
    """Where caches, certificates and registries are."""
    return (
        name == "HOME" or name.startswith(("UV_", "XDG_", "SSL_", "npm_config_")) or "proxy" in name.lower()
    )
