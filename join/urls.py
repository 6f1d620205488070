from django.urls import re_path

from join.views import MeetingPage
from upclass.codes import MEETING_CODE

urlpatterns = [re_path(rf"^(?P<code>{MEETING_CODE})/?$", MeetingPage.as_view(), name="meeting")]
