"""For staff: webhooks that could not be applied, why, and to have them retried once the cause is mended.

`staff` cannot have this page: entry points never import each other.
"""

import json

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from inbox.models import InboundWebhook

SHOWN = ("received_at", "event_id", "event", "tries", "failure", "failing_since", "dead_lettered_at")


@admin.register(InboundWebhook)
class InboundWebhookAdmin(admin.ModelAdmin[InboundWebhook]):
    """Dead letters only. Having them retried takes the permission to change."""

    list_display = SHOWN
    search_fields = ("event_id",)
    show_full_result_count = False
    ordering = ("-dead_lettered_at", "-pk")
    actions = ("retry",)
    fields = readonly_fields = (*SHOWN, "contents")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: InboundWebhook | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundWebhook]:
        return InboundWebhook.objects.dead_letters()

    @admin.display
    def event(self, webhook: InboundWebhook) -> str:
        return str(webhook.body.get("event", "")) if isinstance(webhook.body, dict) else ""

    @admin.display
    def contents(self, webhook: InboundWebhook) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(webhook.body, indent=2, ensure_ascii=False))

    @admin.action(description="Retry", permissions=["change"])
    def retry(self, request: HttpRequest, chosen: QuerySet[InboundWebhook]) -> None:
        webhooks = list(chosen)
        number = InboundWebhook.objects.filter(pk__in=[webhook.pk for webhook in webhooks]).retry()
        for webhook in webhooks:
            self.log_change(request, webhook, "Retried.")
        self.message_user(
            request, f"{number} will be applied within seconds, if they can be.", messages.SUCCESS
        )
