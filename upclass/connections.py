"""Connections to PostgreSQL end with the thread that opened them."""

import threading
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

_of_this_thread = threading.local()


class _ClosedWithThread:
    """Closes a connection when it is let go of, as a thread's own variables are when the thread ends.

    The web server ends threads that were idle. Django keeps each thread's connection in objects that refer to
    one another, so by itself it stays open until the garbage collector comes by, which may be never.
    """

    def __init__(self, opened: Any) -> None:
        self.opened = opened

    def __del__(self) -> None:
        self.opened.close()


def close_with_thread(connection: BaseDatabaseWrapper, **unused: object) -> None:
    """Receives Django's `connection_created`: a thread that reconnects lets go of its former connection."""
    setattr(_of_this_thread, connection.alias, _ClosedWithThread(connection.connection))
