"""What Django's admin finds: one module a page."""

from django.contrib import admin

from staff import (
    api_key,
    customer,
    feedback,
    feedback_request,
    inbound_webhook,
    ledger_entry,
    participant,
    recording,
)

__all__ = [
    "api_key",
    "customer",
    "feedback",
    "feedback_request",
    "inbound_webhook",
    "ledger_entry",
    "participant",
    "recording",
]

admin.site.site_header = admin.site.site_title = "Upclass Meet"
admin.site.index_title = "Staff"
admin.site.site_url = "/docs/"
