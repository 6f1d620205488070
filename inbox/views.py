"""The endpoint for LiveKit's webhooks."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from inbox.models import InboundWebhook
from inbox.parsing import sanitized
from inbox.tasks import apply_pending_webhooks
from upclass import webhook_signature
from upclass.celery import wake_on_commit

PATH = "/webhooks/livekit/"
MAX_BODY = 16 * 1024 * 1024  # bytes; what is longer is cut, and so fails verification


class WebhookMiddleware:
    """Takes webhooks past all that is for people and integrators, whatever name LiveKit has for this host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return livekit_webhook(request) if request.path == PATH else self.get_response(request)


def livekit_webhook(request: HttpRequest) -> HttpResponse:
    """Verify, store, answer: nothing is applied here, for a slow answer holds up a room's webhooks."""
    body = request.read(MAX_BODY)
    try:
        webhook_signature.verify(body, request.headers.get("Authorization", ""))
    except webhook_signature.BadSignature:
        return _answer("The signature is not LiveKit's.\n", 401)
    event_id, clean = sanitized(body)
    InboundWebhook.objects.keep(event_id, clean, timezone.now())
    wake_on_commit(apply_pending_webhooks)
    return _answer("kept\n", 200)


def _answer(text: str, status: int) -> HttpResponse:
    """With its length, which Django's CommonMiddleware adds elsewhere: it need not be sent in chunks."""
    length = {"Content-Length": str(len(text))}
    return HttpResponse(text, status=status, content_type="text/plain", headers=length)
