"""Feedback: what people said of their meetings, and how it is on average. Nothing of it is ever changed."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from feedback.models import Feedback
from staff.external_user_id import WithEscapedId
from staff.long_list import MOST, LongChangeList, LongList

SHOWN = ("created_at", "meeting", "customer", "rating", "comments", "escaped_id", "participant")


RATINGS = ("1", "2", "3", "4", "5")


class ByRating(admin.SimpleListFilter):
    """Django's own would look for all ratings that there are in all that was ever given."""

    title = parameter_name = "rating"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(rating, rating) for rating in RATINGS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Feedback]) -> QuerySet[Feedback]:
        rating = self.value()
        return queryset.filter(rating=int(rating)) if rating in RATINGS else queryset


class FeedbackChangeList(LongChangeList):
    """Its title has the average of the feedback that is listed, on all pages."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        average = self.queryset.order_by("-pk")[:MOST].average()
        found = "no feedback" if average is None else f"{average:.2f} stars on average"
        self.title = f"{self.title}: {found}"


@admin.register(Feedback)
class FeedbackAdmin(WithEscapedId, LongList[Feedback]):
    """To look at: one meeting's average is seen by searching for its code."""

    list_display = SHOWN
    list_filter = (ByRating, "created_at")
    list_select_related = ("meeting__customer", "participant")
    search_fields = ("meeting__customer__slug", "meeting__code", "external_user_id", "comments")
    fields = readonly_fields = SHOWN

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Feedback | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Feedback | None = None) -> bool:
        return False

    def get_changelist(self, request: HttpRequest, **unused: Any) -> type[ChangeList]:
        return FeedbackChangeList

    @admin.display(ordering="meeting__customer__slug")
    def customer(self, feedback: Feedback) -> str:
        return feedback.meeting.customer.slug
