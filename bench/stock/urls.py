from django.http import HttpResponse
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from bench.stock.door import DoorView
from bench.stock.views import MeetingViewSet

router = DefaultRouter()
router.register("meetings", MeetingViewSet, basename="meeting")

urlpatterns = [
    path("healthz", lambda request: HttpResponse("ok")),
    path("api/v1/", include(router.urls)),
    path("<code>/", DoorView.as_view()),
]
