"""Connections to PostgreSQL end with the thread that opened them."""

import threading
from typing import Any
from weakref import WeakKeyDictionary

from django.db.backends.base.base import BaseDatabaseWrapper


class _ClosedWithThread:
    """Closes a connection when it is let go of, as a thread's own variables are when the thread ends.

    The web server ends threads that were idle. Django keeps each thread's connection in objects that refer to
    one another, so by itself it stays open until the garbage collector comes by, which may be never.
    """

    def __init__(self, opened: Any) -> None:
        self.opened = opened

    def __del__(self) -> None:
        self.opened.close()


class _Opened(threading.local):
    """Of each thread what its connections have open now."""

    def __init__(self) -> None:
        self.by: WeakKeyDictionary[BaseDatabaseWrapper, _ClosedWithThread] = WeakKeyDictionary()


_opened = _Opened()


def close_with_thread(connection: BaseDatabaseWrapper, **unused: object) -> None:
    """Receives Django's `connection_created`: who reconnects lets go of what they had open."""
    _opened.by[connection] = _ClosedWithThread(connection.connection)
