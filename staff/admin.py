"""What Django's admin finds: one module a page."""

from staff import (
    api_key,
    customer,
    feedback,
    feedback_request,
    ledger_entry,
    login_attempt,
    participant,
    recording,
)

__all__ = [
    "api_key",
    "customer",
    "feedback",
    "feedback_request",
    "ledger_entry",
    "login_attempt",
    "participant",
    "recording",
]
