"""Recordings: what became of each, why it failed, a link to watch it, and asking LiveKit again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from recordings import sweep
from recordings import tasks as recordings
from recordings.models import Take
from recordings.states import Status
from upclass import livekit, storage

WATCHING = 3600  # seconds for which a link in the admin is good
TONES = {Status.COMPLETED: messages.SUCCESS, Status.FAILED: messages.ERROR}


@admin.register(Take)
class TakeAdmin(admin.ModelAdmin[Take]):
    """To look at; LiveKit and the storage alone decide what becomes of a take."""

    list_display = (
        "created_at",
        "meeting",
        "customer",
        "status",
        "failure_reason",
        "length",
        "size",
        "recorder",
        "egress_id",
        "watch",
    )
    list_filter = ("status", "created_at")
    list_select_related = ("meeting__customer", "recorder")
    search_fields = ("meeting__code", "meeting__customer__slug", "egress_id", "uid", "recorder__display_name")
    show_full_result_count = False
    ordering = ("-created_at", "-pk")
    actions = ("ask_again",)
    fields = readonly_fields = (
        "meeting",
        "customer",
        "recorder",
        "status",
        "failure_reason",
        "details",
        "length",
        "size",
        "watch",
        "egress_id",
        "file",
        "tries",
        "failures",
        "created_at",
        "asked_at",
        "started_at",
        "ended_at",
        "finished_at",
        "stop_asked_at",
        "missed_at",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Take | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Take | None = None) -> bool:
        return False

    # What is shown

    @admin.display(ordering="meeting__customer__slug")
    def customer(self, take: Take) -> str:
        return take.meeting.customer.slug

    @admin.display(ordering="seconds")
    def length(self, take: Take) -> str:
        """Hours, minutes and seconds."""
        if take.seconds is None:
            return "-"
        minutes, seconds = divmod(take.seconds, 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"

    @admin.display(ordering="size_bytes")
    def size(self, take: Take) -> str:
        return "-" if take.size_bytes is None else f"{take.size_bytes / 1e6:.1f} MB"

    @admin.display(description="watch")
    def watch(self, take: Take) -> SafeString | str:
        if not take.has_file:
            return "-"
        link = storage.link(take.file, take.file_name, WATCHING)
        return format_html('<a href="{}" target="_blank" rel="noreferrer">Watch</a>', link)

    # What can be done

    @admin.action(description="Ask LiveKit again what became of the selected takes", permissions=["view"])
    def ask_again(self, request: HttpRequest, queryset: QuerySet[Take]) -> None:
        for take in queryset.select_related("meeting__customer"):
            self._ask(request, take)

    def _ask(self, request: HttpRequest, take: Take) -> None:
        try:
            recordings.send(sweep.ask_again(take, timezone.now()))
        except (livekit.Unreachable, storage.Unreachable) as error:
            self.message_user(request, f"{take}: nothing was changed. {_sentence(error)}", messages.ERROR)
            return
        told = f"{take}: {take.status}. {take.failure_reason}".strip()
        self.message_user(request, told, TONES.get(Status(take.status), messages.INFO))


def _sentence(error: Any) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
