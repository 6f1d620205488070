from django.urls import path, re_path

from join import moderation_views
from join.feedback_page import FeedbackPage
from join.language import language
from join.meeting_page import meeting_page, other_spelling
from upclass.codes import MEETING_CODE

CODE = MEETING_CODE.replace("A-Za-z", "A-Z")

urlpatterns = [
    re_path(rf"^(?P<code>{CODE})/$", meeting_page, name="meeting"),
    re_path(rf"^(?P<code>{CODE})/feedback/$", FeedbackPage.as_view(), name="feedback"),
    re_path(rf"^(?P<code>{MEETING_CODE})/host/mute/?$", moderation_views.host_mute, name="host-mute"),
    re_path(rf"^(?P<code>{MEETING_CODE})/host/remove/?$", moderation_views.host_remove, name="host-remove"),
    re_path(rf"^(?P<code>{MEETING_CODE})/host/end/?$", moderation_views.host_end, name="host-end"),
    re_path(rf"^(?P<code>{MEETING_CODE})/?$", other_spelling),
    re_path(rf"^(?P<code>{MEETING_CODE})/feedback/?$", other_spelling, {"rest": "feedback/"}),
    path("language/", language, name="language"),
]
