"""Files of settings as `KEY=value` lines. Standard library only: manage.py reads one, too."""

import os
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN_ENV = ROOT / ".run" / "env"


def read(path: Path) -> dict[str, str]:
    """The settings in a file; an empty dictionary when there is none."""
    if not path.exists():
        return {}
    lines = (line.partition("=") for line in path.read_text().splitlines())
    return {key: value for key, _, value in lines if key and not key.startswith("#")}


def write(path: Path, settings: Mapping[str, str]) -> None:
    """Replace a file of settings in one step, readable by its owner only: there are secrets in it."""
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
    new.replace(path)


def use_running_stack() -> None:
    """Take the settings of the stack that `make run` started, unless this process was given its own."""
    if "DATABASE_URL" not in os.environ:
        for key, value in read(RUN_ENV).items():
            os.environ.setdefault(key, value)
