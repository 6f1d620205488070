"""The paths of `/api/v1/`. A missing trailing slash is accepted."""

from django.urls import re_path

from api.docs import schema
from api.errors import not_found
from api.v1.account import AccountView, LedgerView
from api.v1.feedback import FeedbackView
from api.v1.meetings import CancelView, MeetingsView, OneMeetingView
from api.v1.participants import OneParticipantView, ParticipantsView
from api.v1.recordings import RecordingsView
from upclass.codes import MEETING_CODE

ONE = rf"^meetings/(?P<meeting_code>{MEETING_CODE})"

urlpatterns = [
    re_path(r"^schema/?$", schema),
    re_path(r"^meetings/?$", MeetingsView.as_view()),
    re_path(rf"{ONE}/?$", OneMeetingView.as_view()),
    re_path(rf"{ONE}/cancel/?$", CancelView.as_view()),
    re_path(rf"{ONE}/participants/?$", ParticipantsView.as_view()),
    re_path(rf"{ONE}/participants/(?P<external_user_id>[^\0]+?)/?$", OneParticipantView.as_view()),
    re_path(rf"{ONE}/recordings/?$", RecordingsView.as_view()),
    re_path(rf"{ONE}/feedback/?$", FeedbackView.as_view()),
    re_path(r"^account/?$", AccountView.as_view()),
    re_path(r"^account/ledger/?$", LedgerView.as_view()),
    re_path(r"", not_found),
]
