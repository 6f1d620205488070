"""`Idempotency-Key`: a request that is sent again takes effect once and gets the same response.

Key, effect and response commit in one transaction, so a crash leaves all of them or none.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, cast

from django.db import connection as database
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.models import StoredResponse, StoredResponseQuerySet
from api.problems import IdempotencyKeyReused, RequestInProgress, ResponseUnreadable
from customers.models import Customer
from upclass.compiled import compiled
from upclass.encryption import DecryptionFailed, decrypt, encrypt

HEADER = "Idempotency-Key"
VALID = re.compile(r"[ -~]{1,255}")
RULE = "Must be 1 to 255 printable ASCII characters."


class IdempotencyMixin(APIView):
    """For viewsets: each of their POSTs takes effect at most once for each idempotency key."""

    post: Callable[..., Any]  # the action that is routed to POST

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and HEADER in request.headers and hasattr(self, "post"):
            self.post = partial(self._once, self.post)

    def _once(self, handler: Callable[..., Response], request: Request, **kwargs: str) -> HttpResponse:
        idempotent = _idempotent_request(request, kwargs)
        with transaction.atomic():
            return idempotent.run(timezone.now(), lambda: _rendered(self, handler(request, **kwargs)))


@dataclass(frozen=True)
class IdempotentRequest:
    """What makes two requests the same one, and the digest of the body, which must be the same, too."""

    customer: Customer
    key: str
    method: str
    path: str
    body_digest: str

    def run(self, now: datetime, handle: Callable[[], HttpResponse]) -> HttpResponse:
        """Needs a transaction. Raises RequestInProgress, IdempotencyKeyReused, ResponseUnreadable."""
        if not self._lock():
            raise RequestInProgress
        stored = _fresh.first(now, **self._name())
        return self._replay(stored) if stored else self._first(handle(), now)

    def _name(self) -> dict[str, Any]:
        return {"customer": self.customer, "key": self.key, "method": self.method, "path": self.path}

    def _lock(self) -> bool:
        """Held until the transaction ends, also by a crash: by then the response is stored, or nothing is."""
        name = "\n".join(("idempotency", str(self.customer.pk), self.key, self.method, self.path))
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
            [is_mine] = cursor.fetchone()
        return bool(is_mine)

    def _replay(self, stored: StoredResponse) -> HttpResponse:
        if stored.body_digest != self.body_digest:
            raise IdempotencyKeyReused
        try:
            content = decrypt(bytes(stored.encrypted_body))
        except DecryptionFailed as error:
            raise ResponseUnreadable from error
        replayed = {"Idempotent-Replayed": "true"}
        return HttpResponse(content, status=stored.status, content_type="application/json", headers=replayed)

    def _first(self, response: HttpResponse, now: datetime) -> HttpResponse:
        if 200 <= response.status_code < 300:
            self._store(response, now)
        else:
            transaction.set_rollback(True)
        return response

    def _store(self, response: HttpResponse, now: datetime) -> None:
        """In place of one that is too old to be replayed and was not deleted yet: no other can be there."""
        name = self._name()
        facts = {
            "body_digest": self.body_digest,
            "status": response.status_code,
            "encrypted_body": encrypt(response.content),
            "created_at": now,
        }
        StoredResponse.objects.bulk_create(
            [StoredResponse(**name, **facts)],
            update_conflicts=True,
            unique_fields=name,
            update_fields=facts,
        )


@compiled
def _fresh(now: datetime, customer: Customer, key: str, method: str, path: str) -> StoredResponseQuerySet:
    named = StoredResponse.objects.filter(customer=customer, key=key, method=method, path=path)
    return named.fresh(now)


def _idempotent_request(request: Request, kwargs: dict[str, str]) -> IdempotentRequest:
    digest = hashlib.sha256(request.body).hexdigest()
    key = request.headers[HEADER].strip(" \t")  # which no header's value has at its ends
    if not VALID.fullmatch(key):
        raise ValidationError({HEADER: [RULE]})
    customer = cast(Customer, request.user)  # says ApiKeyAuthentication
    return IdempotentRequest(customer, key, str(request.method), _path(request, kwargs), digest)


def _path(request: Request, kwargs: dict[str, str]) -> str:
    """The same for every way in which a path may be written."""
    code = kwargs.get("meeting_code", "")
    return request.path_info.removesuffix("/").replace(code, code.upper(), 1)


def _rendered(view: APIView, response: Response) -> HttpResponse:
    """Rendered now: the first response and each replay are the same bytes."""
    view.finalize_response(view.request, response)
    response.render()
    return response
