"""The endpoint for LiveKit's webhooks."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from inbox.models import InboundWebhook
from inbox.parsing import sanitized
from inbox.tasks import apply_webhook
from upclass import webhook_signature
from upclass.celery import enqueue_on_commit

MAX_BODY = 16 * 1024 * 1024  # bytes; what is longer is cut, and so fails verification


@csrf_exempt
def livekit_webhook(request: HttpRequest) -> HttpResponse:
    """Verify, store, answer: nothing is applied here, for a slow answer holds up a room's webhooks."""
    body = request.read(MAX_BODY)
    try:
        webhook_signature.verify(body, request.headers.get("Authorization", ""))
    except webhook_signature.BadSignature:
        return HttpResponse("The signature is not LiveKit's.\n", status=401, content_type="text/plain")
    event_id, clean = sanitized(body)
    webhook = InboundWebhook(event_id=event_id, body=clean, received_at=timezone.now())
    InboundWebhook.objects.bulk_create([webhook], ignore_conflicts=True)  # one INSERT, also of a duplicate
    enqueue_on_commit(apply_webhook, event_id)
    return HttpResponse("kept\n", content_type="text/plain")
