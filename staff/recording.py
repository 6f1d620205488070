"""Recordings: what became of each, why it failed, a link to watch it, and asking LiveKit again.

To look at them does not suffice for the others: a link takes the permission to download recordings, asking
the one to change them. Both are logged.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from recordings import sweep
from recordings.models import Recording
from recordings.states import State
from recordings.tasks import enqueue
from staff.long_list import LongList
from upclass import livekit, storage

WATCHING = 3600  # seconds for which a link in the admin is good
LEVELS = {State.COMPLETED: messages.SUCCESS, State.FAILED: messages.ERROR}


@admin.register(Recording)
class RecordingAdmin(LongList[Recording]):
    """To look at; LiveKit and the storage alone decide what becomes of a recording."""

    list_display: tuple[str, ...] = (
        "created_at",
        "meeting",
        "customer",
        "state",
        "failure_reason",
        "length",
        "size",
        "recorder",
        "egress_id",
        "watch",
    )
    list_filter = ("state", "created_at")
    list_select_related = ("meeting__customer", "recorder")
    search_fields = ("meeting__code", "meeting__customer__slug", "egress_id", "uid", "recorder__display_name")
    actions = ("ask_again",)
    fields = readonly_fields = (
        "meeting",
        "customer",
        "recorder",
        "state",
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
        "requested_at",
        "started_at",
        "ended_at",
        "finished_at",
        "stop_requested_at",
        "missing_since",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Recording | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Recording | None = None) -> bool:
        return False

    def has_ask_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("recordings.change_recording")

    def has_download_permission(self, request: HttpRequest) -> bool:
        may_download = request.user.has_perm("recordings.download_recording")
        return may_download and self.has_view_permission(request)

    # What is shown

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return self._shown(request, self.list_display)

    def get_fields(self, request: HttpRequest, obj: Recording | None = None) -> list[Any]:
        return self._shown(request, self.readonly_fields)

    def _shown(self, request: HttpRequest, names: tuple[str, ...]) -> list[Any]:
        return [name for name in names if name != "watch" or self.has_download_permission(request)]

    @admin.display(ordering="meeting__customer__slug")
    def customer(self, recording: Recording) -> str:
        return recording.meeting.customer.slug

    @admin.display(ordering="seconds")
    def length(self, recording: Recording) -> str:
        """Hours, minutes and seconds."""
        if recording.seconds is None:
            return "-"
        minutes, seconds = divmod(recording.seconds, 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"

    @admin.display(ordering="size_bytes")
    def size(self, recording: Recording) -> str:
        return "-" if recording.size_bytes is None else f"{recording.size_bytes / 1e6:.1f} MB"

    @admin.display(description="watch")
    def watch(self, recording: Recording) -> SafeString | str:
        if not recording.has_file:
            return "-"
        address = reverse("admin:recordings_recording_download", args=[recording.pk])
        return format_html('<a href="{}" target="_blank" rel="noreferrer">Watch</a>', address)

    # What can be done

    def get_urls(self) -> list[URLPattern]:
        download = self.admin_site.admin_view(require_GET(self.download))
        return [
            path("<int:pk>/download/", download, name="recordings_recording_download"),
            *super().get_urls(),
        ]

    def download(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A signed link, after it was logged who got one."""
        if not self.has_download_permission(request):
            raise PermissionDenied
        recording = get_object_or_404(Recording.objects.select_related("meeting"), pk=pk)
        if not recording.has_file:
            raise Http404
        self.log_change(request, recording, "Downloaded.")
        return HttpResponseRedirect(storage.link(recording.file, recording.file_name, WATCHING))

    @admin.action(description="Ask LiveKit again about the selected recordings", permissions=["ask"])
    def ask_again(self, request: HttpRequest, queryset: QuerySet[Recording]) -> None:
        for recording in queryset.select_related("meeting__customer"):
            self._ask(request, recording)

    def _ask(self, request: HttpRequest, recording: Recording) -> None:
        self.log_change(request, recording, "Asked LiveKit again.")
        try:
            enqueue(sweep.check_now(recording, timezone.now()))
        except (livekit.Unreachable, storage.Unreachable) as error:
            self.message_user(
                request, f"{recording}: nothing was changed. {_sentence(error)}", messages.ERROR
            )
            return
        outcome = f"{recording}: {recording.status}. {recording.failure_reason}".strip()
        self.message_user(request, outcome, LEVELS.get(State(recording.state), messages.INFO))


def _sentence(error: Any) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
