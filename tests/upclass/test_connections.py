"""Who opens a connection to PostgreSQL takes it with them when they end."""

import gc
import threading
from collections.abc import Iterator
from functools import partial

import pytest
from django.db import connection

from tests.e2e.stacks import wait_for

THREADS = 8


@pytest.fixture
def no_collector() -> Iterator[None]:
    """The garbage collector, which comes by at any time or never, is away."""
    gc.disable()
    yield
    gc.enable()


def backends() -> set[int]:
    """The processes that PostgreSQL has for this database now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return {pid for (pid,) in cursor.fetchall()}


def are_gone(pids: set[int]) -> bool:
    return not pids & backends()


def own_backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def burst() -> set[int]:
    """The connections of threads that asked at the same time, and are gone."""
    used: set[int] = set()
    together = threading.Barrier(THREADS)

    def ask() -> None:
        used.add(own_backend())
        together.wait(30)

    threads = [threading.Thread(target=ask) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return used


@pytest.mark.django_db(transaction=True)
def test_threads_that_end_leave_no_connection_open(no_collector: None) -> None:
    for _ in range(3):
        used = burst()
        assert len(used) == THREADS
        wait_for(partial(are_gone, used), 20, "connections are still open")


@pytest.mark.django_db(transaction=True)
def test_a_thread_that_goes_on_keeps_its_connection(no_collector: None) -> None:
    before = own_backend()
    burst()
    assert own_backend() == before


@pytest.mark.django_db(transaction=True)
def test_a_thread_that_reconnects_lets_go_of_its_former_connection(no_collector: None) -> None:
    former, kept = own_backend(), connection.connection
    connection.connection = None  # as when Django finds it unusable
    connection.connect()
    wait_for(partial(are_gone, {former}), 20, "the former one is still open")
    assert kept.closed


@pytest.mark.django_db(transaction=True)
def test_a_second_connection_of_a_thread_leaves_the_first_alone(no_collector: None) -> None:
    before = own_backend()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT 1")
    other.close()
    assert own_backend() == before
