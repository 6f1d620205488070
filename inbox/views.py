"""The door for LiveKit's news."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from inbox.models import Event
from inbox.news import keepable
from inbox.tasks import apply_event
from upclass import livekit
from upclass.celery import wake


@csrf_exempt
@require_POST
def livekit_news(request: HttpRequest) -> HttpResponse:
    """Verify, keep, answer: nothing is applied here, for a slow answer holds up a room's news."""
    try:
        livekit.verify_webhook(request.body, request.headers.get("Authorization", ""))
    except livekit.BadSignature:
        return HttpResponse("The signature is not LiveKit's.\n", status=401, content_type="text/plain")
    event_id, body = keepable(request.body)
    kept, is_new = Event.objects.get_or_create(
        {"body": body, "received_at": timezone.now()}, event_id=event_id
    )
    if is_new:
        wake(apply_event, kept.pk)
    return HttpResponse("kept\n", content_type="text/plain")
