"""Writes docs/licences.md: under which licence is what the project ships. `python -m local.licences`."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local.install import ROOT

PAGE = ROOT / "docs" / "licences.md"
LOCKS = {"service": "requirements.lock", "recorder": "requirements-egress.lock"}
# What a licence may be made of: these ask for no more than their text beside a copy.
PERMISSIVE = re.compile(
    r"0BSD|3-Clause BSD License|Apache( Software)? License( 2\.0)?|Apache-2\.0|BSD( 3-Clause| License)"
    r"|BSD-[23]-Clause|CC0-1\.0|CNRI-Python|MIT( License|-0|-CMU)?|OFL-1\.1|PSF-2\.0"
    r"|Python Software Foundation License|Unlicense|Zlib"
)
BETWEEN = re.compile(r"[()]|; | AND | OR ")

# What asks for more, and why it may be used; of the first, the wheel's licence is not what its metadata say.
COPYLEFT = {
    "av": (
        "GPL-2.0-or-later",
        "PyAV itself is BSD-3-Clause; its wheel brings FFmpeg with libx264 and libx265, which are under the"
        " GPL, and so is the wheel. Only the recorder imports it: a program of its own, which the service"
        " reaches over LiveKit's bus and is no part of the service's image. Whoever hands out an image of"
        " the recorder hands these out under the GPL, and offers their sources.",
    ),
    "psycopg2-binary": (
        "LGPL-3.0-or-later",
        "Imported as it is published, and replaceable: the LGPL asks for no more.",
    ),
    "python-bidi": ("LGPL-3.0-or-later", "As psycopg2-binary, by the recorder."),
}

HEAD = """# Licences

Upclass Meet is under Apache-2.0 (LICENSE). This page names what is shipped with it, or installed by it: the
packages of the locks. `make licences` writes it; tests fail when it is stale, or when a package is under a
licence that nobody has looked at.

## What asks for more than its text beside a copy
"""
TAIL = """
## Programs

LiveKit's server and egress, Caddy, Docker Compose and versitygw (Apache-2.0), PostgreSQL (PostgreSQL) and
Valkey (BSD-3-Clause) are programs beside the service, and no part of its image. Chromium (BSD-3-Clause and
others) is used by tests alone.
"""


def python_packages(lock: str) -> dict[str, tuple[str, str]]:
    """Version and licence of what a lock names and this platform installs, by name."""
    named = re.findall(r"^([\w.-]+)==", (ROOT / lock).read_text(), re.MULTILINE)
    program = Path(sys.executable).with_name("pip-licenses")
    command = [str(program), "--from=mixed", "--format=csv", "--packages", *named]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {
        row["Name"].lower().replace("_", "-"): (row["Version"], row["License"])
        for row in csv.DictReader(io.StringIO(told))
    }


def npm_packages() -> dict[str, tuple[str, str]]:
    """Of what the call page is built of."""
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return {
        path.removeprefix("node_modules/"): (package["version"], package["license"])
        for path, package in lock.items()
        if path and not package.get("dev")
    }


def is_permissive(licence: str) -> bool:
    parts = filter(None, (part.strip() for part in BETWEEN.split(licence)))
    return all(PERMISSIVE.fullmatch(part) for part in parts)


def page() -> str:
    tables = [
        _table(f"Python packages of the {of}", python_packages(lock), lock) for of, lock in LOCKS.items()
    ]
    tables.append(_table("Packages in the call page", npm_packages(), "package-lock.json"))
    more = [f"- **{name}**, {licence}. {why}\n" for name, (licence, why) in COPYLEFT.items()]
    return "\n".join([HEAD, "".join(more), *tables]) + TAIL


def _table(title: str, packages: Mapping[str, tuple[str, str]], lock: str) -> str:
    rows = [
        f"| {name} | {version} | {COPYLEFT.get(name, (licence,))[0]} |\n"
        for name, (version, licence) in sorted(packages.items())
    ]
    return f"## {title}\n\nOf `{lock}`.\n\n| | version | licence |\n|---|---|---|\n{''.join(rows)}"


if __name__ == "__main__":
    PAGE.write_text(page())
