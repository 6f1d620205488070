from django.urls import path

from inbox.views import livekit_webhook

urlpatterns = [path("livekit/", livekit_webhook)]
