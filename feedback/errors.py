"""Why an answer is not taken. Titles and sentences are shown to people, in their language."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from upclass.errors import Problem


class InvalidFeedback(Problem):
    """`fields` has sentences by the field's name: `{"rating": ["…"], "comments": ["…"]}`."""

    status, code = 400, "invalid_feedback"
    error = _("Something is missing")
    detail = _("Both are needed: one to five stars, and a few words.")

    def __init__(self, fields: Mapping[str, list[StrOrPromise]]) -> None:
        self.fields = fields
        super().__init__(fields=fields)


class NotThere(Problem):
    status, code = 403, "not_there"
    error = _("You were not in this meeting")
    detail = _("Feedback is for those who took part.")


class FeedbackNotAsked(Problem):
    status, code = 403, "feedback_not_asked"
    error = _("This meeting collects no feedback")
    detail = _("There is nothing to do. You can close this page.")
