"""Feedback requests: who owes feedback for which meeting, and letting them off."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from feedback.models import FeedbackRequest, FeedbackRequestQuerySet, Status
from staff.external_user_id import WithEscapedId
from staff.long_list import LongList

SHOWN = ("created_at", "meeting", "customer", "escaped_id", "participant", "status", "waived_at")


class ByStatus(admin.SimpleListFilter):
    title = parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(status.value, status.value) for status in Status]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[FeedbackRequest]
    ) -> QuerySet[FeedbackRequest]:
        return queryset.filter(Q(status=self.value())) if self.value() else queryset


@admin.register(FeedbackRequest)
class FeedbackRequestAdmin(WithEscapedId, LongList[FeedbackRequest]):
    """To look at, and to waive, which takes the permission to change them. Nothing else can be changed."""

    list_display = SHOWN
    list_filter = (ByStatus, "created_at")
    list_select_related = ("meeting", "customer", "participant")
    search_fields = ("customer__slug", "meeting__code", "external_user_id")
    actions = ("waive",)
    fields = readonly_fields = SHOWN

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: FeedbackRequest | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FeedbackRequest | None = None) -> bool:
        return False

    def has_waive_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("feedback.change_feedbackrequest")

    # What is shown

    def get_queryset(self, request: HttpRequest) -> FeedbackRequestQuerySet:
        return FeedbackRequest.objects.with_status(timezone.now())

    @admin.display(description="status")
    def status(self, feedback_request: Any) -> str:
        return str(feedback_request.status)

    # What can be done

    @admin.action(description="Waive the selected feedback requests", permissions=["waive"])
    def waive(self, request: HttpRequest, queryset: QuerySet[FeedbackRequest]) -> None:
        chosen = list(queryset.select_related("meeting"))  # once: waived, they leave a list of open ones
        waived = sum(self._waive(request, feedback_request) for feedback_request in chosen)
        left = len(chosen) - waived
        outcome = f"{waived} waived." + (f" {left} were not open any more: left as they are." if left else "")
        self.message_user(request, outcome, messages.SUCCESS if waived else messages.WARNING)

    @transaction.atomic
    def _waive(self, request: HttpRequest, feedback_request: FeedbackRequest) -> bool:
        """The change and its log entry: both or neither."""
        is_waived = feedback_request.waive(timezone.now())
        if is_waived:
            self.log_change(request, feedback_request, "Waived.")
        return is_waived
