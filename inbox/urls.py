from django.urls import path

from inbox.views import livekit_news

urlpatterns = [path("livekit/", livekit_news)]
