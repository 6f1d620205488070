"""A kept connection is used again only while it is one, and asked about that only when it may not be."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection

from tests.e2e.stacks import wait_for
from tests.upclass.test_connections import are_gone, own_backend
from upclass.postgresql import base

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What each question whether the connection is usable brought."""
    answers: list[bool] = []
    is_usable = connection.is_usable

    def ask() -> bool:
        answers.append(is_usable())
        return answers[-1]

    monkeypatch.setattr(connection, "is_usable", ask)
    return answers


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, the last use was a moment ago."""
    monkeypatch.setattr(base, "TRUST", 600.0)


def next_request() -> int:
    """The backend that answers the first statement of another request of this thread."""
    connection.close_if_unusable_or_obsolete()  # as Django does between them
    return own_backend()


def end(pid: int) -> None:
    """Close it from the other side, and wait until it is."""
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(_end, pid).result()


def _end(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    wait_for(partial(are_gone, {pid}), 60, "it has not ended")
    connection.close()


@pytest.mark.usefixtures("patient")
def test_a_connection_in_use_is_not_asked(asked: list[bool]) -> None:
    first = next_request()
    asked.clear()
    assert [next_request() for _ in range(3)] == [first] * 3
    assert asked == []


@pytest.mark.usefixtures("patient")
def test_one_that_postgresql_ended_a_moment_ago_is_opened_anew(asked: list[bool]) -> None:
    former = next_request()
    asked.clear()
    end(former)
    assert next_request() != former
    assert asked == [False]


def test_one_that_was_not_used_for_a_while_is_asked(
    asked: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = next_request()
    asked.clear()
    monkeypatch.setattr(base, "TRUST", 0.0)
    assert next_request() == first
    assert asked == [True]


def test_one_that_was_closed_here_is_opened_anew() -> None:
    former = next_request()
    connection.connection.close()
    assert next_request() != former
