"""People: who is registered, who was a guest, whom a host put out, and letting them back in."""

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from participants.models import Participant
from staff.external_user_id import WithEscapedId
from staff.long_list import LongList

SHOWN = ("created_at", "meeting", "customer", "display_name", "escaped_id", "role")
ENDS = ("removed_at", "barred_at", "barred_by")


@admin.register(Participant)
class ParticipantAdmin(WithEscapedId, LongList[Participant]):
    """To look at, and to let back in, which takes the permission to change people. Neither link nor code."""

    list_display = (*SHOWN, *ENDS)
    list_filter = (("barred_at", admin.EmptyFieldListFilter), "role", "created_at")
    list_select_related = ("meeting__customer", "barred_by")
    search_fields = ("meeting__code", "meeting__customer__slug", "external_user_id", "display_name")
    actions = ("lift_bar",)
    fields = readonly_fields = (*SHOWN, "email", *ENDS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Participant | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Participant | None = None) -> bool:
        return False

    def has_lift_bar_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("participants.change_participant")

    @admin.display(ordering="meeting__customer__slug")
    def customer(self, person: Participant) -> str:
        return person.meeting.customer.slug

    # What can be done

    @admin.action(description="Let the selected people back in", permissions=["lift_bar"])
    def lift_bar(self, request: HttpRequest, queryset: QuerySet[Participant]) -> None:
        lifted = sum(self._lift_bar(request, person) for person in queryset)
        left = queryset.count() - lifted
        outcome = f"{lifted} may come back." + (f" {left} had not been put out by a host." if left else "")
        self.message_user(request, outcome, messages.SUCCESS if lifted else messages.WARNING)

    @transaction.atomic
    def _lift_bar(self, request: HttpRequest, person: Participant) -> bool:
        """The change and its log entry: both or neither."""
        is_let_in = person.lift_bar()
        if is_let_in:
            self.log_change(request, person, "Let back in.")
        return is_let_in
