"""Who sees what, and what is read together with it."""

from typing import Any, cast

import django_filters
from django.db.models import Prefetch, prefetch_related_objects
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.viewsets import ViewSet

from api.idempotency import IdempotencyMixin
from api.parsers import refuse_large, reject_invalid_query, require_object
from api.v1.pagination import Filters
from billing.models import EntryKind, LedgerEntry, LedgerEntryQuerySet
from customers.models import Customer
from feedback.models import Feedback, FeedbackQuerySet
from meetings.errors import MeetingNotFound
from meetings.models import Meeting, MeetingQuerySet, Status
from participants.models import Connection, Participant, ParticipantQuerySet
from recordings.models import Recording, RecordingQuerySet


class CustomerViewSet(IdempotencyMixin, ViewSet):
    """Of the customer whose key was sent. Refuses in the order of the rules, before an action runs.

    Where the path names a meeting, `meeting` is that one of the customer's; anybody else's is as unknown as
    one that never existed.
    """

    http_method_names = ["get", "head", "post", "delete"]
    meeting: Meeting

    @property
    def customer(self) -> Customer:
        return cast(Customer, self.request.user)  # says ApiKeyAuthentication

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # 406, 401, 403, 429
        self.look_up(**kwargs)  # 404
        if request.method not in self.allowed_methods:
            raise MethodNotAllowed(str(request.method))
        refuse_large(request)  # 413
        if request.method == "POST":
            require_object(request)  # 415, 400
        reject_invalid_query(request)
        self.require()

    def look_up(self, **kwargs: str) -> None:
        """Find what the path names. Raises MeetingNotFound."""
        if "meeting_code" in kwargs:
            self.meeting = self._meeting(kwargs["meeting_code"])

    def _meeting(self, code: str) -> Meeting:
        meeting = Meeting.objects.of(self.customer).filter(code=code.upper()).first()
        if meeting is None:
            raise MeetingNotFound
        meeting.customer = self.customer  # read already
        return meeting

    def require(self) -> None:
        """Raise why what the path names cannot be asked this."""


def meetings(customer: Customer) -> MeetingQuerySet:
    """A customer's meetings, newest first, in one query."""
    return Meeting.objects.of(customer)


def read_recordings(listed: list[Meeting]) -> None:
    """Of those meetings that are recorded, in one query; in none where none is."""
    prefetch_related_objects([meeting for meeting in listed if meeting.record_on_cloud], "recordings")


def recordings(meeting: Meeting) -> RecordingQuerySet:
    """What was recorded of a meeting, and for whom, oldest first, in one query."""
    return Recording.objects.of(meeting).shown().select_related("recorder", "meeting")


def feedback(meeting: Meeting) -> FeedbackQuerySet:
    """What people said of a meeting, and under which names, oldest first, in one query."""
    return Feedback.objects.of(meeting).select_related("participant")


def people(meeting: Meeting) -> ParticipantQuerySet:
    """The registered people of a meeting with their connections, oldest first, in two queries."""
    registered = Participant.objects.of(meeting).registered()
    return registered.select_related("meeting").prefetch_related(
        Prefetch("connections", Connection.objects.order_by("created_at", "pk"))
    )


STATUS = OpenApiParameter(
    "status",
    {"type": "string", "enum": [status.value for status in Status]},
    OpenApiParameter.QUERY,
    description="Only meetings that are active, ended or expired now.",
)


class MeetingFilter(Filters):
    """`?status=`: a rule over times, in SQL. Needs `now`."""

    status = django_filters.ChoiceFilter(
        choices=[(status.value, status.value) for status in Status], method="by_status"
    )

    class Meta:
        model = Meeting
        fields = ("status",)

    def __init__(self, *args: Any, now: Any, **kwargs: Any) -> None:
        self.now = now
        super().__init__(*args, **kwargs)

    def by_status(self, queryset: MeetingQuerySet, name: str, value: str) -> MeetingQuerySet:
        return queryset.with_status(Status(value), self.now)

    def count(self) -> int:
        status = self.form.cleaned_data["status"]
        return self.queryset.count_with_status(Status(status), self.now) if status else super().count()


def entries(customer: Customer) -> LedgerEntryQuerySet:
    """The lines of a customer's ledger with their meetings, newest first, in one query."""
    return LedgerEntry.objects.of(customer).select_related("meeting")


KIND = OpenApiParameter(
    "kind",
    {"type": "string", "enum": [kind.value for kind in EntryKind]},
    OpenApiParameter.QUERY,
    description="Only entries of this kind.",
)


class LedgerEntryFilter(Filters):
    """`?kind=`."""

    kind = django_filters.ChoiceFilter(choices=[(kind.value, kind.value) for kind in EntryKind])

    class Meta:
        model = LedgerEntry
        fields = ("kind",)
