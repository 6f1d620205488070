import hashlib
from datetime import timedelta

import django_filters
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from rest_framework import viewsets
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer

from api.models import StoredResponse
from bench.stock.serializers import MeetingDetailSerializer, MeetingSerializer, NewMeetingSerializer
from billing.models import CreditAccount
from meetings.models import Meeting


class PaymentRequired(APIException):
    status_code = 402
    default_detail = "Insufficient credits"


class Conflict(APIException):
    status_code = 409
    default_detail = "Request in progress"


class MeetingFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(
        choices=[(name, name) for name in ("active", "ended", "expired")], method="by_status"
    )

    class Meta:
        model = Meeting
        fields = ("status",)

    def by_status(self, meetings, name, value):
        if value == "ended":
            return meetings.filter(ended_at__isnull=False)
        open_ones = meetings.filter(ended_at__isnull=True)
        expired = Q(cancelled_at__isnull=False) | Q(expires_at__lte=timezone.now())
        return open_ones.filter(expired) if value == "expired" else open_ones.exclude(expired)


class Idempotent:
    """Answers a POST that is sent again with the same key by what it answered first."""

    def create(self, request, *args, **kwargs):
        key = request.headers.get("Idempotency-Key")
        if not key:
            return super().create(request, *args, **kwargs)
        name = {"customer": request.user, "key": key, "method": request.method, "path": request.path}
        digest = hashlib.sha256(request.body).hexdigest()
        since = timezone.now() - timedelta(hours=24)
        stored = StoredResponse.objects.filter(**name, created_at__gt=since).first()
        if stored:
            return HttpResponse(stored.encrypted_body, status=stored.status, content_type="application/json")
        try:
            with transaction.atomic():
                response = super().create(request, *args, **kwargs)
                StoredResponse.objects.create(
                    **name,
                    body_digest=digest,
                    status=response.status_code,
                    encrypted_body=JSONRenderer().render(response.data),
                    created_at=timezone.now(),
                )
        except IntegrityError:
            raise Conflict from None
        return response


class MeetingViewSet(Idempotent, viewsets.ModelViewSet):
    lookup_field = "code"
    filterset_class = MeetingFilter
    serializers = {
        "list": MeetingSerializer,
        "retrieve": MeetingDetailSerializer,
        "create": NewMeetingSerializer,
    }

    def get_queryset(self):
        return Meeting.objects.filter(customer=self.request.user).prefetch_related("recordings")

    def get_serializer_class(self):
        return self.serializers[self.action]

    def perform_create(self, serializer):
        account = CreditAccount.objects.get(customer=self.request.user)
        if account.balance + self.request.user.overdraft_limit <= 0:
            raise PaymentRequired
        serializer.save(customer=self.request.user, created_at=timezone.now())
