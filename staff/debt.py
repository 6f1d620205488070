"""Debts: who owes feedback for which meeting, and letting them off."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from feedback.models import Debt, DebtQuerySet, Status

SHOWN = ("created_at", "meeting", "customer", "external_user_id", "participant", "status", "waived_at")


class ByStatus(admin.SimpleListFilter):
    title = parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(status.value, status.value) for status in Status]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Debt]) -> QuerySet[Debt]:
        return queryset.filter(Q(status=self.value())) if self.value() else queryset


@admin.register(Debt)
class DebtAdmin(admin.ModelAdmin[Debt]):
    """To look at, and to waive, which takes the permission to change debts. Nothing else can be changed."""

    list_display = SHOWN
    list_filter = (ByStatus, "created_at")
    list_select_related = ("meeting", "customer", "participant")
    search_fields = ("customer__slug", "meeting__code", "external_user_id")
    show_full_result_count = False
    ordering = ("-created_at", "-pk")
    actions = ("waive",)
    fields = readonly_fields = SHOWN

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Debt | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Debt | None = None) -> bool:
        return False

    def has_waive_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("feedback.change_debt")

    # What is shown

    def get_queryset(self, request: HttpRequest) -> DebtQuerySet:
        return Debt.objects.with_status(timezone.now())

    @admin.display(description="status")
    def status(self, debt: Any) -> str:
        return str(debt.status)

    # What can be done

    @admin.action(description="Waive the selected debts", permissions=["waive"])
    def waive(self, request: HttpRequest, queryset: QuerySet[Debt]) -> None:
        waived = sum(self._waive(request, debt) for debt in queryset.select_related("meeting"))
        left = queryset.count() - waived
        told = f"{waived} waived." + (f" {left} were not open any more: left as they are." if left else "")
        self.message_user(request, told, messages.SUCCESS if waived else messages.WARNING)

    @transaction.atomic
    def _waive(self, request: HttpRequest, debt: Debt) -> bool:
        """The deed and the note of who did it: both or neither."""
        is_waived = debt.waive(timezone.now())
        if is_waived:
            self.log_change(request, debt, "Waived.")
        return is_waived
