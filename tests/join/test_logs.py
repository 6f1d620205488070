"""Whoever reads what the web server says must not get in by it: no token of a link, whatever happens."""

import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.conf import settings
from django.db import connection

from local import ports, web
from local.env import ROOT
from participants.models import Participant
from tests.join.conftest import feedback_link, link

SECRETS = {
    name: f"a long random text of our own for {name}"
    for name in ("SECRET_KEY", "LIVEKIT_API_SECRET", "S3_SECRET_ACCESS_KEY")
}


class Server:
    """The web server as `make run` starts it, and all that it says."""

    def __init__(self, database: str) -> None:
        self.port = str(ports.choose(set()))
        known = {
            "JOIN_SECRET": settings.JOIN_SECRET,
            "DATABASE_URL": database,
            "DEBUG": "0",
            "TRUSTED_PROXIES": "127.0.0.1",
        }
        env = {
            **os.environ,
            **SECRETS,
            **known,
            "PORT": self.port,
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
        }
        part = web.part(env)
        self.process = subprocess.Popen(
            part.command,
            cwd=ROOT,
            env=part.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said: list[str] = []
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            self.said.extend(lines)

    def wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if web.answers(self.port):
                    return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("".join(self.said))

    def ask(self, path: str, body: bytes | None = None, **headers: str) -> int:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def stop(self) -> str:
        self.process.terminate()
        try:
            self.process.wait(30)
        finally:  # with its workers: one that outlives it would hold the pipe, and the reader, for ever
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.reader.join()
        return "".join(self.said)


@pytest.fixture
def serving() -> Iterator[list[Server]]:
    started: list[Server] = []
    yield started
    for server in started:
        server.stop()


def start(serving: list[Server], database: str) -> Server:
    server = Server(database)
    serving.append(server)
    server.wait()
    return server


def everywhere(server: Server, person: Participant) -> list[int]:
    """The statuses of all that somebody with a link may do, rightly and wrongly."""
    referer = f"http://127.0.0.1:{server.port}{link(person)}"
    form = {"Accept": "text/html", "Referer": referer}
    by_tls = {"X-Forwarded-Proto": "https", "Referer": f"https://elsewhere.example{link(person)}"}
    return [
        server.ask(link(person)),
        server.ask(f"{link(person)}x", None, Referer=referer),
        server.ask(feedback_link(person)),
        server.ask(link(person), b"name=x", Referer=referer),
        server.ask(link(person), b"name=x", Origin="https://evil.example", **form),
        server.ask(f"/nothing{link(person)}"),
        server.ask(link(person), None, Host="evil.example"),
        server.ask("/language/", f"next={link(person)}".encode(), **form),
        server.ask(link(person), b"name=x", **by_tls),  # Django quotes the wrong Referer
    ]


@pytest.mark.django_db(transaction=True)
def test_no_token_is_logged_when_all_is_well_nor_when_somebody_is_refused(
    person: Participant, serving: list[Server]
) -> None:
    facts = connection.settings_dict
    database = (
        f"postgres://{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"
    )
    server = start(serving, database)
    assert everywhere(server, person) == [200, 403, 403, 403, 403, 404, 400, 403, 403]
    said = server.stop()
    assert "elsewhere.example" in said  # it does say something
    assert person.token not in said
    assert person.identity not in said


@pytest.mark.django_db
def test_no_token_is_logged_when_everything_fails(person: Participant, serving: list[Server]) -> None:
    server = start(serving, f"postgres://nobody:x@127.0.0.1:{ports.choose(set())}/none")
    assert everywhere(server, person)[:3] == [500, 500, 500]
    said = server.stop()
    assert "Traceback" in said
    assert person.token not in said
    assert person.identity not in said
