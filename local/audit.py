"""Asks what is known to be wrong with what is depended on: `make audit`. Needs the advisories' databases.

Of Python by pip-audit, of Node by `npm audit`, of the programs that are compiled here by govulncheck, which
is Go's own, has to be on PATH, and reads what a binary was made of. A database that cannot be asked is a
failure as well: nothing was audited.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from local import install

LOCKS = ("requirements.lock", "requirements-egress.lock", "requirements-dev.lock")
PIP_AUDIT = ("--strict", "--disable-pip", "--require-hashes", "--progress-spinner=off", "--requirement")


@dataclass(frozen=True)
class Audit:
    """One question, as a command that succeeds if nothing is known."""

    of: str
    command: tuple[str | Path, ...]
    env: Mapping[str, str]

    def passes(self) -> bool:
        print(f"audit: {self.of} …", flush=True)
        try:
            return subprocess.run(self.command, cwd=install.ROOT, env=self.env, check=False).returncode == 0
        except FileNotFoundError:
            print(f"audit: there is no {self.command[0]}: install it and try again", file=sys.stderr)
            return False


def audits() -> Iterator[Audit]:
    env = dict(os.environ)
    pip = Path(sys.executable).with_name("pip-audit")
    for lock in LOCKS:
        yield Audit(f"Python packages of {lock}", (pip, *PIP_AUDIT, lock), env)
    path = {"PATH": f"{install.node_folder()}{os.pathsep}{env['PATH']}"}
    yield Audit("packages of package-lock.json", ("npm", "audit"), env | path)
    for program in sorted(install.BIN.glob("*")):
        yield Audit(f"{program.name}, compiled", ("govulncheck", "-mode=binary", program), env)


def main() -> int:
    failed = [audit.of for audit in audits() if not audit.passes()]
    for of in failed:
        print(f"audit: {of}: something is known, or nobody could be asked: see above", file=sys.stderr)
    if not failed:
        print("audit: nothing is known to be wrong with anything that is depended on")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
