"""The door for LiveKit's news."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from inbox.models import Event
from inbox.news import keepable
from inbox.tasks import apply_event
from upclass import livekit
from upclass.celery import wake

LARGEST = 16 * 1024 * 1024  # bytes; what is longer is cut, and so not rightly signed


@csrf_exempt
def livekit_news(request: HttpRequest) -> HttpResponse:
    """Verify, keep, answer: nothing is applied here, for a slow answer holds up a room's news."""
    body = request.read(LARGEST)
    try:
        livekit.verify_webhook(body, request.headers.get("Authorization", ""))
    except livekit.BadSignature:
        return HttpResponse("The signature is not LiveKit's.\n", status=401, content_type="text/plain")
    event_id, kept_body = keepable(body)
    event = Event(event_id=event_id, body=kept_body, received_at=timezone.now())
    Event.objects.bulk_create([event], ignore_conflicts=True)  # one INSERT, also of what comes twice
    wake(apply_event, event_id)
    return HttpResponse("kept\n", content_type="text/plain")
