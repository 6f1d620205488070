"""Which of PostgreSQL's errors say that somebody waited too long, by what DATABASE_TIMEOUTS sets."""

LOCK_NOT_AVAILABLE, QUERY_CANCELED, IDLE_IN_TRANSACTION = "55P03", "57014", "25P03"
TIMED_OUT = (LOCK_NOT_AVAILABLE, QUERY_CANCELED, IDLE_IN_TRANSACTION)


def has_timed_out(error: BaseException | None) -> bool:
    """Whether PostgreSQL broke off what it was asked; its transaction is rolled back, and left nothing."""
    return getattr(getattr(error, "__cause__", None), "pgcode", None) in TIMED_OUT
