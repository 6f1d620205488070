"""The paths of `/api/v1/`. A missing trailing slash is accepted."""

from django.urls import re_path
from rest_framework.routers import SimpleRouter

from api.docs import schema
from api.errors import not_found
from api.v1.account import AccountViewSet, LedgerViewSet
from api.v1.feedback import FeedbackViewSet
from api.v1.meetings import MeetingViewSet
from api.v1.participants import ParticipantViewSet
from api.v1.recordings import RecordingViewSet
from upclass.codes import MEETING_CODE

ONE = rf"meetings/(?P<meeting_code>{MEETING_CODE})"

router = SimpleRouter()
router.trailing_slash = "/?"
router.register("meetings", MeetingViewSet, "meeting")
router.register(f"{ONE}/participants", ParticipantViewSet, "participant")
router.register(f"{ONE}/recordings", RecordingViewSet, "recording")
router.register(f"{ONE}/feedback", FeedbackViewSet, "feedback")
router.register("account/ledger", LedgerViewSet, "ledger")

urlpatterns = [
    re_path(r"^schema/?$", schema),
    *router.urls,
    re_path(r"^account/?$", AccountViewSet.as_view({"get": "retrieve"})),  # there is one
    re_path(r"", not_found),
]
