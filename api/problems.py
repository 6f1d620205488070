"""What the API itself refuses, whatever was asked of it."""

from upclass.errors import Problem


class RequestInProgress(Problem):
    status = 409
    code = "request_in_progress"
    error = "Request in progress"
    detail = "The first request with this Idempotency-Key is still running. Repeat yours in a second."
    headers = {"Retry-After": "1"}


class IdempotencyKeyReused(Problem):
    status = 422
    code = "idempotency_key_reused"
    error = "Idempotency key reused"
    detail = "This Idempotency-Key was sent before with another body. Send a new key with a new request."


class ResponseUnreadable(Problem):
    """The secret that encrypted the response was changed meanwhile. To run it again could do it twice."""

    status = 409
    code = "answer_unreadable"
    error = "Answer no longer readable"
    detail = "The first request with this Idempotency-Key took effect, but its answer can no longer be read."


class TooManyRequests(Problem):
    """Needs the whole seconds after which a request may pass again."""

    status = 429
    code = "too_many_requests"
    error = "Too many requests"
    detail = "This API key has sent more requests than it may. Retry-After says when the next one may pass."

    def __init__(self, seconds: int = 1) -> None:
        super().__init__()
        self.headers = {"Retry-After": str(seconds)}
