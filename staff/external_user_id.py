"""Integrators' ids of people in the admin's pages."""

from django.contrib import admin

from feedback.models import Feedback, FeedbackRequest
from participants.models import Participant
from upclass.texts import escaped


class WithEscapedId:
    """For an admin's page: `escaped_id`. An id is any text; what would disturb the page is escaped."""

    @admin.display(description="external user id", ordering="external_user_id")
    def escaped_id(self, row: Feedback | FeedbackRequest | Participant) -> str:
        return escaped(row.external_user_id or "-")
