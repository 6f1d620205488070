"""The real web server, whose idle threads end: what bursts of requests leave of connections to PostgreSQL."""

import threading
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from urllib.error import HTTPError

import psutil
import psycopg2
import pytest

from local import web
from local.part import Running
from local.stack import Stack, fresh
from tests.deploy.started import running_part
from tests.e2e.stacks import wait_for

IDLE = "5"  # seconds: the least that the server allows


@pytest.fixture
def server(stack: Stack) -> Iterator[Running]:
    """A second web server beside the stack's, whose threads end sooner."""
    part = web.part({**stack.env, "PORT": fresh()["PORT_LIVEKIT"]})
    part.command = [*part.command, "--blocking-threads-idle-timeout", IDLE]
    part.env = {**part.env, "PGAPPNAME": "bursts"}
    with running_part(part) as running:
        yield running


def ask(server: Running, times: int) -> None:
    for _ in range(times):
        with suppress(HTTPError):  # 404, which the database knows
            urllib.request.urlopen(f"http://127.0.0.1:{server.part.env['PORT']}/BCDF-GHJK-LMNP/", timeout=60)


def burst(server: Running) -> None:
    clients = [threading.Thread(target=ask, args=(server, 10)) for _ in range(web.THREADS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()


def connections(stack: Stack) -> int:
    with psycopg2.connect(stack.env["DATABASE_URL"]) as database, database.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bursts'")
        [(number,)] = cursor.fetchall()
        return int(number)


def threads(server: Running) -> int:
    found = psutil.Process(server.process.pid).children(recursive=True)
    return max(process.num_threads() for process in found)


def test_bursts_of_requests_leave_no_more_connections_each_time(stack: Stack, server: Running) -> None:
    idle = threads(server)
    after = []
    for _ in range(3):
        burst(server)
        wait_for(lambda: threads(server) <= idle, 60, "idle threads do not end")
        after.append(connections(stack))
    assert max(after) <= 1
