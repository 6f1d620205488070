"""Django's backend for PostgreSQL, which asks a kept connection less often whether it still is one."""

import select
from time import monotonic
from typing import Any

from django.db.backends.postgresql import base

TRUST = 1.0  # seconds after its last use


class DatabaseWrapper(base.DatabaseWrapper):
    used_at = 0.0  # by the monotonic clock
    health_check_done: bool

    def close_if_health_check_failed(self) -> None:
        """Without Django's `SELECT 1` where it could find nothing.

        A PostgreSQL that restarts, crashes or ends a connection closes it, which is seen without asking. Who
        vanished without a word, as behind a firewall that forgot, is asked for, after a second without use.
        """
        is_busy = monotonic() - self.used_at < TRUST
        if is_busy and not self.health_check_done and is_quiet(self.connection):
            self.health_check_done = True
        super().close_if_health_check_failed()
        self.used_at = monotonic()


def is_quiet(opened: Any) -> bool:
    """Open, with nothing to be read: neither its end nor why."""
    if opened is None or opened.closed:
        return False
    poll = select.poll()
    poll.register(opened.fileno(), select.POLLIN)
    return not poll.poll(0)
